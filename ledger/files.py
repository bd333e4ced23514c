"""Files that a person names: opened, told apart by their first bytes, and read record by record.

JSON Lines (also two objects on a line, also torn), one JSON document, several one after the other, a JSON array of any
length, or a table (CSV, semicolons, tabs; with or without a byte order mark). Memory does not grow with the file. A
file that did not change is not read again, a longer one with the same beginning is read on where it can be.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, BinaryIO, cast

from ledger.domain.amounts import Refused
from ledger.domain.facts import Fact
from ledger.domain.reading import Cursor, Named, Reading, Skip
from ledger.domain.screen import counted, storable
from ledger.errors import LedgerError

Record = Mapping[str, Any]
_HEAD = 4096
_CHUNK = 1 << 20
_BLANK = "\0 \r\n\t"
_LONGEST = 1 << 26
"""An object longer than this is no row of usage; it is left out without being held."""
_DECODER = json.JSONDecoder(parse_float=Decimal)
_VERSION = 1
"""Raised when a rule of reading changes, so that files are read anew."""


@dataclass(frozen=True, slots=True)
class Rows:
    """How a source takes a file's records apart: the rows in a record, and the facts in a row."""

    source: str
    rows: Callable[[Record], Iterable[Record]]
    facts: Callable[[Record], Iterable[Fact]]
    """Raises Refused for a row that cannot be counted."""
    signs: tuple[bytes, ...] = ()
    """A line that holds none of these is not parsed; empty: every line is."""
    settings: str = ""
    """What else the facts depend on: with other settings a file is read anew."""
    is_finished: bool = False
    """Nobody writes to the file any more: an empty list is an answer, and a torn last line is broken."""


FormOf = Callable[[dict[str, Any]], Rows]
"""The form of a file whose rows depend on those before them: of what its last reading left, which it keeps up."""


def read_files(named: Named, form: Rows | FormOf) -> Reading:
    """The facts of the named files, each followed by its cursor; raises LedgerError for one that cannot be opened."""
    for name in named.names:
        yield from _read_file(name, named.known.get(name, ""), form if callable(form) else partial(_same, form))


def _same(form: Rows, _state: dict[str, Any]) -> Rows:
    return form


def _read_file(name: str, known: str, form_of: FormOf) -> Iterator[Fact | Skip | Cursor]:
    form = form_of({})
    try:
        with _opened(name) as file:
            mark = _Mark.now(name, file, form.settings)
            before = _Mark.of(known)
            if mark and mark.is_same_as(before):
                return
            if form.is_finished and _is_empty_list(file):
                return
            layout = _layout(file)
            if form.is_finished and layout is _lines:
                layout = _finished_lines
            start = before.offset if mark and layout is _lines and before.is_start_of(file, mark) else 0
            state: dict[str, Any] = {}
            if start:
                file.seek(start)
                state.update(before.state)
            form = form_of(state)
            reader = _Reader(layout, file, form)
            yield from reader.facts(name)
            if not start and reader.is_silent and (mark is None or mark.size):
                yield Skip(
                    "file", name, f"Nothing in it tells {form.source} of a call; name another source if it should."
                )
            if mark:
                yield Cursor(form.source, name, mark.text(start + reader.consumed, state), is_whole=not start)
    except OSError as error:
        raise LedgerError(f"{name} cannot be read ({error.strerror}); name a file that {form.source} reads.") from error


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    if name == "-":
        return nullcontext(cast("BinaryIO", sys.stdin.buffer))
    return open(name, "rb", buffering=_CHUNK)


class _Reader:
    """Reads one file and counts what it had to leave out."""

    def __init__(self, layout: _Layout, file: BinaryIO, form: Rows) -> None:
        self._layout, self._file, self._form = layout, file, form
        self._broken = 0
        self._refused: Counter[str] = Counter()
        self.consumed = 0
        self.is_silent = True
        """Nothing was found so far, and nothing had to be left out."""

    def facts(self, name: str) -> Iterator[Fact | Skip]:
        """The facts of every row, and at last what was left out."""
        for size, record in self._layout(self._file, self._form.signs):
            self.consumed = size
            if record is None:
                self._broken += 1
            else:
                for fact in self._of_record(record):
                    self.is_silent = False
                    yield fact
        for skip in self._skips(name):
            self.is_silent = False
            yield skip

    def _of_record(self, record: Record) -> Iterator[Fact]:
        try:
            rows = iter(self._form.rows(record))
            while (row := next(rows, None)) is not None:
                yield from self._of_row(row)
        except Refused as error:
            self._refused[str(error)] += 1

    def _of_row(self, row: Record) -> Iterator[Fact]:
        try:
            yield from self._form.facts(row)
        except Refused as error:
            self._refused[str(error)] += 1

    def _skips(self, name: str) -> Iterator[Skip]:
        if self._broken:
            yield Skip(
                "line", name, f"{counted(self._broken, 'broken record')} left out; nothing else of the file was."
            )
        if self._refused:
            why = ", ".join(f"{number:,} because {reason}" for reason, number in sorted(self._refused.items())[:10])
            left_out = counted(sum(self._refused.values()), "row")
            yield Skip("row", name, f"{left_out} left out: {why}; mend or leave them, the rest was read.")


def _is_empty_list(file: BinaryIO) -> bool:
    """By its beginning, which is not consumed."""
    return cast("io.BufferedReader", file).peek(_HEAD)[:_HEAD].removeprefix(b"\xef\xbb\xbf").split() in (
        [b"[]"],
        [b"[", b"]"],
    )


_Layout = Callable[[BinaryIO, tuple[bytes, ...]], Iterator[tuple[int, Record | None]]]
"""Yields (bytes taken so far, a record or None for a broken one)."""


def _layout(file: BinaryIO) -> _Layout:
    """How the file is laid out, by its beginning, which is not consumed."""
    head = cast("io.BufferedReader", file).peek(_CHUNK).removeprefix(b"\xef\xbb\xbf").lstrip(b"\0 \r\n\t")
    if head.startswith(b"["):
        return _array
    if not head.startswith(b"{"):
        return _table
    first, newline, rest = head.partition(b"\n")
    is_row = not newline or rest.lstrip().startswith(b"{") or None not in list(_objects(first))
    return _lines if is_row else _documents


def _finished_lines(file: BinaryIO, signs: tuple[bytes, ...]) -> Iterator[tuple[int, Record | None]]:
    """Objects on lines; a torn last line is broken."""
    return _lines(file, signs, is_finished=True)


def _lines(
    file: BinaryIO, signs: tuple[bytes, ...], *, is_finished: bool = False
) -> Iterator[tuple[int, Record | None]]:
    """Objects on lines; a torn last line is left for the next reading, unless none is to come."""
    taken = 0
    while line := file.readline(_LONGEST):
        if not line.endswith(b"\n"):
            if len(line) >= _LONGEST:
                taken += len(line) + _skip_line(file)
                yield taken, None
                continue
            if None in list(_objects(line)):
                if is_finished:
                    yield taken, None
                return
        taken += len(line)
        if signs and not any(sign in line for sign in signs) and _looks_whole(line):
            continue
        for record in _objects(line):
            yield taken, record


def _skip_line(file: BinaryIO) -> int:
    size = 0
    while rest := file.readline(_LONGEST):
        size += len(rest)
        if rest.endswith(b"\n"):
            break
    return size


def _looks_whole(line: bytes) -> bool:
    content = line.strip(b"\0 \r\t\n")
    return not content or (content.startswith(b"{") and content.endswith(b"}"))


def _objects(line: bytes) -> Iterator[Record | None]:
    """The objects on a line or in a document, one after the other; None for what cannot be parsed."""
    written = line.replace(b"\0", b"").decode("utf-8-sig", errors="replace").strip()
    place = 0
    while place < len(written):
        try:
            record, place = _DECODER.raw_decode(written, place)
        except (ValueError, RecursionError):
            yield None
            return
        yield _storable(record) if isinstance(record, dict) else None
        while place < len(written) and written[place] in " \r\n\t,":
            place += 1


def _storable(value: Any) -> Any:
    """Without what an escape in JSON can write and no database keeps: NUL and half surrogates."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else storable(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


def _documents(file: BinaryIO, _signs: tuple[bytes, ...]) -> Iterator[tuple[int, Record | None]]:
    """One object over many lines, or as many as an agent appended."""
    yield from _streamed(_text_of(file), "", is_array=False)


def _array(file: BinaryIO, _signs: tuple[bytes, ...]) -> Iterator[tuple[int, Record | None]]:
    """The objects of an array, however long it is."""
    stream = _text_of(file)
    yield from _streamed(stream, stream.read(_CHUNK).lstrip(_BLANK).removeprefix("["), is_array=True)


def _text_of(file: BinaryIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(_Kept(file), _CHUNK), encoding="utf-8-sig", errors="replace")


def _streamed(stream: io.TextIOWrapper, held: str, *, is_array: bool) -> Iterator[tuple[int, Record | None]]:
    """The objects in a text, one after the other, until its end; that of an array around them must have come before.

    Pages of a list are written as one array after the other, or as an array of arrays.
    """
    place, depth = 0, int(is_array)
    while True:
        while place < len(held) and held[place] in _BLANK + (",[]" if is_array else ","):
            depth += {"[": 1, "]": -1}.get(held[place], 0)
            place += 1
        if place == len(held) and not (is_array and depth):
            held, place = stream.read(_CHUNK), 0
            if not held:
                return
            continue
        try:
            record, place = _DECODER.raw_decode(held, place)
            yield 0, _storable(record) if isinstance(record, dict) else None
        except (ValueError, RecursionError):
            held, place = held[place:], 0
            more = stream.read(max(_CHUNK, len(held))) if len(held) < _LONGEST else ""
            if not more:
                yield 0, None
                return
            held += more


class _Kept(io.RawIOBase):
    """A stream for a wrapper that would close it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As the stream does."""
        part = self._file.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _table(file: BinaryIO, _signs: tuple[bytes, ...]) -> Iterator[tuple[int, Record | None]]:
    """The rows of a table with a header, by the names of its columns."""
    csv.field_size_limit(_LONGEST)
    lines = io.TextIOWrapper(io.BufferedReader(_Kept(file), _CHUNK), encoding="utf-8-sig", errors="replace", newline="")
    header = lines.readline()
    delimiter = max(",;\t", key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    reader = csv.DictReader((line.replace("\0", "") for line in lines), fieldnames=names, delimiter=delimiter)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield 0, None
            continue
        if row is None:
            return
        yield 0, {name: value for name, value in row.items() if isinstance(name, str)}


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a file was read, and how to tell that it is still the same file."""

    version: int = 0
    settings: str = ""
    size: int = -1
    modified: int = 0
    head: str = ""
    offset: int = 0
    state: Mapping[str, Any] = field(default_factory=dict)
    """What the reading of the rest must know of the beginning."""

    @classmethod
    def of(cls, written: str) -> _Mark:
        """What a cursor remembers."""
        return cls(*json.loads(written)) if written else cls()

    @classmethod
    def now(cls, name: str, file: BinaryIO, settings: str) -> _Mark | None:
        """How the file stands; None for standard input and pipes, which cannot be read again."""
        if name == "-" or not file.seekable():
            return None
        status = os.fstat(file.fileno())
        return cls(_VERSION, settings, status.st_size, status.st_mtime_ns, _digest(file, status.st_size))

    def text(self, offset: int, state: Mapping[str, Any] | None = None) -> str:
        """The cursor's text."""
        parts = [self.version, self.settings, self.size, self.modified, self.head, offset, *([state] if state else [])]
        return json.dumps(parts, separators=(",", ":"))

    def is_same_as(self, before: _Mark) -> bool:
        """Nothing changed since."""
        return self.text(0) == before.text(0)

    def is_start_of(self, file: BinaryIO, now: _Mark) -> bool:
        """The file that was read is the beginning of the file as it is now."""
        is_alike = (self.version, self.settings) == (now.version, now.settings) and self.size <= now.size
        return is_alike and self.head == _digest(file, self.size)


def _digest(file: BinaryIO, size: int) -> str:
    """Of the first bytes, as far as a file of this size has them."""
    file.seek(0)
    digest = hashlib.sha256(file.read(max(0, min(_HEAD, size)))).hexdigest()[:16]
    file.seek(0)
    return digest
