"""Calls that an agent's logs tell once more in another repository: a fork made elsewhere, a session that moved on.

What counts of them is decided by domain.retold; here is where they are looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from ledger.domain.codex_lineage import Lineage
from ledger.domain.retold import CODEX, COPILOT, is_leg, is_stored, retold, thread_of
from ledger.domain.seen_twice import Elsewhere
from ledger.domain.session_facts import Call, SessionParent
from ledger.store.parts import in_parts
from ledger.store.reads import calls_elsewhere
from ledger.store.schema import tables

_RANGES_AT_ONCE = 50
"""Ranges of keys that one statement asks for."""


def families(connection: Connection, sessions: Iterable[str]) -> tuple[SessionParent, ...]:
    """What is known of these sessions' parents and children, and of theirs; sorted."""
    table = tables["session_parent"]
    met, found = set[str](), set[SessionParent]()
    wanted = set(sessions) - {""}
    while wanted:
        met |= wanted
        for part in in_parts(sorted(wanted)):
            for column in (table.c.session, table.c.parent):
                query = select(table).where(column.in_(part))
                found.update(SessionParent(**row) for row in connection.execute(query).mappings())
        wanted = {name for row in found for name in (row.session, row.parent)} - met
    return tuple(sorted(found, key=repr))


def families_of(connection: Connection, calls: Iterable[Call]) -> tuple[SessionParent, ...]:
    """What is known of the families of the Codex sessions that made these calls."""
    return families(connection, {name for call in calls if call.source == CODEX for name in _sessions(call)})


def _sessions(call: Call) -> tuple[str, str]:
    return call.session, thread_of(call)


def retold_elsewhere(
    connection: Connection, repository_id: str, calls: Iterable[Call], parents: Iterable[SessionParent]
) -> list[Elsewhere]:
    """Calls of other repositories, or of none, that may be ones of these calls of the repository; by key."""
    call, place = tables["call"], tables["place"]
    query = select(call, place.c.repository_id).join(place, place.c.directory == call.c.directory)
    query = query.where(or_(place.c.repository_id.is_(None), place.c.repository_id != repository_id))
    found = [
        Elsewhere(Call(**{name: row[name] for name in Call.__slots__}), row["repository_id"])
        for where in _kin(list(calls), parents)
        for row in connection.execute(query.where(where)).mappings()
    ]
    return sorted(found, key=lambda row: row.call.event_key)


def counted_elsewhere(connection: Connection, agents: Sequence[str]) -> list[Call]:
    """These agents' calls in directories that no repository of this ledger owns, each told once."""
    calls = list(calls_elsewhere(connection, agents))
    parents = families_of(connection, calls)
    known = {row.call.event_key: row.call for row in retold_elsewhere(connection, "", calls, parents)}
    again = retold(list((known | {call.event_key: call for call in calls}).values()), parents)
    return [call for call in calls if call.event_key not in again]


def owners_of_retold(connection: Connection, calls: Sequence[Call]) -> set[str]:
    """The repositories of calls that these may be told once more: their conclusions may change."""
    if not any(thread_of(each) or is_leg(each) or is_stored(each) for each in calls):
        return set()
    return _owners(connection, _kin(calls, families_of(connection, calls), both_ways=True))


def owners_of_families(connection: Connection, parents: Sequence[SessionParent]) -> set[str]:
    """The repositories of the calls of the families that these rows are about, and of the subagents' own."""
    sessions = {name for row in parents for name in (row.session, row.parent)}
    call = tables["call"].c
    named = (call.session.in_(part) for part in in_parts(sorted(sessions)))
    found = _owners(connection, named)
    return found | _owners(connection, _of_threads(Lineage(families(connection, sessions)).relatives(sessions)))


def _owners(connection: Connection, ways: Iterable[ColumnElement[bool]]) -> set[str]:
    call, place = tables["call"], tables["place"]
    query: Select[Any] = select(place.c.repository_id).join(call, call.c.directory == place.c.directory)
    found = (connection.execute(query.where(where).distinct()).scalars() for where in ways)
    return {owner for rows in found for owner in rows if owner}


def _kin(
    calls: Sequence[Call], parents: Iterable[SessionParent], *, both_ways: bool = False
) -> Iterator[ColumnElement[bool]]:
    """Where calls are that tell of these once more; `both_ways` also where sums are that these tell the parts of."""
    threads = {thread for call in calls if (thread := thread_of(call))}
    if threads:
        yield from _of_threads(Lineage(parents).relatives(threads))
    known = {call.session for call in calls if is_stored(call)}
    sums = {call.session for call in calls if is_leg(call)} - known
    column = tables["call"].c
    stored = and_(column.event_key >= f"{COPILOT}/", column.event_key < f"{COPILOT}0")
    for part in in_parts(sorted(sums | known if both_ways else sums)):
        yield and_(column.session.in_(part), stored)


def _of_threads(threads: Iterable[str]) -> Iterator[ColumnElement[bool]]:
    key = tables["call"].c.event_key
    ranges = [and_(key >= f"{CODEX}/{thread}#", key < f"{CODEX}/{thread}$") for thread in sorted(threads)]
    return (or_(*part) for part in in_parts(ranges, _RANGES_AT_ONCE))
