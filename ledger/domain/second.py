"""Does a second model's review pay? Changes with and without one, and the gain from which on it would (metric.md §4).

To add a review of cost r to a change of cost c pays if p1/p0 > 1 + r/c, with the shares accepted with and without it.
This is observed, not an experiment: changes that nobody wants are closed unreviewed, so a review looks better than it
is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.alike import NOT_KNOWN, Alike, Stratum, alike, break_even, ratio, verdict
from ledger.domain.comparing import Comparison, compared
from ledger.domain.estimates import FEWEST, Interval, Sums, acceptance
from ledger.domain.grouping import group

BEFORE = frozenset({"final", "early"})
"""Reviews that could still change what became of it."""
NONE = "none"
_NO_SUMS = Sums(0, 0, 0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class ReviewSums:
    """What SQL adds up over changes that a second model reviewed at one time, or never."""

    basis: str
    part: str | None
    when: str
    """final, early, late, undated or unknown (ledger.domain.reviews), or none."""
    n: int
    base: Sums
    review_nusd: int
    """What reviews cost, of the decided changes of known cost."""
    reverted: int
    lead: str | None = None
    """The model that led them; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Second:
    """Changes of one part with and without a second model's review before they were decided."""

    basis: str
    part: str | None
    """None in the row of all parts: of different work, so the parts say more."""
    reviewed: Sums
    alone: Sums
    aside: int
    """Reviewed too late, or nobody knows when or by whom: in neither."""
    review_cost: float | None
    """r, USD per reviewed change; None where no review's cost is known."""
    other_cost: float | None
    """c, USD per reviewed change besides its review."""
    gain: Interval
    """p1/p0, the share accepted with a review to that without."""
    comparison: Comparison
    """Of cost per accepted change, with a review to without."""
    at_one_mix: Alike | None = None
    """Of lead models and parts: above, who leads reviewed changes is mixed in. None where there is one of them."""

    @property
    def break_even(self) -> float | None:
        """1 + r/c: the gain from which on a review pays; None where a cost is not known."""
        return break_even(self.review_cost, self.other_cost)

    @property
    def verdict(self) -> str:
        """pays, does not pay, open or '' (ledger.domain.alike)."""
        return verdict(self.break_even, self.gain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """Everything that a format needs."""

    as_of: datetime
    by: str
    cost: str
    """At list price, or as billed."""
    rows: tuple[Second, ...]
    """By basis and part, those with the most changes first; then those of all parts."""
    is_over_several: bool
    """Changes of several repositories are pooled, so the intervals are too narrow."""
    only: str = ""
    """Which changes were asked about, in words (ledger.domain.asked); '' where it is all."""


def seconds(rows: Iterable[ReviewSums]) -> tuple[Second, ...]:
    """With and without, for each basis and part, and for all parts of a basis."""
    told = list(rows)
    parts = [
        _second(basis, part, mine) for (basis, part), mine in group(told, lambda row: (row.basis, row.part)).items()
    ]
    whole = [_second(basis, None, mine) for basis, mine in group(told, lambda row: row.basis).items()]

    def rank(row: Second) -> tuple[object, ...]:
        return (row.basis != "request", row.part is None, -(row.reviewed.n + row.alone.n), row.part or "")

    return tuple(sorted([*parts, *whole], key=rank))


def _second(basis: str, part: str | None, rows: list[ReviewSums]) -> Second:
    reviewed = sum((row.base for row in rows if row.when in BEFORE), _NO_SUMS)
    alone = sum((row.base for row in rows if row.when == NONE), _NO_SUMS)
    review = sum(row.review_nusd for row in rows if row.when in BEFORE) / 1e9
    cost = (reviewed.cost - review) / reviewed.n if reviewed.n else 0.0
    return Second(
        basis,
        part,
        reviewed,
        alone,
        sum(row.n for row in rows if row.when not in BEFORE and row.when != NONE),
        review / reviewed.n if review else None,
        cost or None,
        _gain(reviewed, alone),
        compared(reviewed, alone),
        alike([_stratum(*each) for each in group(rows, lambda row: (row.lead, row.part)).items()]),
    )


def _stratum(key: tuple[str | None, str | None], rows: list[ReviewSums]) -> Stratum:
    return Stratum(
        sum((row.base for row in rows if row.when in BEFORE), _NO_SUMS),
        sum((row.base for row in rows if row.when == NONE), _NO_SUMS),
        sum(row.review_nusd for row in rows if row.when in BEFORE),
        key[0] is not None,
    )


def _gain(reviewed: Sums, alone: Sums) -> Interval:
    """p1/p0; not told of fewer changes than an estimate needs."""
    if min(reviewed.n, alone.n) < FEWEST:
        return NOT_KNOWN
    return ratio(*(acceptance(each.accepted, each.n) for each in (reviewed, alone)))
