"""Static rules replayed over past changes: what they would have cost, and where that can be told at all.

A kind of work can be told where the rule's model really began as many of its changes as an estimate needs. Half of the
error that is allowed goes to the whole and half to the kinds of work, in each to cost and acceptance alike: of
histories in which no model differs one of twenty claims that something does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from ledger.domain.against import ALONE, MOST, Against, Side, against, can_be_ranked, pooled, side
from ledger.domain.comparing import extra_cost
from ledger.domain.estimates import Estimate, Interval, acceptance, estimate
from ledger.domain.mixes import LEAST
from ledger.domain.started import Aim, Kind, Stratum
from ledger.domain.told_apart import is_settled

_ERROR = 0.05
_FIGURES = 2
"""Of each place two things are claimed or not: cost and acceptance."""
UNSUPPORTED, NO_RULE = "unsupported", "no rule"


@dataclass(frozen=True, slots=True)
class Whole:
    """All kinds of work that can be told, together."""

    rules: Side
    happened: Side
    against: Against
    crude: Against
    """The changes that were begun as the rules say, against all, whatever they worked on."""
    per_extra: float | None
    """USD for each further accepted change with whichever has more accepted at more cost; None where none buys any."""

    @property
    def is_misleading(self) -> bool:
        """Taken together they differ by more than within kinds of work, and there not at all or the other way round."""
        point, low, high = self.crude.alone.point, self.against.alone.lo, self.against.alone.hi
        if point is None or low is None or high is None or low <= point <= high:
            return False
        is_turned = (point - 1) * ((self.against.ratio.point or 1) - 1) < 0
        return is_settled(self.crude.alone) and (is_turned or not is_settled(self.against.alone))


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of work."""

    stratum: Stratum
    share: float
    """Of all decided changes."""
    own: Estimate
    """Cost per accepted change of those that the rule's model began."""
    own_acceptance: Interval
    happened: Estimate
    happened_acceptance: Interval
    against: Against | None
    """None where the rule's model tried it too rarely, or no rule fits."""

    @property
    def verdict(self) -> str:
        """In words."""
        if self.against is not None:
            return self.against.verdict
        return NO_RULE if self.stratum.rule is None else UNSUPPORTED

    @property
    def needed(self) -> int | None:
        """Changes that the rule's model has to begin here, the others in proportion, to settle the cost."""
        times = self.against.times if self.against else None
        found = ceil(self.stratum.own.n * times) if times else None
        return found if found and found <= MOST else None


@dataclass(frozen=True, slots=True)
class Replay:
    """A set of rules over all kinds of work."""

    aims: tuple[Aim, ...]
    cells: tuple[Cell, ...]
    """Most changes first."""
    covered: float
    """The share of the work that can be told."""
    whole: Whole | None
    """None where less than half can be told, or too little was accepted of it."""

    def of(self, verdict: str) -> tuple[Cell, ...]:
        """The kinds of work of one verdict."""
        return tuple(cell for cell in self.cells if cell.verdict == verdict)

    @property
    def told(self) -> frozenset[Kind]:
        """The kinds of work that can be told."""
        return frozenset(cell.stratum.kind for cell in self.cells if cell.against is not None)

    @property
    def idle(self) -> tuple[Aim, ...]:
        """Rules that fit no decided change."""
        used = {cell.stratum.rule for cell in self.cells}
        return tuple(aim for place, aim in enumerate(self.aims) if place not in used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Everything that a format needs."""

    as_of: datetime
    cost: str
    """At list price, or as billed."""
    basis: str | None
    """The one with the most changes, trunk never; None where there is no other."""
    elsewhere: Mapping[str, int]
    """Other bases and their changes, which are not pooled with it."""
    decided: int
    """Changes of the basis."""
    unknown_starter: int
    """Of them, those of which nobody knows who tried first."""
    unknown_cost: int
    """Of the rest, those whose cost is not known."""
    hidden: str
    """Why nothing may be said; ''."""
    rules: Replay
    always: tuple[Replay, ...]
    """The plain alternatives: each model that the rules name, for all work; none where that is the rules themselves."""
    fallback_nusd: int | None
    at_fallback: Whole | None
    """The whole with what a change that is not accepted costs a person; None where that is not set."""
    repositories: Mapping[str, str]
    """Id → name, where several are told of."""
    only: str = ""
    """Which changes were asked about, in words (ledger.domain.asked); '' where it is all."""


def replay(strata: Sequence[Stratum], aims: Sequence[Aim]) -> Replay:
    """What the rules would have cost over strata that were sorted by them (ledger.domain.started)."""
    everything = sum(row.weight for row in strata)
    told = [row for row in strata if row.is_supported]
    claims = max(1, sum(not row.is_as_it_was for row in told))
    cells = tuple(_cell(row, everything, 1 - _ERROR / 2 / _FIGURES / claims) for row in strata)
    covered = sum(row.weight for row in told) / everything if everything else 0.0
    return Replay(tuple(aims), cells, covered, _whole(told) if covered >= LEAST else None)


def whole_of(strata: Sequence[Stratum]) -> Whole | None:
    """All kinds of work that can be told, together; None where that is too little."""
    return replay(strata, ()).whole


def _cell(row: Stratum, everything: int, level: float) -> Cell:
    return Cell(
        row,
        row.weight / everything,
        estimate(row.own),
        acceptance(row.own.accepted, row.own.n),
        estimate(row.whole),
        acceptance(row.whole.accepted, row.whole.n),
        against([row], level) if row.is_supported else None,
    )


def _whole(rows: Sequence[Stratum]) -> Whole | None:
    own = pooled(rows)
    if not can_be_ranked(own.own):
        return None
    versus = against(rows, 1 - _ERROR / 2 / _FIGURES)
    rules, happened = side(rows, is_own=True), side(rows, is_own=False)
    levels = [(side.mean, side.acceptance.point or 0.0) for side in (rules, happened)]
    extra = None if versus.is_same else extra_cost(levels[0], levels[1])
    return Whole(rules, happened, versus, against([own], ALONE), extra)
