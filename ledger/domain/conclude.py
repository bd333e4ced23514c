"""From the facts of a repository to its conclusions: one pure function, the same result for the same facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from ledger.domain.attribution import book
from ledger.domain.changes import Identity, identify
from ledger.domain.charges import Booked, booked, call_costs, call_sums, charges, left_out_costs
from ledger.domain.conclusions import (
    Attempt,
    CallCost,
    CallSum,
    Change,
    ChangeAlias,
    ChangeBefore,
    ChangeCommit,
    ChangeSpend,
    Charge,
    Review,
)
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.life import Life, gather
from ledger.domain.owned import Owned
from ledger.domain.reversals import reverted_at, turns
from ledger.domain.roles import Roles
from ledger.domain.seen_twice import OneEach, one_each
from ledger.domain.shared_usage import booked_elsewhere, sums_elsewhere
from ledger.domain.subagents import working_for
from ledger.domain.tagging import with_tags
from ledger.domain.usage import counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusions:
    """Everything derived, by table."""

    change: tuple[Change, ...]
    change_before: tuple[ChangeBefore, ...]
    change_alias: tuple[ChangeAlias, ...]
    change_commit: tuple[ChangeCommit, ...]
    call_cost: tuple[CallCost, ...]
    charge: tuple[Charge, ...]
    attempt: tuple[Attempt, ...]
    review: tuple[Review, ...]
    change_spend: tuple[ChangeSpend, ...]
    call_sum: tuple[CallSum, ...]
    plain_commits: int
    """People's direct commits, that no model had a part in: counted, not listed, since a long history has very many."""

    service_changes: int
    """Changes among those listed that service bots alone made: no model's and no person's work."""


def nothing_but_people(commits: int) -> Conclusions:
    """The conclusions about a repository in which no model left a trace: so many commits, and no change to judge."""
    return Conclusions(
        change=(),
        change_before=(),
        change_alias=(),
        change_commit=(),
        call_cost=(),
        charge=(),
        attempt=(),
        review=(),
        change_spend=(),
        call_sum=(),
        plain_commits=commits,
        service_changes=0,
    )


def conclude(history: History, drawn: Sequence[Identity] | None = None) -> Conclusions:
    """Draw every conclusion about one repository from its facts; `drawn` are their changes, where they are known."""
    usages = counting(history.usages, history.forgotten | {call.session for call in history.calls})
    told = _without_forgotten(one_each(history.calls, history.elsewhere, history.session_parents), history)
    # Rows are joined first: what a gateway tells of a forgotten session's call is known by the session's own row.
    history = _remembered(working_for(_remembered(replace(history, calls=told.calls))))
    history = replace(history, calls=with_tags(history.calls, history.tags))
    # What a forgotten session printed tells of no branch any more.
    identities = identify(history) if drawn is None or history.forgotten else drawn
    evidence = gather(history, identities)
    costs = call_costs(history.calls, history.prices)
    by_change: dict[str, list[Booked]] = {}
    parts = booked(book(history, identities), costs, Roles(history, evidence.contributions))
    shared = booked_elsewhere(usages, Owned(history, identities)) if usages else ()
    lost = charges(history.repository_id, _without_change(chain(parts, shared), by_change), {})
    reverted = turns(identities, history)
    lives = {life.id: Life(history, life, evidence, by_change.get(life.id, [])) for life in identities}
    placed = (part for rows in by_change.values() for part in rows)
    kept_charges = charges(history.repository_id, placed, {id_: life.attempts for id_, life in lives.items()})
    booked_charges = sorted((*lost, *kept_charges), key=lambda charge: charge.id)
    spends = _spends(booked_charges)
    by_id = group(spends, lambda spend: spend.change_id)
    found = [
        life.change(reverted_at(reverted.get(id_, ())), by_id.get(id_, []))
        for id_, life in lives.items()
        if not life.is_plain
    ]
    kept = sorted((change for change in found if change), key=lambda change: change.id)
    plain = {id_ for id_, life in lives.items() if life.is_plain}
    listed = [life for life in identities if life.id not in plain]
    return Conclusions(
        change=tuple(kept),
        change_before=tuple(row for each in kept for row in lives[each.id].before(each, reverted.get(each.id, ()))),
        change_alias=tuple(
            sorted({ChangeAlias(alias=alias, change_id=life.id) for life in listed for alias in life.aliases}, key=repr)
        ),
        change_commit=_change_commits(history, listed),
        call_cost=tuple(
            sorted((*costs.values(), *left_out_costs(told.left_out).values()), key=lambda cost: cost.event_key)
        ),
        charge=tuple(booked_charges),
        attempt=tuple(row for change in kept for row in lives[change.id].attempt_rows()),
        review=tuple(row for change in kept for row in lives[change.id].reviews),
        change_spend=tuple(spends),
        call_sum=tuple(call_sums(history.repository_id, history.calls, costs, told.possible, sums_elsewhere(usages))),
        plain_commits=sum(not lives[id_].is_service for id_ in plain) + history.before,
        service_changes=sum(not change.has_model and lives[change.id].is_service for change in kept),
    )


def _without_change(parts: Iterable[Booked], by_change: dict[str, list[Booked]]) -> Iterator[Booked]:
    """The parts that reached no change, one at a time, since only their sums are wanted; puts the others by change."""
    for part in parts:
        if part.change_id:
            by_change.setdefault(part.change_id, []).append(part)
        else:
            yield part


def _remembered(history: History) -> History:
    """The history without what forgotten sessions did, nor what subagents did for them."""
    if not history.forgotten:
        return history
    kept: dict[str, Any] = {
        name: tuple(row for row in getattr(history, name) if row.session not in history.forgotten)
        for name in ("calls", "session_commits", "session_writes", "session_reviews", "subagents")
    }
    return replace(history, **kept)


def _without_forgotten(told: OneEach, history: History) -> OneEach:
    """What was found of rows that tell one call, without what it says of calls in forgotten sessions."""
    gone = {call.event_key for call in history.calls if call.session in history.forgotten}
    if not gone:
        return told
    return replace(
        told,
        left_out={key: why for key, why in told.left_out.items() if key not in gone},
        possible=tuple(call for call in told.possible if call.event_key not in gone),
    )


def _change_commits(history: History, identities: Iterable[Identity]) -> tuple[ChangeCommit, ...]:
    rows = {
        oid: ChangeCommit(repository_id=history.repository_id, oid=oid, change_id=change.id, is_head=is_head)
        for change in identities
        for is_head, oids in ((False, change.former), (True, change.commits))
        for oid in oids
    }
    return tuple(rows[oid] for oid in sorted(rows))


def _spends(rows: Iterable[Charge]) -> list[ChangeSpend]:
    sums: dict[tuple[str, str, str, str], list[int]] = {}
    for row in rows:
        if row.change_id:
            entry = sums.setdefault((row.change_id, row.model, row.agent, row.role), [0, 0, 0])
            for place, amount in enumerate((row.calls, row.calls_unpriced, row.nusd)):
                entry[place] += amount
    return [
        ChangeSpend(
            change_id=change, model=model, agent=agent, role=role, calls=calls, calls_unpriced=unpriced, nusd=nusd
        )
        for (change, model, agent, role), (calls, unpriced, nusd) in sorted(sums.items())
    ]
