"""What belongs to a session or an author, and taking an author's name out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Text, delete, func, select, type_coerce, update

from ledger.domain.forge_facts import Event
from ledger.domain.retractions import FORGOTTEN
from ledger.store.parts import in_parts
from ledger.store.schema import tables
from ledger.store.writes import Writing


@dataclass(frozen=True, slots=True)
class Weight:
    """What sessions come to."""

    calls: int
    nusd: int
    """What the calls in scope cost, as far as it is known."""


def weigh(connection: Connection, sessions: Sequence[str]) -> Weight:
    """The calls of these sessions, and what reports count for them."""
    call, cost = tables["call"], tables["call_cost"]
    query = select(func.count(), func.coalesce(func.sum(cost.c.nusd), 0)).select_from(
        call.outerjoin(cost, cost.c.event_key == call.c.event_key)
    )
    found = [connection.execute(query.where(call.c.session.in_(part))).one() for part in in_parts(sessions)]
    return Weight(sum(int(calls) for calls, _ in found), sum(int(nusd) for _, nusd in found))


def count_commits(connection: Connection, names: Sequence[str]) -> int:
    """The commits of an author, by what stands for him."""
    table = tables["git_commit"]
    query = select(func.count()).select_from(table).where(table.c.author.in_(names))
    return connection.execute(query).scalar_one()


def sessions_of(connection: Connection, names: Sequence[str]) -> list[str]:
    """The sessions that are known to have made commits, and only this author's; sorted."""
    makers: dict[str, set[str]] = {}
    for session, maker in _ties(connection):
        makers.setdefault(session, set()).add(maker)
    return sorted(session for session, found in makers.items() if found & set(names) and found <= {FORGOTTEN, *names})


def _ties(connection: Connection) -> Iterator[tuple[str, str]]:
    """(session, author) of every commit that a hook's line, a trailer or a printed id ties to a session."""
    commit, seen, made = tables["git_commit"].c, tables["repository_commit"].c, tables["session_commit"].c
    hooked = select(seen.session, commit.author).join(tables["git_commit"], commit.oid == seen.oid)
    yield from _pairs(connection, hooked.where(seen.session != "").distinct())
    trailed = select(commit.sessions, commit.author).where(type_coerce(commit.sessions, Text) != "[]")
    for sessions, author in connection.execute(trailed):
        yield from ((session, author) for session in sessions)
    printed = select(made.session, commit.author).join(
        tables["git_commit"], (commit.oid >= made.printed_id) & (commit.oid < made.printed_id + "g")
    )
    yield from _pairs(connection, printed.where(func.length(made.printed_id) > 6).distinct())


def _pairs(connection: Connection, query: Any) -> Iterator[tuple[str, str]]:
    return ((session, author) for session, author in connection.execute(query))


def authors(connection: Connection) -> list[str]:
    """What stands for the authors of commits and the actors of events, each once."""
    commit, event = tables["git_commit"].c.author, tables["event"].c.actor
    found = {name for column in (commit, event) for name in connection.execute(select(column).distinct()).scalars()}
    return sorted(found - {"", FORGOTTEN})


def erase(writing: Writing, names: Sequence[str]) -> None:
    """Take these authors' names out of commits and events, which stay.

    An event's key holds its actor: without the name it may be one that is there already.
    """
    commit, event = tables["git_commit"], tables["event"]
    for part in in_parts(names):
        writing.connection.execute(update(commit).where(commit.c.author.in_(part)).values(author=FORGOTTEN))
        theirs = event.c.actor.in_(part)
        told = [Event(**row) for row in writing.connection.execute(select(event).where(theirs)).mappings()]
        writing.connection.execute(delete(event).where(theirs))
        writing.post(replace(row, actor="") for row in told)
