"""Antigravity's usage blobs, as far as their form is known (usage-formats §3.2): experimental.

The form is not documented: field numbers come from looking at files. Calls are marked as estimated for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from ledger.domain.fields import seconds, text
from ledger.domain.logbook import Tokens, make_call
from ledger.domain.session_facts import Call

AGENT = "antigravity"
Message = dict[int, list[int | bytes]]
_MOST = 10**12


def parse(blob: bytes) -> Message:
    """The fields of a protocol buffer by number, in their order; raises ValueError where it is none."""
    found: Message = {}
    place = 0
    while place < len(blob):
        key, place = _varint(blob, place)
        number, kind = key >> 3, key & 7
        value: int | bytes
        if kind == 0:
            value, place = _varint(blob, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, place = int.from_bytes(blob[place : place + size], "little"), place + size
        elif kind == 2:
            size, place = _varint(blob, place)
            value, place = blob[place : place + size], place + size
        else:
            raise ValueError("wire type")
        if place > len(blob) or not number:
            raise ValueError("cut short")
        found.setdefault(number, []).append(value)
    return found


def _varint(blob: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(blob):
            break
        byte = blob[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("number")


def _number(message: Message, field: int) -> int:
    value = message.get(field, [0])[-1]
    if not isinstance(value, int) or value >= _MOST:
        raise ValueError(str(field))
    return value


def _inner(message: Message, field: int) -> Message:
    value = message.get(field, [b""])[-1]
    return parse(value) if isinstance(value, bytes) else {}


def _words(message: Message, field: int) -> str:
    value = message.get(field, [b""])[-1]
    return text(value.decode(errors="replace")) if isinstance(value, bytes) else ""


def workspace(blob: bytes) -> str:
    """The directory in a conversation's `trajectory_metadata_blob`; '' where it tells none."""
    try:
        address = urlsplit(_words(_inner(parse(blob), 1), 1))
    except ValueError:
        return ""
    return unquote(address.path)[:1000] if address.scheme == "file" else ""


class Conversation:
    """Reads the usage rows of one conversation in their order."""

    def __init__(self, name: str, directory: str) -> None:
        self._name, self._directory = name, directory
        self._model = ""
        self.refused = 0

    def row(self, index: int, blob: bytes) -> Iterator[Call]:
        """The call that a row of `gen_metadata` tells; none where it has no usage."""
        try:
            held = _inner(parse(blob), 1)
            usage = _inner(held, 4)
            self._model = _words(held, 19) or _words(held, 21) or self._model
            tokens, at = _tokens(usage), _when(held)
            response = _words(usage, 11)
        except ValueError:
            self.refused += 1
            return
        if tokens and at is None:
            self.refused += 1
        elif tokens and at is not None:
            key = response or f"{self._name}/{index}"
            call = make_call(AGENT, key, self._name, at, self._model, tokens)
            yield replace(call, directory=self._directory, request_id=response, quality="estimated")


def _tokens(usage: Message) -> Tokens:
    """The system's and the user's input, what came from the cache, and the answer with its reasoning."""
    thought = _number(usage, 10)
    return Tokens(
        input=_number(usage, 1) + _number(usage, 2),
        cache_read=_number(usage, 5),
        output=_number(usage, 9) + thought or _number(usage, 3),
        reasoning=thought,
    )


def _when(held: Message) -> datetime | None:
    stamp = _inner(_inner(held, 9), 4)
    return seconds(_number(stamp, 1) + _number(stamp, 2) / 10**9) if stamp else None
