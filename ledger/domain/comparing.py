"""Two groups of changes compared: the ratio of their cost per accepted change, and what could be said with more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, log, sqrt
from statistics import NormalDist

from ledger.domain.estimates import (
    FEWEST,
    NANO,
    Interval,
    Sums,
    acceptance,
    compare,
    difference,
    estimate,
    interval,
)
from ledger.domain.standard import Standard

_LEVEL = 0.95
PER_GROUP = 34.3
"""n per group ≈ this / ln²(ratio): 80 % power at a coefficient of variation of 1 and 60 % accepted (metric.md §2)."""
_NORMAL = NormalDist()
_OF_THAT = 2 * (1 + (1 - 0.6) / 0.6)
"""n·Var(ln R) of two such groups together."""
CLOSE = 1.05
"""Below this ratio, which of two is cheaper hardly matters."""
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two groups differ; ratios are of the first to the second."""

    ratio: Interval
    """Of cost per accepted change; without a point where one of them has none."""
    p: float | None
    """The least error level at which they differ; None without an interval."""
    is_different: bool
    """The interval of the ratio excludes 1 at 95 %, and both have enough changes to be ranked."""
    needed: int | None
    """Decided changes of each that would show a difference of this size with 80 % power; None where it is shown
    already, too small to matter, or nothing can be said."""
    is_close: bool
    """They are within a twentieth of each other: it hardly matters."""
    more_accepted: Interval
    """The share accepted of the first less that of the second."""
    per_extra: float | None
    """USD that each further accepted change costs with whichever is accepted more often: ΔΣc/Δs, per change of each.
    None where the one that is accepted more often costs no more, or equally often, or either has too few changes."""


def compared(one: Sums, other: Sums) -> Comparison:
    """The comparison of two groups as they are."""
    ratio = (
        _as_ratio(compare(one, other, _LEVEL)) if _is_ranked(one) and _is_ranked(other) else _plain_ratio(one, other)
    )
    is_different = ratio.lo is not None and ratio.hi is not None and (ratio.lo > 1 or ratio.hi < 1)
    p = _p_value(lambda level: compare(one, other, level)) if ratio.lo is not None else None
    is_close = ratio.point is not None and _is_close(ratio.point)
    needed = None if is_different else missing(one, other, ratio.point)
    return Comparison(ratio, p, is_different, needed, is_close, _difference(one, other), per_extra(one, other))


def compared_alike(one: Standard, other: Standard) -> Interval:
    """The ratio of two groups at one mix of work, with its interval where both have one."""
    found = difference(one.cost_per_accepted, other.cost_per_accepted)
    if found is not None:
        return _as_ratio(found)
    x, y = one.cost_per_accepted.point, other.cost_per_accepted.point
    return Interval(x / y if x and y else None, None, None)


def per_extra(one: Sums, other: Sums) -> float | None:
    """ΔΣc/Δs on a common base, in USD: what each further accepted change costs; None where more cost buys none.

    None, too, where either has too few changes for a figure of its own (metric.md §2): so has their difference.
    """
    if not (_is_ranked(one) and _is_ranked(other)):
        return None
    return extra_cost((one.cost / one.n, one.accepted / one.n), (other.cost / other.n, other.accepted / other.n))


def extra_cost(one: tuple[float, float], other: tuple[float, float]) -> float | None:
    """Of two pairs of mean cost and share accepted: cost for each further accepted one; None where it buys none."""
    cost, share = one[0] - other[0], one[1] - other[1]
    return cost / share if share and cost / share > 0 else None


def _is_ranked(sums: Sums) -> bool:
    """It has enough changes for a point estimate."""
    return estimate(sums).point is not None


def _plain_ratio(one: Sums, other: Sums) -> Interval:
    x, y = estimate(one).point, estimate(other).point
    return Interval(x / y if x and y else None, None, None)


def _as_ratio(logarithm: Interval | None) -> Interval:
    if logarithm is None:
        return Interval(None, None, None)
    point, low, high = (
        None if bound is None else exp(bound) for bound in (logarithm.point, logarithm.lo, logarithm.hi)
    )
    return Interval(point, low, high)


def _p_value(at_level: Callable[[float], Interval | None]) -> float:
    """The least error level at which the interval of the logarithm excludes 0, to a thousandth part; at least 1e-6."""
    low, high = 1e-6, 1 - 1e-6
    if _excludes_zero(at_level(1 - low)):
        return low
    while high - low > 1e-3 * low and high - low > 1e-9:
        middle = sqrt(low * high)
        low, high = (low, middle) if _excludes_zero(at_level(1 - middle)) else (middle, high)
    return high


def _excludes_zero(found: Interval | None) -> bool:
    return found is not None and found.lo is not None and found.hi is not None and (found.lo > 0 or found.hi < 0)


def missing(one: Sums, other: Sums, ratio: float | None, level: float = _LEVEL) -> int | None:
    """What `enough` says of a difference that is open; None of one that is not known, or too small to matter."""
    return None if not ratio or _is_close(ratio) else enough(one, other, ratio, level)


def _is_close(ratio: float) -> bool:
    return max(ratio, 1 / ratio) < CLOSE


def enough(one: Sums, other: Sums, ratio: float, level: float = _LEVEL) -> int | None:
    """Changes of each that would settle it: the rule of thumb, scaled by how much these two scatter.

    `level` is the one that the difference would be claimed at: where several are, each needs more than one alone.
    """
    spread = _scatter(one) + _scatter(other)
    found = PER_GROUP * spread / _OF_THAT / log(ratio) ** 2 * _effort(level) / _effort(_LEVEL)
    return None if found > _MOST else max(FEWEST, ceil(found))


def _effort(level: float) -> float:
    """(z of the level + z of 80 % power)², to which the changes needed are proportional."""
    return (_NORMAL.inv_cdf(1 - (1 - level) / 2) + _NORMAL.inv_cdf(0.8)) ** 2


def _scatter(sums: Sums) -> float:
    """n·Var(ln R) by linearisation; over several repositories as much more as these differ."""
    mean, rate = sums.cost / sums.n, sums.accepted / sums.n
    ratio = mean / rate
    raw = sums.cost_sq - 2 * ratio * sums.accepted_nusd / NANO + ratio * ratio * sums.accepted
    within = max(0.0, raw) / (sums.n - 1) / (mean * mean)
    return within * _width_effect(sums)


def _width_effect(sums: Sums) -> float:
    """How much more the interval over repositories scatters than that of the changes alone."""
    if sums.spread is None or not sums.spread.is_several:
        return 1.0
    between, alone = (
        interval(sums),
        interval(Sums(sums.n, sums.accepted, sums.cost_nusd, sums.cost_sq, sums.accepted_nusd)),
    )
    widths = [log(each.hi / each.lo) if each.lo and each.hi else 0.0 for each in (between, alone)]
    return max(1.0, (widths[0] / widths[1]) ** 2) if widths[1] else 1.0


def _difference(one: Sums, other: Sums) -> Interval:
    """Of two shares accepted, by the bounds of each (Newcombe's square-and-add)."""
    x, y = (acceptance(each.accepted, each.n, each) for each in (one, other))
    bounds = (x.point, x.lo, x.hi, y.point, y.lo, y.hi)
    if any(bound is None for bound in bounds):
        return Interval(None, None, None)
    p, p_lo, p_hi, q, q_lo, q_hi = (bound for bound in bounds if bound is not None)
    down, up = sqrt((p - p_lo) ** 2 + (q_hi - q) ** 2), sqrt((p_hi - p) ** 2 + (q - q_lo) ** 2)
    return Interval(p - q, max(-1.0, p - q - down), min(1.0, p - q + up))
