"""Static rules against what happened, over the same kinds of work at the same weights: the difference and its doubt.

    Σ w·m / Σ w·p    with the mean cost m and the share accepted p of the changes that the rule's model began, or of
                     all, and the kind's share w of all decided changes

The rule's own changes are among all, so the doubt of a difference is that of what each change counts for in it, not
that of two groups (ledger.domain.linear).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from ledger.domain.clusters import FARTHEST
from ledger.domain.comparing import CLOSE
from ledger.domain.estimates import FEWEST, Interval, Sums, wilson
from ledger.domain.linear import Doubt, Part, Weights, doubt
from ledger.domain.started import NOTHING, Stratum, Tries
from ledger.domain.told_apart import is_settled

ALONE = 0.95
_POWER = 0.8
_NORMAL = 1.959963984540054
_FEWEST_ACCEPTED = 2
_UNTOLD = Interval(None, None, None)
MOST = 1_000_000
"""Nobody has more changes."""

LESS, MORE, OPEN, SAME = "less", "more", "open", "same"
WOULD_DO, COSTS_MORE, ACCEPTED_LESS, CANNOT_BE_TOLD = "would do", "costs more", "accepted less", "cannot be told"
AS_IT_WAS = "as it was"
_VERDICTS = {
    (LESS, LESS): f"costs less, {ACCEPTED_LESS}",
    (LESS, OPEN): WOULD_DO,
    (LESS, MORE): WOULD_DO,
    (MORE, LESS): f"{COSTS_MORE}, {ACCEPTED_LESS}",
    (MORE, OPEN): COSTS_MORE,
    (MORE, MORE): f"{COSTS_MORE}, accepted more",
    (OPEN, LESS): ACCEPTED_LESS,
    (OPEN, OPEN): CANNOT_BE_TOLD,
    (OPEN, MORE): "accepted more",
    (SAME, SAME): AS_IT_WAS,
}


@dataclass(frozen=True, slots=True)
class Against:
    """The rules against what happened, over the same kinds of work at the same weights."""

    ratio: Interval
    """Of cost per accepted change, with bounds that hold for everything that is claimed at once."""
    alone: Interval
    """The same with the bounds at 95 % that it would have were it the only one."""
    more: Interval
    """The share accepted less that of what happened, with bounds for everything at once."""
    more_alone: Interval
    times: float | None
    """How many times as many such changes would show a ratio of this size in four cases of five; None where it is
    shown, hardly matters, or nobody has so many."""
    is_same: bool = False
    """The rules say what was done."""

    @property
    def cost(self) -> str:
        """What can be said of cost per accepted change: less | more | open | same."""
        if self.is_same:
            return SAME
        if not is_settled(self.ratio):
            return OPEN
        return LESS if (self.ratio.point or 0) < 1 else MORE

    @property
    def acceptance(self) -> str:
        """What can be said of the share accepted: less | more | open | same."""
        if self.is_same:
            return SAME
        if self.more.lo is None or self.more.hi is None or self.more.lo <= 0 <= self.more.hi:
            return OPEN
        return LESS if self.more.hi < 0 else MORE

    @property
    def verdict(self) -> str:
        """In words; would do: an accepted change cost less, and that fewer are accepted cannot be shown."""
        return _VERDICTS[self.cost, self.acceptance]

    @property
    def is_close(self) -> bool:
        """The ratio is within a twentieth of 1: it hardly matters."""
        return bool(self.ratio.point) and max(self.ratio.point or 1, 1 / (self.ratio.point or 1)) < CLOSE


@dataclass(frozen=True, slots=True)
class Side:
    """The rules or what happened, over the kinds of work that can be told; money in USD, intervals at 95 %."""

    mean: float
    """Cost per change."""
    acceptance: Interval
    cost: Interval
    """Per accepted change."""
    attempts: float | None
    """Per accepted change, as are failing runs; None where nothing is accepted."""
    failed_runs: float | None


def can_be_ranked(sums: Sums) -> bool:
    """There are as many changes, and as many accepted, as an estimate needs."""
    return sums.n >= FEWEST and sums.accepted >= _FEWEST_ACCEPTED


def pooled(rows: Sequence[Stratum]) -> Stratum:
    """All strata as one, as somebody would add them up who looks at no kind of work."""
    return Stratum(
        rows[0].kind,
        rows[0].rule,
        sum(row.weight for row in rows),
        sum(row.own_decided for row in rows),
        sum(row.others_decided for row in rows),
        sum((row.own for row in rows), NOTHING),
        sum((row.others for row in rows), NOTHING),
        sum((row.own_tries for row in rows), Tries(0, 0)),
        sum((row.other_tries for row in rows), Tries(0, 0)),
    )


@dataclass(frozen=True, slots=True)
class _Levels:
    """Mean cost and share accepted of the rules and of what happened, at the weights of the strata."""

    weights: tuple[float, ...]
    own: tuple[float, float]
    whole: tuple[float, float]

    @property
    def ratio(self) -> float | None:
        """Of cost per accepted change; None where one of them costs nothing or has nothing accepted."""
        (mean, rate), (mean_all, rate_all) = self.own, self.whole
        return mean / rate * rate_all / mean_all if mean and rate and mean_all and rate_all else None


def _levels(rows: Sequence[Stratum]) -> _Levels:
    total = sum(row.weight for row in rows)
    weights = tuple(row.weight / total for row in rows)
    own, whole = (
        (
            sum(weight * sums.cost / sums.n for weight, sums in zip(weights, each, strict=True)),
            sum(weight * sums.accepted / sums.n for weight, sums in zip(weights, each, strict=True)),
        )
        for each in ([row.own for row in rows], [row.whole for row in rows])
    )
    return _Levels(weights, own, whole)


def against(rows: Sequence[Stratum], level: float) -> Against:
    """The difference over supported strata, its bounds for all claims at a level."""
    if not any(row.others.n for row in rows):
        same, even = Interval(1.0, 1.0, 1.0), Interval(0.0, 0.0, 0.0)
        return Against(same, same, even, even, None, is_same=True)
    found = _levels(rows)
    more = found.own[1] - found.whole[1]
    of_share = doubt([_of_share(row, weight, more) for row, weight in zip(rows, found.weights, strict=True)])
    shares = [_around(more, of_share.reach(each)) for each in (level, ALONE)]
    sums = pooled(rows)
    ratio = found.ratio if can_be_ranked(sums.own) and can_be_ranked(sums.whole) else None
    if ratio is None:
        return Against(_UNTOLD, _UNTOLD, shares[0], shares[1], None)
    of_cost = doubt([_of_ratio(row, weight, found) for row, weight in zip(rows, found.weights, strict=True)])
    ratios = [_times(ratio, of_cost.reach(each)) for each in (level, ALONE)]
    return Against(ratios[0], ratios[1], shares[0], shares[1], _needed(ratio, ratios[0], of_cost, level))


def _of_share(row: Stratum, weight: float, more: float) -> Part:
    """What each change counts for in the difference of the shares accepted."""
    all_ = weight / row.whole.n
    return Part(row.own, row.others, (0.0, weight / row.own.n - all_), (0.0, -all_), weight * more, row.kind.repository)


def _of_ratio(row: Stratum, weight: float, found: _Levels) -> Part:
    """What each change counts for in the logarithm of the ratio: (c/m - a/p) of one less that of the other."""
    own, all_ = weight / row.own.n, weight / row.whole.n
    (mean, rate), (mean_all, rate_all) = found.own, found.whole
    rest = (-all_ / mean_all, all_ / rate_all)
    return Part(
        row.own, row.others, (own / mean + rest[0], -own / rate + rest[1]), rest, cluster=row.kind.repository
    )  # fmt: skip


def _around(point: float, reach: float) -> Interval:
    return Interval(point, max(-1.0, point - reach), min(1.0, point + reach))


def _times(ratio: float, reach: float) -> Interval:
    far = exp(min(FARTHEST, reach))
    return Interval(ratio, ratio / far, ratio * far)


def _needed(ratio: float, bounds: Interval, of_cost: Doubt, level: float) -> float | None:
    size = abs(log(ratio))
    if is_settled(bounds) or size < log(CLOSE):
        return None
    found = of_cost.times(size, level, _POWER)
    return found if found <= MOST else None


def side(rows: Sequence[Stratum], *, is_own: bool) -> Side:
    """The figures of the rules, or of what happened."""
    found = _levels(rows)
    mean, rate = found.own if is_own else found.whole
    sizes = [row.own.n if is_own else row.whole.n for row in rows]
    tries = [row.own_tries if is_own else row.whole_tries for row in rows]
    attempts, failed = (
        sum(weight * each / n for weight, each, n in zip(found.weights, of, sizes, strict=True))
        for of in ([each.attempts for each in tries], [each.failed_runs for each in tries])
    )

    def reach(of: Weights, centre: float = 0.0) -> float:
        pairs = zip(rows, found.weights, strict=True)
        return doubt([_alone(row, weight, is_own, of, centre) for row, weight in pairs]).reach(ALONE)

    worth = 1 / sum(weight * weight / n for weight, n in zip(found.weights, sizes, strict=True))
    low, high = wilson(min(1.0, rate) * worth, worth, _NORMAL)
    if len({row.kind.repository for row in rows}) > 1:
        wide = reach((0.0, 1.0), rate)
        low, high = max(0.0, min(low, rate - wide)), min(1.0, max(high, rate + wide))
    cost = _times(mean / rate, reach((1 / mean, -1 / rate))) if mean and rate else Interval(None, None, None)
    per = [count / rate if rate else None for count in (attempts, failed)]
    return Side(mean, Interval(rate, low, high), cost, per[0], per[1])


def _alone(row: Stratum, weight: float, is_own: bool, of: Weights, centre: float) -> Part:
    """What each change counts for in a figure of one side."""
    each = weight / (row.own.n if is_own else row.whole.n)
    counts = (of[0] * each, of[1] * each)
    groups = (row.own, row.others) if is_own else (row.whole, NOTHING)
    return Part(*groups, counts, (0.0, 0.0), centre * weight, row.kind.repository)
