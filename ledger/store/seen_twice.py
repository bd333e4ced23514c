"""Rows that may tell of one call: who else names a request, in whichever repository (domain.seen_twice).

Nothing is asked while every call is from an agent's log, since two of those never tell of one call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select

from ledger.domain.seen_twice import Elsewhere, names
from ledger.domain.session_facts import Call
from ledger.domain.told import TELLERS
from ledger.store.schema import tables

_KEYED = ("claude-code", *sorted(TELLERS))
"""Sources whose calls go by the request's or response's own id, which others may name."""


_AT_ONCE = 100
"""Names looked up by one statement, under several keys each: SQLite allows 999 bound values in older versions."""


def has_tellers(connection: Connection) -> bool:
    """Whether anything but agents' logs was ever posted: a range of keys each."""
    key = tables["call"].c.event_key
    return any(
        connection.execute(select(key).where(key >= f"{each}/", key < f"{each}0").limit(1)).first() is not None
        for each in sorted(TELLERS)
    )


def told_elsewhere(connection: Connection, repository_id: str) -> tuple[Elsewhere, ...]:
    """Calls that are not the repository's and name a request that one of its calls names; by key."""
    if not has_tellers(connection):
        return ()
    mine, other, place, there = tables["call"].alias(), tables["call"].alias(), *_places()
    own = func.substr(mine.c.event_key, func.length(mine.c.source) + 2)
    ways: list[ColumnElement[bool]] = [
        and_(other.c.request_id == mine.c.request_id, mine.c.request_id != ""),
        other.c.request_id == own,
        *(other.c.event_key == literal(f"{each}/") + mine.c.request_id for each in _KEYED),
    ]
    found: dict[str, Elsewhere] = {}
    for way in ways:
        query = (
            select(other, there.c.repository_id)
            .select_from(place)
            .join(mine, mine.c.directory == place.c.directory)
            .join(other, way)
            .join(there, there.c.directory == other.c.directory)
            .where(place.c.repository_id == repository_id)
            .where(or_(there.c.repository_id.is_(None), there.c.repository_id != repository_id))
        )
        found |= {row.call.event_key: row for row in _elsewhere(connection, query)}
    return tuple(found[key] for key in sorted(found))


def _places() -> tuple[Any, Any]:
    return tables["place"].alias(), tables["place"].alias()


def _elsewhere(connection: Connection, query: Select[Any]) -> Iterator[Elsewhere]:
    for row in connection.execute(query).mappings():
        fields = {name: row[name] for name in Call.__slots__}
        yield Elsewhere(Call(**fields), row["repository_id"])


def owners_of_same(connection: Connection, calls: Sequence[Call]) -> set[str]:
    """The repositories of calls that name a request which these calls name: their conclusions may change."""
    if not any(call.source in TELLERS for call in calls) and not has_tellers(connection):
        return set()
    call, place = tables["call"].c, tables["place"].c
    query = select(place.repository_id).join(tables["call"], call.directory == place.directory)
    wanted = sorted({name for each in calls for name in names(each)})
    found = set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        for where in (
            call.request_id.in_(part),
            call.event_key.in_([f"{log}/{name}" for log in _KEYED for name in part]),
        ):
            found.update(owner for owner in connection.execute(query.where(where).distinct()).scalars() if owner)
    return found
