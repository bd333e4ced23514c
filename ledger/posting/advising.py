"""From the work that is about to begin to what past changes say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.advising import (
    Advice,
    Asked,
    Rung,
    Step,
    Told,
    elsewhere,
    main_basis,
    rankings,
    rung,
    steps,
    told_rung,
)
from ledger.domain.areas import ground, sorter
from ledger.domain.asked import chosen
from ledger.domain.costing import KINDS
from ledger.domain.loops import in_whole
from ledger.domain.nearby import unknown_name
from ledger.domain.path_rules import NONE, Area, PathRules
from ledger.domain.report import Group, by_model, ordered
from ledger.domain.second import Second, seconds
from ledger.domain.tasks import MAINT, TYPES, known_type
from ledger.errors import LedgerError
from ledger.store import figures, loops, names
from ledger.store.engine import Ledger
from ledger.store.spreads import SpreadSums, is_over_several, spread_sums


def ask(ledger: Ledger, as_of: datetime, task: str, area: str | None, paths: Sequence[str], rules: PathRules) -> Asked:
    """The work as past changes are sorted; raises LedgerError for a type or an area that is not known.

    An area is known that the configuration names or a change touched. Paths, from the top of the worktree, are sorted
    by the configuration's rules: what they touch most is their area, and stakes are high as soon as one area's are.
    """
    task_type = MAINT if task.strip().lower() == MAINT else known_type(task)
    if task_type is None:
        raise LedgerError(unknown_name(task, "task type", (*TYPES, MAINT)))
    if area is not None and paths:
        raise LedgerError("--area names the part of the code and --paths finds it: leave one of them out.")
    if paths:
        touched = ground(
            [sorter(rules)("", [(1, path.removeprefix("./").lstrip("/")) for path in paths])], is_whole=True
        )
        return Asked(task_type, touched.area, touched.stakes)
    if area is None:
        return Asked(task_type)
    named = _area(ledger, as_of, area, rules.areas)
    return Asked(task_type, named, next((each.stakes for each in rules.areas if each.name == named), None))


def advise(ledger: Ledger, as_of: datetime, asked: Asked, part: figures.Slice) -> Advice:
    """What the changes of a slice say of such work, judged from `as_of`."""
    ladder = steps(asked)
    with ledger.read() as connection:
        looked = [_groups(connection, as_of, _slice(part, step), step, "model")[0] for step in ladder]
        basis = main_basis(looked[-1])
        rungs = tuple(rung(step, groups, basis) for step, groups in zip(ladder, looked, strict=True))
        at = told_rung(rungs)
        step, where = ladder[at], _slice(part, ladder[at])
        models, lineups = (_told(connection, as_of, where, step, whom, basis) for whom in ("model", "lineup"))
        cost = KINDS[figures.cost_kind(connection, part)]
    first, second = rankings(step, models, lineups)
    return Advice(
        as_of=as_of,
        asked=asked,
        cost=cost,
        basis=basis,
        elsewhere=elsewhere(((group.sums.basis, group.sums.n) for group in looked[at]), basis),
        rungs=rungs,
        at=at,
        models=first,
        lineups=second,
        hidden=_hidden(rungs[at], models.groups),
        only=chosen(part.since, part.until, part.only),
    )


def _area(ledger: Ledger, as_of: datetime, asked: str, areas: Iterable[Area]) -> str:
    with ledger.read() as connection:
        known = names.names(connection, as_of, figures.Slice(), "area")
    there = {**known, NONE: 0, **{area.name: 0 for area in areas}}
    found = asked if asked in there else next((each for each in there if each.lower() == asked.lower()), None)
    if found is None:
        raise LedgerError(unknown_name(asked, "area", there))
    return found


def _slice(part: figures.Slice, step: Step) -> figures.Slice:
    return replace(part, only=(*part.only, *step.only))


def _groups(
    connection: Connection, as_of: datetime, part: figures.Slice, step: Step, whom: str
) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """(the groups over all parts, those of each part)."""
    asked = (connection, as_of, part, step.mixed_by or "task_type", "lead", whom)
    several = is_over_several(connection, part)
    found = spread_sums(*asked) if several else SpreadSums(figures.group_sums(*asked), {}, {})
    sums, spreads = found.sums, found.whole
    return ordered(by_model(sums, {}, spreads)), ordered(sums)


def _told(
    connection: Connection, as_of: datetime, part: figures.Slice, step: Step, whom: str, basis: str | None
) -> Told:
    """The groups of one basis, the same by what they differ in, and how often they tried."""
    groups, parts = (_of(found, basis) for found in _groups(connection, as_of, part, step, whom))
    tries = in_whole(loops.retry_sums(connection, as_of, part, "task_type", whom))
    able = [group.sums.model for group in groups if group.estimate.point is not None and group.sums.model]
    reviews: dict[str | None, Second] = {
        name: found
        for name in (able if whom == "model" and not step.is_other_work else ())
        if (found := _review(connection, as_of, replace(part, only=(*part.only, ("model", (name,)))), basis))
    }
    return Told(groups, parts, {row.who: row for row in tries if row.basis == basis}, reviews)


def _of(groups: Iterable[Group], basis: str | None) -> list[Group]:
    return [group for group in groups if group.sums.basis == basis]


def _review(connection: Connection, as_of: datetime, part: figures.Slice, basis: str | None) -> Second | None:
    """With and without, of what one model led: others may be accepted more often with or without a review."""
    rows = seconds(loops.review_sums(connection, as_of, part, "task_type"))
    return next((row for row in rows if row.basis == basis and row.part is None), None)


def _hidden(told: Rung, groups: Sequence[Group]) -> str:
    """Why nothing can be said, where that holds for all who could be told of."""
    why = {group.hidden for group in groups}
    return why.pop() if not told.ranked and len(why) == 1 else ""
