"""Object ids by what git prints of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

SHORTEST = 7
"""Shorter ones are met by chance."""


class ShortIds:
    """Finds whole ids by their beginning."""

    def __init__(self, oids: Iterable[str]) -> None:
        self._sorted = sorted(oids)

    def named(self, short: str) -> list[str]:
        """The ids that begin so; two of them where it fits more, none where it is too short to name anything."""
        if len(short) < SHORTEST:
            return []
        start = bisect_left(self._sorted, short)
        return [oid for oid in self._sorted[start : start + 2] if oid.startswith(short)]

    def only(self, short: str) -> str:
        """The one id that begins so; ''."""
        found = self.named(short)
        return found[0] if len(found) == 1 else ""
