"""Codex's running token counts, as what each response used (usage-formats §2.3).

A session repeats its running total with every response, often twice, and starts it anew after a compaction. What
counts is how far it moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import ge, sub
from typing import Any

from ledger.domain.fields import count, record
from ledger.domain.logbook import Tokens, inclusive

Vector = tuple[int, ...]
_FIELDS = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
_PLAUSIBLE = 10**12
"""Counts below need no closer look; half of all rows are looked at for nothing else."""

_INTEGERS = {int}
_ZERO: Vector = (0,) * len(_FIELDS)


def vector(usage: Any) -> Vector | None:
    """The counters of a usage object, 0 where missing; None where it has none but a filled context.

    Raises ValueError for counters that are no counts.
    """
    found = record(usage)
    counts = tuple([found.get(name) or 0 for name in _FIELDS])
    if set(map(type, counts)) != _INTEGERS or min(counts) < 0 or max(counts) >= _PLAUSIBLE:
        counts = tuple(count(found, name) for name in _FIELDS)
    if any(counts):
        return counts
    says_nothing = not any(name in found for name in _FIELDS)
    only_context = count(found, "total_tokens") > 0
    return None if says_nothing or only_context else counts


def tokens_of(counts: Vector) -> Tokens:
    """Disjoint buckets: what was cached is part of the input, what was reasoned part of the output."""
    whole, cached, written, output, reasoning = counts
    return inclusive(whole=whole, cache_read=cached, cache_write=written, output=output, reasoning=reasoning)


@dataclass(frozen=True, slots=True)
class Step:
    """What one response used, and where the running total stood after it."""

    used: Vector
    total: Vector
    era: int
    """How often the total had started anew."""
    is_exact: bool
    """False where the total told nothing and the row's own figure was taken."""


class Meter:
    """Walks the running totals of one file in their order."""

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self._total: Vector = tuple(state.get("total", _ZERO))
        self._era: int = state.get("era", 0)
        self.is_continued: bool = state.get("continued", False)
        """Whether the file began in the middle of a history that it does not hold."""

    def state(self) -> dict[str, Any]:
        """What the next rows must know."""
        return {"total": self._total, "era": self._era, "continued": self.is_continued}

    def step(self, row: Mapping[str, Any]) -> Step | None:
        """What a row adds; None for one that repeats, tells nothing or used nothing. Raises ValueError."""
        total, last = vector(row.get("total_token_usage")), vector(row.get("last_token_usage"))
        if total is None:
            return self._by_itself(last)
        before, self._total = self._total, total
        if total == before:
            return None  # repeated, so it has moved by nothing
        if not any(before):
            used, is_exact = self._first(total, last)
        elif _reaches(total, before):
            used, is_exact = _difference(total, before), True
        else:
            self._era += 1
            used, is_exact = (last or total), False
        return Step(used, total, self._era, is_exact) if any(used) else None

    def _by_itself(self, last: Vector | None) -> Step | None:
        """A row without a total moves it by what it says, so that the next total does not count it again."""
        if last is None or not any(last):
            return None
        self._total = tuple(map(sum, zip(self._total, last, strict=True)))
        return Step(last, self._total, self._era, is_exact=False)

    def _first(self, total: Vector, last: Vector | None) -> tuple[Vector, bool]:
        """A first total beyond the first response holds a history from elsewhere, which is not this file's to count."""
        if last is None or _reaches(last, total):
            return total, True
        self.is_continued = True
        return last, False


def _reaches(one: Sequence[int], other: Sequence[int]) -> bool:
    return all(map(ge, one, other))


def _difference(one: Sequence[int], other: Sequence[int]) -> Vector:
    return tuple(map(sub, one, other))


def had_spent_before(payload: Mapping[str, Any]) -> bool:
    """Whether a usage record says that its thread had used tokens that no record before it tells of."""
    try:
        thread, used = vector(payload.get("thread_token_usage")), vector(payload.get("usage"))
    except ValueError:
        return False
    return thread is not None and used is not None and _reaches(thread, used) and thread != used
