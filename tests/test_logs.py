"""Agents' logs are opened where they were left, and whatever is wrong with one is said and breaks nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import Fact
from ledger.domain.reading import Cursor, Skip
from ledger.logs import LogFile, follow_file, open_database, unread_files


class Counting:
    """Counts rows, over as many readings as it takes."""

    refused = 0

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.count: int = state.get("count", 0)

    def may_matter(self, line: bytes) -> bool:
        """Every line."""
        return bool(line)

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """Counts the row's names."""
        self.count += len(row)
        yield from ()

    def ending(self) -> Iterator[Fact | Skip]:
        """Nothing."""
        yield from ()

    def state(self) -> dict[str, Any]:
        """The count."""
        return {"count": self.count}


def read(path: Path, known: str = "") -> tuple[list[Any], list[int]]:
    """The rows, and the count that each log began with."""
    begun: list[int] = []

    def log_of(state: Mapping[str, Any]) -> Counting:
        log = Counting(state)
        begun.append(log.count)
        return log

    return list(follow_file(path, known, "test", log_of)), begun


def test_a_file_is_read_on_where_it_was_left_and_not_opened_when_nothing_came(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"a": 1}\n')
    (first,), _ = read(path)
    assert (first.name, first.is_whole) == (str(path), True)
    assert read(path, first.text) == ([], [])
    with path.open("a") as file:
        file.write('{"b": 1}\n{"c": 1}\n')
    (second,), begun = read(path, first.text)
    assert begun == [1]
    assert not second.is_whole
    path.write_text("{}\n")
    (third,), begun = read(path, second.text)
    assert (begun, third.is_whole) == ([0], True), "another file of the same name"


def test_a_file_that_cannot_be_read_is_said_to_be_and_keeps_its_place(tmp_path: Path) -> None:
    (gone,), _ = read(tmp_path / "none")
    (folder,), _ = read(tmp_path)
    assert (gone.what, folder.what) == ("file", "file")
    assert not isinstance(gone, Cursor)


def test_a_database_is_opened_to_be_read_only(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t(x)")
        connection.execute("INSERT INTO t VALUES (CAST(X'ff41' AS TEXT))")
    connection.close()
    with open_database(path) as opened:
        assert opened.execute("SELECT x FROM t").fetchone() == ("\ufffdA",)
    with pytest.raises(OSError, match="readonly"), open_database(path) as opened:
        opened.execute("DELETE FROM t")


def test_whatever_is_wrong_with_a_database_is_one_kind_of_error(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE wanted(x)")
    connection.close()
    content = path.read_bytes()
    path.write_bytes(content.replace(b"CREATE TABLE wanted", b"CREATE TABLE w\xffnted"))
    with pytest.raises(OSError, match=r"."), open_database(path) as opened:
        opened.execute("SELECT * FROM wanted")
    path.write_bytes(b"no database")
    with pytest.raises(OSError, match="not a database"), open_database(path) as opened:
        opened.execute("SELECT 1 FROM sqlite_master")
    with pytest.raises(OSError, match="open"), open_database(tmp_path / "none.db"):
        pass


def test_files_that_changed_are_told_with_how_much_is_unread(tmp_path: Path) -> None:
    path, other, gone = tmp_path / "log", tmp_path / "other", tmp_path / "gone"
    path.write_text('{"a": 1}\n')
    other.write_text('{"a": 1}\n' * 3)
    files = [(path, None), (other, "told"), (gone, None)]
    known: dict[str, str] = {}
    assert list(unread_files(files, known)) == [
        LogFile(path, "", 9),
        LogFile(other, "", 27, "told"),
        LogFile(gone, "", 0),
    ]
    for each in (path, other):
        (*_, cursor), _ = read(each)
        known[str(each)] = cursor.text
    assert [file.path for file in unread_files(files, known)] == [gone]
    with other.open("a") as file:
        file.write('{"b": 2}\n')
    path.write_text("{}\n")
    assert [(file.path, file.known, file.unread) for file in unread_files(files[:2], known)] == [
        (path, known[str(path)], 3),
        (other, known[str(other)], 9),
    ], "a file that shrank is another one"
