"""A log that grows, is cut, is replaced: what was read is not read again, and nothing is missed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import Fact, Place
from ledger.domain.following import Mark, begin, follow, unreadable
from ledger.domain.reading import Cursor, Skip


class Directories:
    """A log whose every row names a directory; it remembers how many it has seen."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.refused = 0
        self._seen = state.get("seen", 0)

    def may_matter(self, line: bytes) -> bool:
        """Whether it names a directory."""
        return b"directory" in line

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The directory as a place."""
        if not isinstance(row.get("directory"), str):
            self.refused += 1
            return
        self._seen += 1
        yield Place(directory=row["directory"], repository_id=None, worktree=None)

    def ending(self) -> Iterator[Fact | Skip]:
        """How many there were, over all readings."""
        yield Place(directory=f"seen {self._seen}", repository_id=None, worktree=None)

    def state(self) -> dict[str, Any]:
        """The count."""
        return {"seen": self._seen}


def read(path: Path, known: str = "") -> tuple[list[str], list[Skip], str]:
    """Directories, skips and the new cursor of one reading."""
    with path.open("rb") as file:
        status = path.stat()
        mark = begin(file, status, Mark.of(known))
        rows = list(follow(file, status, mark, Directories(mark.state), "test", str(path)))
    (cursor,) = (row.text for row in rows if isinstance(row, Cursor))
    assert isinstance(rows[-1], Cursor), "the cursor comes after what it covers"
    return (
        [row.directory for row in rows if isinstance(row, Place)],
        [row for row in rows if isinstance(row, Skip)],
        cursor,
    )


def line(name: object) -> bytes:
    return (json.dumps({"directory": name}) + "\n").encode()


def test_a_grown_file_is_read_on_with_what_was_remembered(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(line("a") + line("b")[:7])
    first, _, cursor = read(path)
    path.write_bytes(line("a") + line("b"))
    assert (first, read(path, cursor)[0]) == (["a", "seen 1"], ["b", "seen 2"])


@pytest.mark.parametrize("text", [line("c") + line("d") + line("e"), line("a"), b""])
def test_a_replaced_or_cut_file_is_read_anew(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(line("a") + line("b"))
    cursor = read(path)[2]
    path.write_bytes(text)
    assert read(path, cursor)[0] == read(path)[0]


def test_an_untouched_file_is_known_by_its_status(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(line("a"))
    mark = Mark.of(read(path)[2])
    assert mark.is_current(path.stat())
    path.write_bytes(line("a") + line("b"))
    assert not mark.is_current(path.stat())


def test_what_cannot_be_read_is_counted_by_kind(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b'{"directory":\n{"other"\n{"other":1}\n' + line(5) + line("a"))
    found, skips, _ = read(path)
    assert found == ["a", "seen 1"]
    assert [(skip.what, skip.why.partition(" left")[0]) for skip in skips] == [
        ("line", "2 broken lines"),
        ("row", "1 row without a readable time or token count"),
    ]
    assert unreadable("x", "Permission denied").why.startswith("It could not be read (Permission denied)")


@pytest.mark.parametrize("seed", range(5))
def test_however_a_log_grows_each_row_is_read_once(tmp_path: Path, seed: int) -> None:
    chance, path = random.Random(seed), tmp_path / "log"
    text = b"".join(line(f"d{number}") for number in range(40))
    cuts = [*sorted(chance.sample(range(len(text)), 7)), len(text)]
    cursor, found = "", list[str]()
    for cut in cuts:
        path.write_bytes(text[:cut])
        names, _, cursor = read(path, cursor)
        found += [name for name in names if not name.startswith("seen")]
    assert found == [f"d{number}" for number in range(40)]
