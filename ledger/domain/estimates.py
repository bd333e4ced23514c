"""The estimator: cost per accepted change and its doubt, from five sums (metric.md §2).

R = Σc / s over all decided changes of known cost, failed ones in the numerator. The interval is log-MOVER with a Wilson
bound; it covers 95 % closely from n = 5 on, and loses 3 to 6 points on very heavy tails. Over several repositories it
is as wide as their differences make it (ledger.domain.clusters).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log, sqrt

from ledger.domain.clusters import FARTHEST, Spread, design_effect, ratio_bounds
from ledger.domain.student import t_quantile

NANO = 1e9
_LEVEL = 0.95
_TWO_SIDED = 1 - (1 - _LEVEL) / 2
_NORMAL = 1.959963984540054
FEWEST = 5
_FEWEST_ACCEPTED = 2
_SOLID, _INDICATIVE = 2.0, 5.0


@dataclass(frozen=True, slots=True)
class Sums:
    """n changes, s of them accepted, Σc, Σc² and Σc of the accepted; money in USD, exact integers before division."""

    n: int
    accepted: int
    cost_nusd: int
    cost_sq: float
    accepted_nusd: int
    spread: Spread | None = None
    """How the repositories differ, where there are several. Of a sum of groups it is not known: they may share some."""

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.n + other.n,
            self.accepted + other.accepted,
            self.cost_nusd + other.cost_nusd,
            self.cost_sq + other.cost_sq,
            self.accepted_nusd + other.accepted_nusd,
        )

    @property
    def cost(self) -> float:
        """Σc in USD."""
        return self.cost_nusd / NANO


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the bounds of its interval; None where there is none."""

    point: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Cost per accepted change in USD as it may be shown, and how sure it is.

    strength: none (too few to say), insufficient (hi/lo > 5), indicative (2 to 5), solid (at most 2).
    """

    point: float | None
    lo: float | None
    hi: float | None
    lower_bound: float | None
    """With nothing accepted: cost per accepted is at least this, with 95 % confidence."""
    strength: str


NO_ESTIMATE = Estimate(None, None, None, None, "none")


def interval(sums: Sums, level: float = _LEVEL) -> Interval:
    """The raw point and interval, whatever n; infinite above where nothing was accepted."""
    n, s = sums.n, sums.accepted
    if n == 0:
        return Interval(None, None, None)
    point = sums.cost / s if s else None
    if n == 1 or sums.cost_nusd == 0:
        return Interval(point, None, None)
    mean, rate = sums.cost / n, s / n
    variance = max(0.0, (sums.cost_sq - n * mean * mean) / (n - 1))
    t = t_quantile(1 - (1 - level) / 2, n - 1)
    delta = t * sqrt(variance / n) / mean
    low, high = wilson(s, n, t)
    if not s:
        return Interval(None, mean / high * exp(-delta), inf)
    below, above = log(rate / low) if low else FARTHEST, log(high / rate)
    rho = _correlation(sums, mean, rate, variance)
    lower = _reach(delta * delta + above * above - 2 * rho * delta * above)
    upper = _reach(delta * delta + below * below - 2 * rho * delta * below)
    ratio = mean / rate
    return _over_repositories(sums, Interval(point, ratio * exp(-lower), ratio * exp(upper)), level)


def _reach(square: float) -> float:
    """How far a bound lies from its point, as a logarithm."""
    return min(FARTHEST, sqrt(max(0.0, square)))


def _over_repositories(sums: Sums, within: Interval, level: float) -> Interval:
    """The interval as wide as repositories differ, and never narrower than the changes alone make it.

    Two repositories that happen to agree would else promise certainty.
    """
    if sums.spread is None or not sums.spread.is_several or not within.point or within.lo is None or within.hi is None:
        return within
    low, high = ratio_bounds(within.point, sums.accepted, sums.spread, level)
    return Interval(within.point, min(within.lo, low), max(within.hi, high))


def _correlation(sums: Sums, mean: float, rate: float, variance: float) -> float:
    """Of cost with acceptance, from the sums."""
    spread = sqrt(variance * (sums.n - 1) / sums.n) * sqrt(rate * (1 - rate))
    if spread <= 0:
        return 0.0
    covariance = sums.accepted_nusd / NANO / sums.n - mean * rate
    return max(-1.0, min(1.0, covariance / spread))


def wilson(successes: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's bounds of a proportion."""
    rate, square = successes / n, z * z
    centre = (rate + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def zero_bound(sums: Sums) -> float | None:
    """With nothing accepted in n changes: the one-sided 95 % lower bound of cost per accepted, in USD."""
    if sums.n == 0 or sums.accepted:
        return None
    return float(sums.cost / (sums.n * (1 - 0.05 ** (1 / sums.n))))


def estimate(sums: Sums) -> Estimate:
    """What may be shown: below five changes or two accepted there is no point estimate and no ranking."""
    if sums.accepted == 0:
        return Estimate(None, None, None, zero_bound(sums), "none")
    if sums.n < FEWEST or sums.accepted < _FEWEST_ACCEPTED:
        return NO_ESTIMATE
    found = interval(sums)
    if found.lo is None or found.hi is None or found.lo <= 0:
        return Estimate(found.point, None, None, None, "insufficient")
    ratio = found.hi / found.lo
    strength = "solid" if ratio <= _SOLID else "indicative" if ratio <= _INDICATIVE else "insufficient"
    return Estimate(found.point, found.lo, found.hi, None, strength)


def acceptance(accepted: float, n: float, base: Sums | None = None) -> Interval:
    """The share accepted, with its Wilson interval at 95 %; what is weighted may count for parts of changes.

    `base` tells how repositories differ, where there are several: then changes count for fewer than they are.
    """
    if n == 0:
        return Interval(None, None, None)
    spread = base.spread if base else None
    effect = design_effect(base.n, base.accepted, spread) if base else 1.0
    z = t_quantile(_TWO_SIDED, spread.repositories - 1) if spread and spread.is_several else _NORMAL
    low, high = wilson(accepted / effect, n / effect, z)
    return Interval(accepted / n, low, high)


def compare(one: Sums, other: Sums, level: float = _LEVEL) -> Interval | None:
    """ln of the ratio of two costs per accepted change with its interval; different iff it excludes 0.

    None where either has no interval. That intervals do not overlap would be far too strict (metric.md §2).
    """
    return difference(interval(one, level), interval(other, level))


def difference(first: Interval, second: Interval) -> Interval | None:
    """ln of the ratio of two values with its interval, from the interval of each; None where a bound is missing."""
    bounds = (first.point, first.lo, first.hi, second.point, second.lo, second.hi)
    if any(bound is None or bound <= 0 or bound == inf for bound in bounds):
        return None
    x, x_lo, x_hi, y, y_lo, y_hi = (log(bound) for bound in bounds if bound is not None)
    down, up = sqrt((x - x_lo) ** 2 + (y_hi - y) ** 2), sqrt((x_hi - x) ** 2 + (y - y_lo) ** 2)
    return Interval(x - y, x - y - down, x - y + up)


def best_of(groups: dict[str, Sums], level: float = _LEVEL) -> list[str]:
    """The cheapest per accepted change, and after it those that cannot be told from it, by point.

    One name means a best of k: it beats each other one at α/(k-1), α being 1 - level. Groups that may not be ranked
    are left out.
    """
    ranked = sorted(
        (name for name in groups if estimate(groups[name]).point is not None),
        key=lambda name: (_point(groups[name]), name),
    )
    if not ranked:
        return []
    each = level_of_each(len(ranked), level)
    best = ranked[0]
    return [best, *(name for name in ranked[1:] if not _is_cheaper(groups[best], groups[name], each))]


def level_of_each(groups: int, level: float = _LEVEL) -> float:
    """The level of one of the comparisons that a best of so many groups rests on; together they err by 1 - `level`."""
    return 1 - (1 - level) / max(1, groups - 1)


def _point(sums: Sums) -> float:
    return sums.cost / sums.accepted


def _is_cheaper(one: Sums, other: Sums, level: float) -> bool:
    difference = compare(one, other, level)
    return difference is not None and difference.hi is not None and difference.hi < 0
