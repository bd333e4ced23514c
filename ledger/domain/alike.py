"""What a second review goes along with among changes alike: of the same lead model and the same kind of work.

A strong model whose changes are reviewed more often makes a review look as if it paid, though it would have been
accepted anyway. So both sides are brought to one mix of lead models and parts, over those of which changes were
reviewed and others were not (metric.md §2, §4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from ledger.domain.estimates import FEWEST, NANO, Interval, Sums, acceptance, difference
from ledger.domain.mixes import LEAST

NOT_KNOWN = Interval(None, None, None)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Changes of one lead model and part, with and without a review."""

    reviewed: Sums
    alone: Sums
    review_nusd: int
    """What the reviews cost."""
    is_lead_known: bool = True

    @property
    def n(self) -> int:
        """Both together."""
        return self.reviewed.n + self.alone.n

    @property
    def is_shared(self) -> bool:
        """It has changes with a review and without, and whose they are is known: leads nobody knows are not alike."""
        return self.is_lead_known and bool(self.reviewed.n and self.alone.n)


@dataclass(frozen=True, slots=True)
class Alike:
    """With and without a review at one mix of lead models and parts."""

    covered: float
    """The share of the changes that is of leads and parts with both."""
    reviewed: int
    alone: int
    """Changes of these."""
    rates: tuple[float, float]
    """The shares accepted with and without, at the mix."""
    gain: Interval
    """Their ratio; unknown where they have too little in common."""
    break_even: float | None
    """1 + r/c at the mix; None where a cost is not known."""

    @property
    def verdict(self) -> str:
        """As of a row of the table (`verdict`)."""
        return verdict(self.break_even, self.gain)


def verdict(least: float | None, gain: Interval) -> str:
    """pays, does not pay, open (the gain's interval has the break-even in it), or '' where too little is known."""
    if least is None or gain.lo is None or gain.hi is None:
        return ""
    return "pays" if gain.lo > least else "does not pay" if gain.hi < least else "open"


def break_even(review: float | None, other: float | None) -> float | None:
    """1 + r/c, the gain from which on a review of cost r pays on a change that costs c; None where one is not known."""
    return 1 + review / other if review and other else None


def ratio(reviewed: Interval, alone: Interval) -> Interval:
    """Of two shares accepted with its interval; unknown where either has nothing accepted."""
    found = difference(reviewed, alone) if reviewed.point and alone.point else None
    if found is None or found.point is None or found.lo is None or found.hi is None:
        return NOT_KNOWN
    return Interval(exp(found.point), exp(found.lo), exp(found.hi))


def alike(strata: Sequence[Stratum]) -> Alike | None:
    """Both at the mix of all that have both; None where there is one stratum: then it is the row itself."""
    shared = [each for each in strata if each.is_shared]
    whole, size = sum(each.n for each in strata), sum(each.n for each in shared)
    if len(strata) < 2 or not shared:
        return None
    weights = [each.n / size for each in shared]
    rates = [
        sum(weight * sums.accepted / sums.n for weight, sums in zip(weights, sides, strict=True))
        for sides in ([each.reviewed for each in shared], [each.alone for each in shared])
    ]
    reviewed, alone = sum(each.reviewed.n for each in shared), sum(each.alone.n for each in shared)
    covered = size / whole
    is_enough = covered >= LEAST and min(reviewed, alone) >= FEWEST
    sizes = [_worth(weights, [each.reviewed.n for each in shared]), _worth(weights, [each.alone.n for each in shared])]
    gain = ratio(*(acceptance(rate * n, n) for rate, n in zip(rates, sizes, strict=True))) if is_enough else NOT_KNOWN
    return Alike(covered, reviewed, alone, (rates[0], rates[1]), gain, _break_even(weights, shared))


def _worth(weights: Sequence[float], sizes: Sequence[int]) -> float:
    """How many changes of one stratum would tell a share as surely as these weighted ones: 1 / Σ w²/n.

    It leaves aside what strata differ, so that the interval is a little too wide and never empty.
    """
    return 1 / sum(weight * weight / n for weight, n in zip(weights, sizes, strict=True))


def _break_even(weights: Sequence[float], shared: Sequence[Stratum]) -> float | None:
    reviews = [each.review_nusd / NANO / each.reviewed.n for each in shared]
    others = [each.reviewed.cost / each.reviewed.n - review for each, review in zip(shared, reviews, strict=True)]
    return break_even(*(sum(w * cost for w, cost in zip(weights, costs, strict=True)) for costs in (reviews, others)))
