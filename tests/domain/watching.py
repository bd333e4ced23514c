"""Rows that count how often they are looked at, for what must not look at all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")


class Watched(Sequence[Row]):
    """The rows, and how many of them were looked at so far."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows, self.looks = rows, 0

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: Any) -> Any:
        """One look a row, whether it is asked for alone or in a slice."""
        self.looks += len(range(len(self.rows))[place]) if isinstance(place, slice) else 1
        return self.rows[place]
