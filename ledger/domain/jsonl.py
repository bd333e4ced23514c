"""Lines of JSON as agents write them: torn at the end, padded with NUL, two objects on one line.

What every reader of such logs shares; which lines matter and what they mean is each source's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from ledger.domain.screen import storable

LONGEST = 64 * 1024 * 1024
"""A line beyond this is no row that an agent writes; it is skipped without being held."""

_DECODER = json.JSONDecoder()
_CHUNK = 1024 * 1024
_PADDING = b"\0 \r\t\n"


class Lines:
    """Complete lines of an open file; a torn last one is left for the next reading."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.consumed = 0
        self.too_long = 0

    def __iter__(self) -> Iterator[bytes]:
        while line := self._file.readline(LONGEST):
            if not line.endswith(b"\n"):
                if len(line) < LONGEST and not _is_whole(line):
                    return
                if len(line) >= LONGEST:
                    self.too_long += 1
                    self._skip(len(line))
                    continue
            self.consumed += len(line)
            yield line

    def _skip(self, read: int) -> None:
        while rest := self._file.readline(LONGEST):
            read += len(rest)
            if rest.endswith(b"\n"):
                break
        self.consumed += read


def mentions(file: BinaryIO, word: bytes) -> bool:
    """Whether a word stands in what is left of an open file, which is then somewhere behind it."""
    tail = b""
    while chunk := file.read(_CHUNK):
        tail += chunk
        if word in tail:
            return True
        tail = tail[-len(word) :]
    return False


def looks_whole(line: bytes) -> bool:
    """A line that is not parsed still tells whether it was cut: an object ends with a brace."""
    text = line.strip(_PADDING)
    return not text or (text.startswith(b"{") and text.endswith(b"}"))


def _is_whole(line: bytes) -> bool:
    """A last line without a newline that is nevertheless a whole object: the session may be over."""
    return line.rstrip(_PADDING).endswith(b"}") and None not in list(objects(line))


def objects(line: bytes) -> Iterator[dict[str, Any] | None]:
    """The objects on a line: usually one, two where a newline was lost; None for what cannot be parsed."""
    try:
        row = orjson.loads(line)
    except ValueError:  # two objects, padding, bytes that are no text, or torn: the patient way tells which
        yield from _patiently(line)
        return
    if not isinstance(row, dict):
        yield None
        return
    yield clean(row) if b"\\u" in line else row


def _patiently(line: bytes) -> Iterator[dict[str, Any] | None]:
    text = line.replace(b"\0", b"").decode(errors="replace").strip()
    place = 0
    while place < len(text):
        try:
            row, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            yield None
            return
        if isinstance(row, dict):
            yield clean(row) if "\\u" in text else row
        else:
            yield None
        while place < len(text) and text[place].isspace():
            place += 1


def loads(text: str) -> Any:
    """What `json.loads` makes of a text, in a quarter of its time; raises ValueError or RecursionError as it does.

    Integers beyond 64 bits, which no column holds, become floating-point numbers.
    """
    try:
        return orjson.loads(text)
    except ValueError:  # it is stricter: half of a pair of surrogates is no text to it
        return json.loads(text)


def document(text: bytes) -> Any:
    """The value of a file that is one JSON document, fit to be kept; None where it is none."""
    try:
        return clean(json.loads(text.strip(b"\0").decode("utf-8-sig", errors="replace")))
    except (ValueError, RecursionError):
        return None


def clean(value: Any) -> Any:
    """An escape in JSON can write what no text is: an agent that cuts a text in two does."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else storable(value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(name): clean(item) for name, item in value.items()}
    return value
