"""How acceptance, attempts and cost per accepted change move with habits, within one basis and kinds of work.

It is observed, not tried: changes that differ in a habit differ in more than that. So bands are compared within task
types only, at one mix of them, and a difference is told only where it would stand out among all that are looked at.
Half of the error that is allowed goes to the habits and half to the models, so that of histories in which nothing goes
with anything one of twenty says that something does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import exp

from ledger.domain.bands import quantile_bands
from ledger.domain.conclusions import Change
from ledger.domain.decided import accepted_of, is_counted, sums_of
from ledger.domain.estimates import Interval, Sums, compare
from ledger.domain.grouping import group
from ledger.domain.practice import ASIDE, HABITS, Habit, Measure, Worked
from ledger.domain.told_apart import Contrast, contrast, is_settled, size_of, turned

_ERROR = 0.05 / 2
_ALONE = 0.95
BASES = ("request", "branch")
"""Commits on trunk are accepted by construction."""
HABIT, MODEL, BOTH, NEITHER = "habit", "model", "both", "neither"


@dataclass(frozen=True, slots=True)
class Tally:
    """Decided changes of one task type in one band."""

    n: int
    accepted: int
    attempts: int
    attempts_sq: int
    sums: Sums
    """Of those whose cost is known."""


@dataclass(frozen=True, slots=True)
class Band:
    """The changes that have about the same of a habit, or one model; `name` is a model's and text from outside."""

    name: str
    lo: float | None
    hi: float | None
    by_type: Mapping[str, Tally]

    @property
    def n(self) -> int:
        """Decided changes."""
        return sum(tally.n for tally in self.by_type.values())

    @property
    def accepted(self) -> int:
        """Of them."""
        return sum(tally.accepted for tally in self.by_type.values())

    @property
    def strata(self) -> dict[Hashable, Sums]:
        """Task type → sums of the changes whose cost is known."""
        return {kind: tally.sums for kind, tally in self.by_type.items()}

    @property
    def crude(self) -> Sums:
        """All of them together, whatever they worked on."""
        return sum(self.strata.values(), Sums(0, 0, 0, 0.0, 0))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two bands; ratios of the dear one to the cheap one."""

    cheap: Band
    dear: Band
    ratio: Interval
    """Of cost per accepted change within task types, with an interval for all that is looked at."""
    alone: Interval
    """The same with the interval at 95 % that this pair would have were it the only one."""
    crude: Interval
    """Of cost per accepted change as they are, with the plain interval at 95 %."""
    covered: float
    """The share of the mix that both have changes in."""

    @property
    def is_settled(self) -> bool:
        """They can be told apart."""
        return is_settled(self.ratio)

    @property
    def is_misleading(self) -> bool:
        """Taken together they differ by more than within task types, and there not at all or the other way round."""
        crude, low, high = self.crude.point, self.alone.lo, self.alone.hi
        if crude is None or low is None or high is None or low <= crude <= high:
            return False
        return is_settled(self.crude) and (crude < 1 or not self.is_settled)


@dataclass(frozen=True, slots=True)
class Found:
    """What one habit goes with, or the choice of a model."""

    habit: Habit | None
    """None for the models."""
    bands: Sequence[Band]
    unknown: Band
    aside: Band
    pairs: Sequence[Pair]
    """The farthest apart first."""

    @property
    def widest(self) -> Pair | None:
        """The pair that is farthest apart of those that can be told apart; None where none can."""
        return next((pair for pair in self.pairs if pair.is_settled), None)

    @property
    def misleading(self) -> Pair | None:
        """The pair that looks farthest apart as it is, and is not so within task types."""
        found = [pair for pair in self.pairs if pair.is_misleading]
        return max(found, key=lambda pair: size_of(pair.crude.point or 1), default=None)


@dataclass(frozen=True, slots=True)
class Study:
    """What past changes of one basis say of habits and models."""

    as_of: datetime
    basis: str
    """request | branch; '' where nothing is decided."""
    changes: int
    elsewhere: int
    """Decided changes of the other basis."""
    mix: Mapping[Hashable, int]
    """Task type → decided changes."""
    habits: Sequence[Found]
    models: Found

    @property
    def looks(self) -> int:
        """Pairs of bands that were compared, over all habits."""
        return sum(len(found.pairs) for found in self.habits)

    @property
    def foremost(self) -> Found | None:
        """The habit whose bands lie farthest apart; None where none can be told apart."""
        told = [(pair.ratio.point or 1, found) for found in self.habits if (pair := found.widest)]
        return max(told, key=lambda row: row[0], default=(1, None))[1]

    @property
    def beside(self) -> tuple[Found, ...]:
        """The other habits with bands that can be told apart, whose ratios cannot be told from that of the foremost."""
        first = self.foremost and self.foremost.widest
        low = first.ratio.lo if first else None
        told = [found for found in self.habits if found is not self.foremost and found.widest]
        return tuple(found for found in told if (pair := found.widest) and (pair.ratio.hi or 0) >= (low or 0))

    @property
    def levers(self) -> str:
        """Which of the two can be told to move the cost: habit | model | both | neither."""
        has_habit, has_model = self.foremost is not None, self.models.widest is not None
        return BOTH if has_habit and has_model else HABIT if has_habit else MODEL if has_model else NEITHER

    @property
    def longer(self) -> str:
        """Which spread is wider: habit | model; '' where that cannot be told."""
        habit, model = self.foremost and self.foremost.widest, self.models.widest
        if not habit or not model:
            return ""
        if (habit.ratio.lo or 0) > (model.ratio.hi or 0):
            return HABIT
        return MODEL if (model.ratio.lo or 0) > (habit.ratio.hi or 0) else ""


Measured = tuple[Change, Measure]


def study(rows: Iterable[Worked], as_of: datetime, task: str | None = None) -> Study:
    """What the decided changes say, those of the basis that has most; of one task type where it is named."""
    counted = [row for row in rows if is_counted(row.change, as_of) and task in (None, row.change.task_type)]
    by_basis = group(counted, lambda row: row.change.basis)
    basis = max(BASES, key=lambda name: len(by_basis.get(name, ())))
    mine = by_basis.get(basis, [])
    mix: Counter[Hashable] = Counter(row.change.task_type for row in sorted(mine, key=lambda row: row.change.task_type))
    drafts = [_banded(habit, [(row.change, habit.measure(row)) for row in mine], as_of) for habit in HABITS]
    models = _by_model([row.change for row in mine], as_of)
    return Study(
        as_of=as_of,
        basis=basis if mine else "",
        changes=len(mine),
        elsewhere=len(counted) - len(mine),
        mix=mix,
        habits=_compared(drafts, mix),
        models=_compared([models], mix)[0],
    )


def _banded(habit: Habit, rows: Sequence[Measured], as_of: datetime) -> Found:
    known = [(change, value) for change, value in rows if isinstance(value, float)]
    bands = [
        Band("", low, high, _tallies([change for change, value in known if low <= value <= high], as_of))
        for low, high in quantile_bands(value for _, value in known)
    ]
    unknown = [change for change, value in rows if value is None]
    aside = [change for change, value in rows if value == ASIDE]
    few = [change for change, _ in known] if not bands else []
    return Found(
        habit,
        bands,
        Band("unknown", None, None, _tallies(unknown, as_of)),
        Band(habit.aside or "too few", None, None, _tallies([*aside, *few], as_of)),
        (),
    )


def _by_model(changes: Sequence[Change], as_of: datetime) -> Found:
    led = group((change for change in changes if change.lead_model), lambda change: change.lead_model or "")
    unknown = [change for change in changes if not change.lead_model]
    bands = [Band(name, None, None, _tallies(led[name], as_of)) for name in sorted(led)]
    return Found(None, bands, Band("unknown", None, None, _tallies(unknown, as_of)), Band("aside", None, None, {}), ())


def _tallies(changes: Iterable[Change], as_of: datetime) -> dict[str, Tally]:
    kinds = group(changes, lambda change: change.task_type)
    return {kind: _tally(kinds[kind], as_of) for kind in sorted(kinds)}


def _tally(changes: Sequence[Change], as_of: datetime) -> Tally:
    accepted = accepted_of(changes, as_of)
    tries = [change.attempts for change in changes]
    return Tally(
        len(changes), len(accepted), sum(tries), sum(each * each for each in tries), sums_of(changes, accepted)
    )


def _compared(drafts: Sequence[Found], mix: Mapping[Hashable, int]) -> tuple[Found, ...]:
    """The same with their pairs, at a level that is shared among all of them."""
    contrasts = [
        [(one, other, found) for one, other in combinations(draft.bands, 2) if (found := _contrast(one, other, mix))]
        for draft in drafts
    ]
    level = 1 - _ERROR / max(1, sum(map(len, contrasts)))
    return tuple(
        Found(
            draft.habit,
            draft.bands,
            draft.unknown,
            draft.aside,
            sorted(
                (_pair(one, other, found, level) for one, other, found in rows),
                key=lambda pair: -(pair.ratio.point or 1),
            ),
        )
        for draft, rows in zip(drafts, contrasts, strict=True)
    )


def _contrast(one: Band, other: Band, mix: Mapping[Hashable, int]) -> Contrast | None:
    """None too where the cost of fewer than half is known of one of them."""
    is_known = all(2 * band.crude.n >= band.n for band in (one, other))
    return contrast(one.strata, other.strata, mix) if is_known else None


def _pair(one: Band, other: Band, found: Contrast, level: float) -> Pair:
    ratio, alone = found.ratio(level), found.ratio(_ALONE)
    if found.point >= 1:
        return Pair(other, one, ratio, alone, _crude(other, one), found.covered)
    return Pair(one, other, turned(ratio), turned(alone), _crude(one, other), found.covered)


def _crude(cheap: Band, dear: Band) -> Interval:
    found = compare(dear.crude, cheap.crude)
    if found is None or found.point is None or found.lo is None or found.hi is None:
        return Interval(None, None, None)
    return Interval(exp(found.point), exp(found.lo), exp(found.hi))
