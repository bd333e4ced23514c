"""Rows and keys in parts of the size that one statement takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

KEYS_AT_ONCE = 150
"""Keys looked up by one statement: SQLite allows 999 bound values in older versions."""

Row = TypeVar("Row")


def in_parts(rows: Sequence[Row], size: int = KEYS_AT_ONCE) -> Iterator[Sequence[Row]]:
    """The rows in their order, at most so many at once."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
