"""Reading facts back: one named function per question, one statement each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from ledger.domain.conclusions import DERIVED
from ledger.domain.facts import KINDS, Entry, Place
from ledger.domain.retractions import KIND as RETRACT
from ledger.domain.retractions import identity, withdrawn
from ledger.domain.session_facts import Call
from ledger.store.parts import in_parts
from ledger.store.records import AT_ONCE, records
from ledger.store.schema import clock, cursor, dirty, ledger_meta, tables
from ledger.store.standstill import STAMP, stamp_of

_OWN_TEXTS = frozenset({"event_key", "request_id"})
"""What hardly two calls have alike."""
_COUNTS = frozenset({"input", "cache_write_5m", "output"})
"""Counts that stay small enough for many calls to have the same."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def facts(
    connection: Connection,
    kind: str,
    repository_id: str | None = None,
    without: Mapping[str, Any] = _NOTHING,
) -> Iterator[Any]:
    """The records of a fact or derived table in key order; of one repository where its id is given.

    What is named in `without` is not read, but has the value given there: not everybody needs everything.
    """
    record = (KINDS | DERIVED)[kind]
    table = tables[kind]
    query = select(*(column for column in table.c if column.name not in without)).order_by(
        *(table.c[name] for name in record.key)
    )
    if repository_id is not None:
        query = _of_repository(kind, query, repository_id)
    alike = _alike(table, without) if kind == "call" else ()
    return records(record, connection.execute(query, execution_options={"yield_per": AT_ONCE}), without, alike)


def _alike(table: Table, without: Mapping[str, Any]) -> list[str]:
    """The columns in which many calls are alike."""
    return [
        column.name
        for column in table.c
        if (isinstance(column.type, Text) or column.name in _COUNTS) and column.name not in _OWN_TEXTS | without.keys()
    ]


def retractions(connection: Connection) -> list[Entry]:
    """The entries that take something back; by id."""
    table = tables["entry"]
    query = select(table).where(table.c.kind == RETRACT).order_by(table.c.id)
    return [Entry(**row) for row in connection.execute(query).mappings()]


def first_trace(connection: Connection, repository_id: str) -> datetime | None:
    """When a model first left a trace in a repository: a call, a session, or a commit or request it had a part in."""
    call, commit, request = tables["call"].c, tables["git_commit"].c, tables["request"].c
    contribution = tables["contribution"]
    told = contribution.c.repository_id == repository_id
    of_commit, of_request = contribution.c.subject == commit.oid, request.repository_id == repository_id
    named = contribution.c.subject == literal("request:") + cast(request.number, Text)
    asked = [
        select(func.min(call.at)).where(placed(call.directory, repository_id)),
        select(func.min(commit.authored_at)).join(contribution, of_commit).where(told),
        select(func.min(commit.committed_at)).join(contribution, of_commit).where(told),
        select(func.min(request.opened_at)).join(contribution, named).where(told, of_request),
        _of_repository("usage", select(func.min(tables["usage"].c.at)), repository_id),
        *(
            _of_repository(kind, select(func.min(tables[kind].c.started_at)), repository_id)
            for kind in ("session_commit", "use_period")
        ),
    ]
    return min((at for query in asked if (at := connection.execute(query).scalar())), default=None)


def facts_after(connection: Connection, kind: str, key: tuple[Any, ...] | None, limit: int) -> list[Any]:
    """The next records of a fact table in key order, after the one of that key."""
    record, table = KINDS[kind], tables[kind]
    columns = [table.c[name] for name in record.key]
    query = select(table).order_by(*columns).limit(limit)
    if key is not None:
        query = query.where(tuple_(*columns) > tuple_(*key, types=[column.type for column in columns]))
    return [record(**row) for row in connection.execute(query).mappings()]


def keyed(table: Table, key: Sequence[str], keys: Sequence[tuple[Any, ...]]) -> ColumnElement[bool]:
    """The rows of these keys; spelled out, because SQLite searches no index for a list of row values."""
    columns = [table.c[name] for name in key]
    if len(columns) == 1:
        return columns[0].in_([parts[0] for parts in keys])
    return or_(*(and_(*(column == part for column, part in zip(columns, parts, strict=True))) for parts in keys))


def count_keys(connection: Connection, kind: str, keys: Sequence[tuple[Any, ...]]) -> int:
    """How many of the keys a fact table holds."""
    table, names = tables[kind], KINDS[kind].key
    counting = (select(func.count()).select_from(table).where(keyed(table, names, part)) for part in in_parts(keys))
    return sum(connection.execute(query).scalar_one() for query in counting)


def derived(connection: Connection, kind: str, repository_id: str) -> Iterator[Any]:
    """The stored conclusions of one kind about one repository."""
    record, table = DERIVED[kind], tables[kind]
    query = select(table).where(about(table, repository_id))
    return records(record, connection.execute(query, execution_options={"yield_per": AT_ONCE}), {})


def about(table: Table, repository_id: str) -> ColumnElement[bool]:
    """Which rows of a derived table are about a repository; a change's id begins with the repository's."""
    if "repository_id" in table.c:
        return table.c.repository_id == repository_id
    if "change_id" in table.c:
        return (table.c.change_id >= f"{repository_id}/") & (table.c.change_id < f"{repository_id}0")  # 0 follows /
    call = tables["call"]
    mine = select(call.c.event_key).where(placed(call.c.directory, repository_id))
    return table.c.event_key.in_(mine)


def call_totals(connection: Connection) -> tuple[int, ...]:
    """The number of calls and the sums of their tokens."""
    call = tables["call"].c
    sums = (func.coalesce(func.sum(column), 0) for column in (call.input, call.cache_read, call.output))
    return tuple(int(each) for each in connection.execute(select(func.count(call.event_key), *sums)).one())


def calls_by_source(connection: Connection) -> dict[str, tuple[int, datetime]]:
    """Source → how many calls it told, and when the latest of them was made."""
    call = tables["call"].c
    rows = connection.execute(select(call.source, func.count(), func.max(call.at)).group_by(call.source))
    return {source: (number, latest) for source, number, latest in rows}


def cursors_by_source(connection: Connection) -> dict[str, int]:
    """Source → how many files and places it remembers where it stopped in."""
    rows = connection.execute(select(cursor.c.source, func.count().label("number")).group_by(cursor.c.source))
    return {row.source: row.number for row in rows}


def _of_repository(kind: str, query: Select[Any], repository_id: str) -> Select[Any]:
    table = tables[kind]
    if "repository_id" in table.c:
        return query.where(table.c.repository_id == repository_id)
    if kind == "repository":
        return query.where(table.c.id == repository_id)
    if kind in ("git_commit", "commit_diff", "commit_area"):
        seen = tables["repository_commit"]
        return query.where(table.c.oid.in_(select(seen.c.oid).where(seen.c.repository_id == repository_id)))
    if kind in ("call", "session_commit", "session_review"):
        return query.where(placed(table.c.directory, repository_id))
    if kind in ("session_write", "subagent", "session"):
        call = tables["call"]
        sessions = select(call.c.session).where(placed(call.c.directory, repository_id))
        return query.where((table.c.id if kind == "session" else table.c.session).in_(sessions))
    return query


def placed(directory: ColumnElement[Any], repository_id: str) -> ColumnElement[bool]:
    """Which rows were made in a directory of a repository."""
    place = tables["place"]
    return directory.in_(select(place.c.directory).where(place.c.repository_id == repository_id))


def cursors(connection: Connection, source: str) -> dict[str, str]:
    """What a source remembered, by name."""
    rows = connection.execute(select(cursor.c.name, cursor.c.text).where(cursor.c.source == source))
    return {row.name: row.text for row in rows}


def repository_by_alias(connection: Connection, aliases: Sequence[str]) -> str | None:
    """The repository that has one of these names; None where none is known, or a fork could be meant as well.

    The first remote that is known decides. A fork has the root commits of what it was forked from, so roots tell only
    where one repository has them, and it and the asked one do not each have remotes of their own.
    """
    table = tables["repository_alias"]
    asked = select(table.c.alias, table.c.repository_id).where(table.c.alias.in_(aliases))
    found: dict[str, set[str]] = {}
    for row in connection.execute(asked):
        found.setdefault(row.alias, set()).add(row.repository_id)
    remotes = [alias for alias in aliases if "/" in alias]
    named = next((min(found[alias]) for alias in remotes if alias in found), None)
    if named is not None or not found:
        return named
    rooted = set().union(*found.values())
    if remotes:
        apart = select(table.c.repository_id).where(table.c.repository_id.in_(rooted), table.c.kind == "remote")
        rooted -= set(connection.execute(apart).scalars())
    return rooted.pop() if len(rooted) == 1 else None


def repository_of_clone(connection: Connection, clone_id: str) -> str | None:
    """The repository that a clone was posted as before, whatever its remotes are called now."""
    tip = tables["tip"]
    found = select(tip.c.repository_id).where(tip.c.clone_id == clone_id).order_by(tip.c.repository_id).limit(1)
    return connection.execute(found).scalar()


def places_without_repository(connection: Connection) -> list[Place]:
    """Directories that no repository of this ledger owns so far."""
    table = tables["place"]
    return [Place(**row) for row in connection.execute(select(table).where(table.c.repository_id.is_(None))).mappings()]


def calls_elsewhere(connection: Connection, agents: Sequence[str]) -> Iterator[Call]:
    """These agents' calls in directories that no repository of this ledger owns, but those that count no more."""
    call, place = tables["call"], tables["place"]
    gone = withdrawn(retractions(connection))
    elsewhere = call.c.directory.in_(select(place.c.directory).where(place.c.repository_id.is_(None)))
    query = select(call).where(call.c.agent.in_(agents), elsewhere)
    rows = connection.execute(query, execution_options={"yield_per": AT_ONCE}).mappings()
    found = (Call(**row) for row in rows if row["session"] not in gone.sessions)
    return (row for row in found if identity("call", row.event_key) not in gone.ids) if gone else found


def repositories(connection: Connection) -> list[str]:
    """The ids of all repositories, sorted."""
    return list(connection.execute(select(tables["repository"].c.id).order_by("id")).scalars())


def aliases(connection: Connection, repository_id: str) -> list[str]:
    """The names a repository is known by elsewhere, sorted."""
    table = tables["repository_alias"]
    return list(
        connection.execute(
            select(table.c.alias).where(table.c.repository_id == repository_id).order_by("alias")
        ).scalars()
    )


def has_traces(connection: Connection, repository_id: str) -> bool:
    """Something but people's commits is known: a contribution, a call, a request."""
    contribution, request, place, call = (tables[name] for name in ("contribution", "request", "place", "call"))
    usage = tables["usage"]
    traces = (
        select(usage.c.session).where(usage.c.repository_id == repository_id),
        select(contribution.c.subject).where(contribution.c.repository_id == repository_id),
        select(request.c.number).where(request.c.repository_id == repository_id),
        select(call.c.event_key)
        .join(place, place.c.directory == call.c.directory)
        .where(place.c.repository_id == repository_id),
    )
    return any(connection.execute(trace.limit(1)).first() is not None for trace in traces)


def plain_commits(connection: Connection, repository_id: str | None = None) -> int:
    """Direct commits that no model had a part in, of one repository or all; they are counted, not listed."""
    return _noted(connection, "plain_commits", repository_id)


def _noted(connection: Connection, what: str, repository_id: str | None) -> int:
    name = ledger_meta.c.name
    own = name == f"{what} {repository_id}" if repository_id else name.like(f"{what} %")
    return sum(int(text) for text in connection.execute(select(ledger_meta.c.text).where(own)).scalars())


def people_uncounted(connection: Connection, repository_id: str | None = None) -> int:
    """What makes people's changes of those without a model: their direct commits more, service bots' changes less."""
    return plain_commits(connection, repository_id) - _noted(connection, "service_changes", repository_id)


def is_stale(connection: Connection, version: int) -> bool:
    """Facts were posted, or rules became newer, since the conclusions were drawn."""
    return derivation_version(connection) < version or connection.execute(select(dirty).limit(1)).first() is not None


def marks(connection: Connection, repository_id: str) -> set[str]:
    """The marks of what was posted about a repository since its conclusions were drawn."""
    return set(connection.execute(select(dirty.c.token).where(dirty.c.repository_id == repository_id)).scalars())


def derivation_version(connection: Connection) -> int:
    """The rules by which conclusions were drawn last; 0 before the first time."""
    name = ledger_meta.c.name == "derivation_version"
    return int(connection.execute(select(ledger_meta.c.text).where(name)).scalar() or 0)


def to_derive(connection: Connection, version: int) -> list[str]:
    """The repositories whose conclusions are behind their facts, or drawn by older rules than `version`; sorted.

    None, where the rules in the ledger are newer: an older program posts facts and leaves the rest alone.
    """
    drawn = derivation_version(connection)
    if drawn < version:
        return repositories(connection)
    query = select(dirty.c.repository_id).distinct().order_by("repository_id")
    return list(connection.execute(query).scalars()) if drawn == version else []


def stamp(connection: Connection) -> str:
    """What every writing to a file changes, but one that only notes a time; '' before the first."""
    return stamp_of(tuple(connection.exec_driver_sql(STAMP).one()))


def times(connection: Connection) -> dict[str, Any]:
    """When the ledger was last posted to and the agents' logs were last read."""
    return {row.name: row.noted_at for row in connection.execute(select(clock))}
