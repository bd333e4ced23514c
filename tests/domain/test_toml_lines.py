"""The line of every key: the scanner finds exactly the keys that Python's parser finds, each where it was written."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.toml_lines import Path, key_lines, line_of

KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=6),
)
SCALARS = st.sampled_from(
    (
        *("1", "-2.5", "true", "1979-05-27 07:32:00Z", "inf", '"a # b"', '"q \\" ] } ="', "'[x]'", '""', "''"),
        *('"""\n[a]\nb = 1 # "" \\" x"""', "'''\n]] ' ''\nc = 2'''", '"""x\\\n   y"""""', "''''a'''''"),
    )
)
BETWEEN = st.sampled_from(("", "\n", "  # k = 1\n\n", '\t# [t] """\n'))


class Writer:
    """Writes TOML in the ways that hypothesis draws, and keeps the line on which each key and item first stands."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.text = draw, ""
        self.lines: dict[Path, int] = {}

    def put(self, text: str) -> None:
        """Write."""
        self.text += text

    def note(self, path: Path) -> None:
        """Keep the line on which a key first stands."""
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def key(self, path: Path) -> None:
        """A key, bare or quoted."""
        self.note(path)
        key = str(path[-1])
        is_bare = key.isascii() and key.replace("-", "a").replace("_", "a").isalnum()
        self.put(
            key if is_bare and self.draw(st.booleans()) else json.dumps(key, ensure_ascii=self.draw(st.booleans()))
        )

    def value(self, path: Path, depth: int) -> None:
        """A value; lists and tables so deep at most."""
        kind = self.draw(st.integers(0, 2 if depth else 0))
        if kind == 0:
            self.put(self.draw(SCALARS))
        elif kind == 1:
            self.put("[")
            for number in range(self.draw(st.integers(0, 3))):
                self.put(self.draw(BETWEEN))
                self.note((*path, number))
                self.value((*path, number), depth - 1)
                self.put(self.draw(BETWEEN) + ",")
            self.put(self.draw(BETWEEN) + "]")
        else:
            self.put("{")
            for number, key in enumerate(self.draw(st.lists(KEYS, max_size=3, unique=True))):
                self.put(", " if number else " ")
                self.pair((*path, key), depth - 1)
            self.put(" }")

    def pair(self, path: Path, depth: int) -> None:
        """A key, dotted or not, and its value."""
        self.key(path)
        if self.draw(st.integers(0, 3)) == 0:  # a dotted key
            self.put(self.draw(st.sampled_from((".", " . "))))
            path = (*path, self.draw(KEYS))
            self.key(path)
        self.put(self.draw(st.sampled_from((" = ", "="))))
        self.value(path, depth)

    def body(self, path: Path) -> None:
        """Pairs on lines of their own."""
        for key in self.draw(st.lists(KEYS, max_size=3, unique=True)):
            self.put(self.draw(BETWEEN) + self.draw(st.sampled_from(("", "  "))))
            self.pair((*path, key), 2)
            self.put(self.draw(st.sampled_from(("\n", "  # c = [\n"))))

    def document(self) -> None:
        """Pairs, then tables and lists of tables."""
        self.body(())
        for number, name in enumerate(self.draw(st.lists(KEYS, max_size=3, unique=True))):
            top = f"{number}-{name}"
            for item in range(self.draw(st.integers(1, 2))):
                is_list = self.draw(st.booleans()) if not item else (top, 0) in self.lines
                if item and not is_list:
                    break
                self.put(self.draw(BETWEEN) + ("[[" if is_list else "["))
                self.key((top,))
                self.put("]]\n" if is_list else "]\n")
                path: Path = (top, item) if is_list else (top,)
                if is_list:
                    self.lines.setdefault(path, self.text.count("\n"))
                self.body(path)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[Path, int]]:
    writer = Writer(draw)
    writer.document()
    return writer.text, writer.lines


def paths_in(parsed: Any, path: Path = ()) -> set[Path]:
    named = parsed.items() if isinstance(parsed, Mapping) else enumerate(parsed) if isinstance(parsed, list) else ()
    return {found for key, inner in named for found in {(*path, key)} | paths_in(inner, (*path, key))}


@settings(max_examples=120, deadline=None)
@given(documents())
def test_it_finds_what_the_parser_finds_where_it_was_written(drawn: tuple[str, dict[Path, int]]) -> None:
    text, lines = drawn
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # two keys were drawn that cannot stand together
        return
    assert dict(key_lines(text)) == lines
    assert lines.keys() == paths_in(parsed)


def test_tables_within_lists_of_tables_belong_to_the_last() -> None:
    text = "[[a.b]]\n[a.b.c]\nd = 1\n[[a.b]]\n[[a.b.e]]\nf.g = 2\n"
    lines = key_lines(text)
    assert lines.keys() == paths_in(tomllib.loads(text))
    assert lines["a", "b", 0, "c", "d"] == 3
    assert lines["a", "b", 1, "e", 0, "f", "g"] == 6


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_line_ends_count(end: str) -> None:
    assert key_lines(end.join(("# c", "[t]", "a = 1", ""))) == {("t",): 2, ("t", "a"): 3}


def test_a_key_that_is_not_written_is_looked_for_where_it_would_stand() -> None:
    lines = key_lines("\n[policy.size]\nfiles = 1\n")
    assert line_of(lines, ("policy", "size", "lines")) == 2
    assert line_of(lines, ("policy", "size", "files")) == 3
    assert line_of({}, ("policy",)) is None
