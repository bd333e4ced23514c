"""The line on which each key of a TOML document stands, so that a message can name it: Python's parser tells none.

Works on a text that was parsed before, so it only has to find where things begin and end. A key's path holds names,
and numbers for places in a list, as an index into what was parsed would: ("policy", "tests", "when", 0, "changed").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?P<long>(?:[^"\\]|\\.|"(?!""))*"{0,2})"""'
    r"|'''(?P<plain>(?:[^']|'(?!''))*'{0,2})'''"
    r'|"(?P<short>(?:[^"\\\n]|\\.)*)"'
    r"|'(?P<raw>[^'\n]*)'",
    re.DOTALL,
)
_WORD = re.compile(r"[^,\]}#\n]+")
"""A number, a date with or without a blank in it, true or false."""
_ESCAPE = re.compile(r'\\(?:(?P<sign>[btnfr"\\])|u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8}))')
_SIGNS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def key_lines(text: str) -> Mapping[Path, int]:
    """The path of every key, table and list item → the line where it is first named; `text` is valid TOML."""
    return _Scanner(text).scan()


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of a key; of one that is not written, that of what it would stand in. None for an empty document."""
    places = (lines.get(path[:length]) for length in range(len(path), 0, -1))
    return next((line for line in places if line is not None), None)


class _Scanner:
    """Reads a document once, from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._newlines = [found.start() for found in re.finditer("\n", text)]
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        """A list of tables → the number of its last one: a header below speaks of that."""

    def scan(self) -> Mapping[Path, int]:
        here: Path = ()
        while self._skip():
            here = self._header() if self._take("[") else self._pair(here)
        return self._lines

    def _header(self) -> Path:
        is_list = self._take("[")
        line, keys = self._line(), self._keys()
        self._take("]]" if is_list else "]")
        *above, last = keys
        path = self._within((), above, line)
        if not is_list:
            return self._within(path, [last], line)
        self._note((*path, last), line)
        number = self._counts.get((*path, last), -1) + 1
        self._counts[*path, last] = number
        return self._note((*path, last, number), line)

    def _pair(self, here: Path) -> Path:
        """A key and what it says; returns `here`, where the next one stands."""
        line = self._line()
        path = self._within(here, self._keys(), line)
        self._take("=")
        self._value(path)
        return here

    def _within(self, path: Path, keys: list[str], line: int) -> Path:
        """The path that keys lead to, each noted; in a list of tables it leads to the last one."""
        for key in keys:
            path = self._note((*path, key), line)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _note(self, path: Path, line: int) -> Path:
        self._lines.setdefault(path, line)
        return path

    def _value(self, path: Path) -> None:
        self._skip()
        if self._take("["):
            self._list(path)
        elif self._take("{"):
            while self._skip() and not self._take("}"):
                self._pair(path)
                self._take(",")
        elif not self._match(_STRING):
            self._match(_WORD)

    def _list(self, path: Path) -> None:
        number = 0
        while self._skip() and not self._take("]"):
            self._value(self._note((*path, number), self._line()))
            self._take(",")
            number += 1

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self._take("."):
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        self._skip()
        if bare := self._match(_BARE):
            return bare[0]
        quoted = self._match(_STRING)
        if not quoted:
            raise ValueError(f"no key at {self._at}: the text is not valid TOML")
        return _ESCAPE.sub(_meant, quoted["short"]) if quoted["short"] is not None else quoted["raw"]

    def _skip(self) -> bool:
        """Over blanks, line ends and comments; whether anything follows."""
        self._match(_BLANK)
        return self._at < len(self._text)

    def _take(self, sign: str) -> bool:
        """Over a sign, if it comes next."""
        start = _BLANK.match(self._text, self._at)
        at = start.end() if start else self._at
        if not self._text.startswith(sign, at):
            return False
        self._at = at + len(sign)
        return True

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _line(self) -> int:
        self._skip()
        return bisect_right(self._newlines, self._at) + 1


def _meant(found: re.Match[str]) -> str:
    if found["sign"]:
        return _SIGNS[found["sign"]]
    return chr(int(found["short"] or found["long"], 16))
