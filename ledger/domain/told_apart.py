"""Two groups of changes within the same kinds of work: the ratio of their cost per accepted change, and its doubt.

    ln R = ln(Σ w·m / Σ w·p) of one less that of the other, over the kinds that both have two changes in

The weights are one mix for both, so a difference in what they worked on is no difference between them (metric.md §2).
The interval is Welch's on the logarithm, by linearisation. In each kind the variance is that of the group or of both
together, whichever is greater: of a few changes that were all accepted nobody knows that the next one will be.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from ledger.domain.estimates import FEWEST, NANO, Interval, Sums
from ledger.domain.standard import Strata
from ledger.domain.student import t_quantile

_FEWEST_ACCEPTED = 2
_FEWEST_IN_KIND = 2
"""One change of a kind tells nothing of how such changes scatter."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """The ratio of the first's cost per accepted change to the second's, within kinds of work."""

    point: float
    error: float
    """Standard error of its logarithm."""
    freedom: int
    """Degrees, rounded down."""
    covered: float
    """The share of the mix that both have changes in."""

    def ratio(self, level: float) -> Interval:
        """The ratio with its interval at a level."""
        reach = exp(min(700.0, t_quantile(1 - (1 - level) / 2, self.freedom) * self.error))
        return Interval(self.point, self.point / reach, self.point * reach)


@dataclass(frozen=True, slots=True)
class _Group:
    """Per kind of work its weight, its sums and the squares about the ratio, relative to the mean cost squared."""

    parts: Sequence[tuple[float, Sums, float]]
    ratio: float


def contrast(one: Strata, other: Strata, mix: Mapping[Hashable, int]) -> Contrast | None:
    """How two groups differ at one mix of work; None where they share too little of it to say."""
    kinds = [kind for kind, n in mix.items() if n and _is_enough(one, kind) and _is_enough(other, kind)]
    weight = sum(mix[kind] for kind in kinds)
    groups = [_group([(mix[kind] / weight, strata[kind]) for kind in kinds]) for strata in (one, other) if weight]
    first, second = (*groups, None, None)[:2]
    if first is None or second is None:
        return None
    errors = [*_errors(first, second), *_errors(second, first)]
    total = sum(error for error, _ in errors)
    freedom = total * total / sum(error * error / free for error, free in errors) if total else _whole(errors)
    return Contrast(first.ratio / second.ratio, sqrt(total), max(1, int(freedom)), weight / sum(mix.values()))


def _whole(errors: Sequence[tuple[float, int]]) -> int:
    return sum(free for _, free in errors)


def _is_enough(strata: Strata, kind: Hashable) -> bool:
    return kind in strata and strata[kind].n >= _FEWEST_IN_KIND


def _group(parts: Sequence[tuple[float, Sums]]) -> _Group | None:
    """None below what an estimate needs (ledger.domain.estimates)."""
    mean = sum(weight * sums.cost / sums.n for weight, sums in parts)
    rate = sum(weight * sums.accepted / sums.n for weight, sums in parts)
    n, accepted = (sum(getattr(sums, name) for _, sums in parts) for name in ("n", "accepted"))
    if n < FEWEST or accepted < _FEWEST_ACCEPTED or not mean:
        return None
    ratio = mean / rate
    return _Group([(weight, sums, _squares(sums, ratio) / (mean * mean)) for weight, sums in parts], ratio)


def _squares(sums: Sums, ratio: float) -> float:
    """Σ(c - ratio·a)² about its mean, from the five sums."""
    total = sums.cost - ratio * sums.accepted
    raw = sums.cost_sq - 2 * ratio * sums.accepted_nusd / NANO + ratio * ratio * sums.accepted
    return max(0.0, raw - total * total / sums.n)


def _errors(group: _Group, other: _Group) -> Iterator[tuple[float, int]]:
    """The variance that each kind of work brings, with its degrees of freedom."""
    for (weight, sums, square), (_, others, other_square) in zip(group.parts, other.parts, strict=True):
        free = sums.n - 1
        together = (square + other_square) / (free + others.n - 1)
        yield weight * weight * max(square / free, together) / sums.n, free


def is_settled(ratio: Interval) -> bool:
    """The interval excludes 1."""
    return ratio.lo is not None and ratio.hi is not None and (ratio.lo > 1 or ratio.hi < 1)


def turned(ratio: Interval) -> Interval:
    """The ratio of the second to the first; without a bound where there is none."""
    point, low, high = (1 / bound if bound else None for bound in (ratio.point, ratio.hi, ratio.lo))
    return Interval(point, low, high)


def size_of(ratio: float) -> float:
    """How far a ratio lies from 1 to either side."""
    return abs(log(ratio))
