"""Logs of tests that hold one JSON object a line, among lines of other programs; fed in pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from ledger.domain.screen import counted

LONGEST = 16 * 1024 * 1024
"""A line beyond this tells of no test; it is left out without being held."""

Event = Mapping[str, Any]


class LogLines:
    """Cuts pieces into lines, and hands on the objects of those that hold the sign; counts what is torn."""

    def __init__(self, sign: bytes, told: Callable[[Event], None]) -> None:
        self._sign, self._told = sign, told
        self._rest = bytearray()
        self._is_skipping = False
        self._broken = 0

    def feed(self, piece: bytes) -> bool:
        """Take the next piece; always more can be understood."""
        *whole, last = piece.split(b"\n")
        for part in whole:
            self._hold(part)
            self._line()
        self._hold(last)
        return True

    def _hold(self, part: bytes) -> None:
        if len(self._rest) + len(part) > LONGEST:
            self._is_skipping = True
            self._rest.clear()
        if not self._is_skipping:
            self._rest += part

    def _line(self) -> None:
        line, is_skipped = bytes(self._rest).strip(), self._is_skipping
        self._rest.clear()
        self._is_skipping = False
        if is_skipped:
            self._broken += 1
        if is_skipped or not (line.startswith(b"{") and self._sign in line):
            return
        try:
            event = orjson.loads(line)
        except ValueError:
            self._broken += 1
            return
        if isinstance(event, dict):
            self._told(event)

    def close(self) -> tuple[str, ...]:
        """What was left out, in words; the last line counts without a newline too."""
        self._line()
        return (f"has {counted(self._broken, 'line')} cut or broken, left out.",) if self._broken else ()
