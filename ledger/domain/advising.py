"""What the evidence says at the moment of choosing: who did such work, who can be told apart (metric.md §2, §6).

Such work is what has the same task type and area. Where that leaves too little, it is widened step by step, and each
step tells how much it holds. A best is told only where it would stand out among all that are looked at, at one mix of
the work they were given, and only of this kind of work. The choice is the person's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.comparing import CLOSE, enough, extra_cost
from ledger.domain.estimates import Sums, best_of, difference, level_of_each
from ledger.domain.loops import RetrySums
from ledger.domain.mixes import LEAST
from ledger.domain.path_rules import NONE
from ledger.domain.report import Group
from ledger.domain.second import Second
from ledger.domain.standard import Standard, standardise
from ledger.domain.tasks import GROUPED, MAINT

_ERROR = 0.05
"""How often a best may be told where there is none, over all tables together."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The work that somebody is about to begin."""

    task_type: str
    """One of ledger.domain.tasks.TYPES, or MAINT."""
    area: str | None = None
    """None where nothing was said of it; `none` where its paths touch no area."""
    stakes: str | None = None
    """high or normal by the rules of the configuration; None where nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """How such work is chosen among past changes; the further down, the wider."""

    words: str
    only: tuple[tuple[str, tuple[str, ...]], ...]
    """Dimension and its names, as the store chooses by."""
    mixed_by: str
    """What its changes may differ in, so that they are compared at one mix of it: task_type, area, or ''."""
    is_other_work: bool = False
    """It holds other kinds of work: nothing follows from it for this kind."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A step with what it holds on the basis that is told."""

    step: Step
    n: int
    base_n: int
    """Decided changes of known cost."""
    ranked: int
    """Models with enough of them for an estimate."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was counted of one basis, by model or by line-up."""

    groups: Sequence[Group]
    parts: Sequence[Group]
    """The same by what such work may differ in."""
    retries: Mapping[str | None, RetrySums]
    reviews: Mapping[str | None, Second]


@dataclass(frozen=True, slots=True)
class Tried:
    """A model or line-up that did such work."""

    name: str | None
    group: Group
    retries: RetrySums | None
    review: Second | None
    """Its changes with and without a second model's review; None where it has too few, and on other kinds of work."""
    per_extra: float | None
    """USD for each further accepted change that it brings over the cheapest; None where it brings none, or for less."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Models or line-ups beside each other."""

    tried: tuple[Tried, ...]
    """The cheapest per accepted change first, as they are."""
    alike: tuple[str, ...]
    """The cheapest and after it those that cannot be told from it; one name is a best with evidence."""
    order: str
    """crude, or at one mix of their work: mix; apart where their work has too little in common to compare them."""
    covered: float | None
    """The share of the mix that all of them worked on; None where nothing was mixed."""
    points: Mapping[str, float]
    """USD per accepted change of those that can be ranked, as they were ordered by."""
    needed: int | None
    """Changes of each that would settle the cheapest against the dearest alike; None where nothing is to be settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Everything that a format needs."""

    as_of: datetime
    asked: Asked
    cost: str
    """At list price, or as billed."""
    basis: str | None
    """The one with the most changes; trunk never, where all is accepted. None where there is no other."""
    elsewhere: Mapping[str, int]
    """Other bases and their changes of this kind, which are not pooled with it."""
    rungs: tuple[Rung, ...]
    at: int
    """The rung that is told."""
    models: Ranking
    lineups: Ranking
    hidden: str
    """Why nothing may be said of the cost of any; ''."""
    only: str = ""
    """Which changes were asked about, in words (ledger.domain.asked); '' where it is all."""

    @property
    def step(self) -> Step:
        """The one that is told."""
        return self.rungs[self.at].step

    @property
    def verdict(self) -> str:
        """best, alike, one, apart (their work is too different), other (other kinds of work), little, or nothing."""
        ranked = len(self.models.points)
        if not ranked:
            return "little" if self.rungs[self.at].n else "nothing"
        if self.step.is_other_work:
            return "other"
        if ranked == 1:
            return "one"
        return "apart" if self.models.order == "apart" else "best" if len(self.models.alike) == 1 else "alike"

    @property
    def has_lineups(self) -> bool:
        """Line-ups are other sets of changes than models are."""
        return _members(self.models) != _members(self.lineups)


def steps(asked: Asked) -> tuple[Step, ...]:
    """From the very work that was asked for to all there is."""
    task = asked.task_type
    types = ("task_type", GROUPED if task == MAINT else (task,))
    inner = "task_type" if task == MAINT else ""
    found = []
    if asked.area is not None:
        where = f"{task} that touches no area" if asked.area == NONE else f"{task} in {asked.area}"
        found.append(Step(where, (types, ("area", (asked.area,))), inner))
    if asked.stakes is not None:
        found.append(Step(f"{task} of {asked.stakes} stakes", (types, ("stakes", (asked.stakes,))), "area"))
    found.append(Step(f"all {task}", (types,), "area"))
    if task in GROUPED:
        found.append(Step(f"all {MAINT} ({', '.join(GROUPED)})", (("task_type", GROUPED),), "task_type"))
    return (*found, Step("all task types", (), "task_type", is_other_work=True))


def main_basis(groups: Iterable[Group]) -> str | None:
    """The basis with the most changes, of those that say what is accepted; requests where two are level."""
    return main_of((group.sums.basis, group.sums.n) for group in groups)


def main_of(counts: Iterable[tuple[str, int]]) -> str | None:
    """The same of bases with numbers of changes, each as often as wanted."""
    sizes = Counter[str]()
    for basis, n in counts:
        sizes[basis] += n
    del sizes["trunk"]
    return min(sizes, key=lambda basis: (-sizes[basis], basis != "request"), default=None)


def elsewhere(counts: Iterable[tuple[str, int]], basis: str | None) -> dict[str, int]:
    """The other bases, in the order met, with their numbers of changes."""
    found = Counter[str]()
    for other, n in counts:
        if other != basis:
            found[other] += n
    return dict(found)


def rung(step: Step, groups: Iterable[Group], basis: str | None) -> Rung:
    """How much a step holds."""
    mine = [group for group in groups if group.sums.basis == basis]
    return Rung(step, sum(group.sums.n for group in mine), sum(group.base.n for group in mine), len(_ranked(mine)))


def told_rung(rungs: Sequence[Rung]) -> int:
    """The narrowest on which two models can be compared; else on which one can be told of; else the widest.

    Other kinds of work are looked at last: one model known for this kind says more than two known for another.
    """
    places = range(len(rungs))
    two = (place for place in places if rungs[place].ranked > 1 and not rungs[place].step.is_other_work)
    one = (place for place in places if rungs[place].ranked)
    return next(two, next(one, len(rungs) - 1))


def rankings(step: Step, models: Told, lineups: Told) -> tuple[Ranking, Ranking]:
    """Models and line-ups of one basis beside each other; both tables share the error of one."""
    members = [{(group.sums.model, group.sums.n) for group in each.groups} for each in (models, lineups)]
    tables = (models,) if members[0] == members[1] else (models, lineups)
    level = 1 - _ERROR / max(1, sum(len(_ranked(each.groups)) > 1 for each in tables))
    first, second = (
        _ranking(step, each.groups, each.parts, each.retries, each.reviews, level) for each in (models, lineups)
    )
    return first, second


@dataclass(frozen=True, slots=True)
class _Order:
    """Those that can be ranked, put in order."""

    kind: str
    names: tuple[str, ...]
    """The cheapest and those that cannot be told from it."""
    levels: Mapping[str, tuple[float, float]]
    """Mean cost and share accepted of each, as they were ordered by."""
    covered: float | None = None

    @property
    def points(self) -> dict[str, float]:
        return {name: mean / rate for name, (mean, rate) in self.levels.items()}


def _ranking(
    step: Step,
    groups: Sequence[Group],
    parts: Sequence[Group],
    retries: Mapping[str | None, RetrySums],
    reviews: Mapping[str | None, Second],
    level: float,
) -> Ranking:
    ranked = _ranked(groups)
    weights = Counter[Hashable]()
    for part in parts:
        weights[part.sums.part] += part.sums.n
    is_mixed = step.mixed_by and len(weights) > 1 and len(ranked) > 1
    found = _at_one_mix(ranked, parts, weights, level) if is_mixed else _as_they_are(ranked, level)
    if step.is_other_work:
        found = replace(found, names=_by_point(found.levels))
    can_compare = not step.is_other_work and found.kind != "apart"
    tried = tuple(
        Tried(
            group.sums.model,
            group,
            retries.get(group.sums.model),
            reviews.get(group.sums.model),
            _extra(group.sums.model, found) if can_compare else None,
        )
        for group in groups
    )
    needed = _needed(found, ranked, level) if can_compare else None
    return Ranking(tried, found.names, found.kind, found.covered, found.points, needed)


def _ranked(groups: Iterable[Group]) -> dict[str, Sums]:
    return {name: group.base for group in groups if (name := group.sums.model) and group.estimate.point is not None}


def _as_they_are(ranked: dict[str, Sums], level: float) -> _Order:
    levels = {name: (sums.cost / sums.n, sums.accepted / sums.n) for name, sums in ranked.items()}
    return _Order("crude", tuple(best_of(ranked, level)), levels)


def _at_one_mix(ranked: dict[str, Sums], parts: Iterable[Group], weights: Counter[Hashable], level: float) -> _Order:
    """In the order of what they cost for the same work, where they have at least half of it in common."""
    strata: dict[str, dict[Hashable, Sums]] = {name: {} for name in ranked}
    for part in parts:
        if part.sums.model in strata:
            strata[part.sums.model][part.sums.part] = part.base
    found = standardise(strata, weights, 1 - (1 - level) / (len(ranked) - 1))
    covered = next((figure.covered for figure in found.values()), 0.0)
    levels = {name: (figure.mean, figure.rate) for name, figure in found.items() if figure.rate}
    if covered < LEAST or len(levels) < len(ranked):
        crude = _as_they_are(ranked, level)
        return replace(crude, kind="apart", names=_by_point(crude.levels), covered=covered)
    first, *others = _by_point(levels)
    # Over several repositories parts are no independent draws, so no difference at the mix has bounds to trust.
    is_clustered = any(sums.spread and sums.spread.is_several for sums in ranked.values())
    alike = (name for name in others if is_clustered or not _is_cheaper(found[first], found[name]))
    return _Order("mix", (first, *alike), levels, covered)


def _by_point(levels: Mapping[str, tuple[float, float]]) -> tuple[str, ...]:
    return tuple(sorted(levels, key=lambda name: (levels[name][0] / levels[name][1], name)))


def _is_cheaper(one: Standard, other: Standard) -> bool:
    found = difference(one.cost_per_accepted, other.cost_per_accepted)
    return found is not None and found.hi is not None and found.hi < 0


def _extra(name: str | None, found: _Order) -> float | None:
    """What further accepted changes cost, where it is accepted more often than the cheapest."""
    if name is None or name not in found.levels or name == found.names[0]:
        return None
    mine, least = found.levels[name], found.levels[found.names[0]]
    return extra_cost(mine, least) if mine[1] > least[1] else None


def _needed(found: _Order, ranked: Mapping[str, Sums], level: float) -> int | None:
    """Of the cheapest and the dearest that cannot be told from it."""
    if len(found.names) < 2 or not found.points[found.names[0]]:
        return None
    first, last = found.names[0], found.names[-1]
    ratio = found.points[last] / found.points[first]
    return enough(ranked[first], ranked[last], ratio, level_of_each(len(ranked), level)) if ratio >= CLOSE else None


def _members(ranking: Ranking) -> set[tuple[str | None, int]]:
    return {(each.name, each.group.sums.n) for each in ranking.tried}


def is_close(ranking: Ranking) -> bool:
    """The cheapest and those alike are so near to each other that it hardly matters."""
    costs = [ranking.points[name] for name in ranking.alike]
    return len(costs) > 1 and bool(costs[0]) and costs[-1] / costs[0] < CLOSE
