"""Which repositories facts are about: their conclusions, and nobody else's, have to be drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Select, select

from ledger.domain.facts import Entry, Repository
from ledger.domain.git_facts import Commit, CommitArea, CommitDiff, RepositoryCommit
from ledger.domain.session_facts import (
    Call,
    Price,
    Session,
    SessionCommit,
    SessionParent,
    SessionReview,
    SessionWrite,
    Subagent,
)
from ledger.store.parts import in_parts
from ledger.store.retold import owners_of_families, owners_of_retold
from ledger.store.schema import tables
from ledger.store.seen_twice import owners_of_same

ByKind = Mapping[type[Any], Sequence[Any]]


def owners(connection: Connection, record: type[Any], batch: ByKind) -> set[str]:
    """The repositories that the facts of one kind in a batch are about, as far as the ledger knows."""
    facts = batch[record]
    if record in _LOOKUPS:
        return _LOOKUPS[record](connection, batch)
    name = "id" if record is Repository else "repository_id"
    return {owner for fact in facts if (owner := getattr(fact, name))}


def _by_directory(record: type[Any]) -> Callable[[Connection, ByKind], set[str]]:
    place = tables["place"].c

    def found(connection: Connection, batch: ByKind) -> set[str]:
        directories = {fact.directory for fact in batch[record]}
        return _asked(connection, select(place.repository_id), place.directory, directories)

    return found


def _by_call(connection: Connection, batch: ByKind) -> set[str]:
    """The repositories of their places, and those whose own calls may be the same ones."""
    others = owners_of_same(connection, batch[Call]) | owners_of_retold(connection, batch[Call])
    return _by_directory(Call)(connection, batch) | others


def _by_parent(connection: Connection, batch: ByKind) -> set[str]:
    return owners_of_families(connection, batch[SessionParent])


def _by_session(record: type[Any], name: str) -> Callable[[Connection, ByKind], set[str]]:
    call, place = tables["call"], tables["place"]
    calls = select(place.c.repository_id).join(call, call.c.directory == place.c.directory)

    def found(connection: Connection, batch: ByKind) -> set[str]:
        return _asked(connection, calls, call.c.session, {getattr(fact, name) for fact in batch[record]})

    return found


def _by_commit(record: type[Any]) -> Callable[[Connection, ByKind], set[str]]:
    seen = tables["repository_commit"].c

    def found(connection: Connection, batch: ByKind) -> set[str]:
        told = {row.oid for row in batch.get(RepositoryCommit, ())}  # which are owners themselves
        return _asked(connection, select(seen.repository_id), seen.oid, {fact.oid for fact in batch[record]} - told)

    return found


def _by_price(connection: Connection, batch: ByKind) -> set[str]:
    """Those that have such calls already: calls not derived yet are dirty themselves."""
    sums = tables["call_sum"].c
    return _asked(connection, select(sums.repository_id), sums.occurred_on, {price.day for price in batch[Price]})


def _by_entry(connection: Connection, batch: ByKind) -> set[str]:
    """A retraction may be about anything."""
    if not any(entry.kind == "retract" for entry in batch[Entry]):
        return set()
    return set(connection.execute(select(tables["repository"].c.id)).scalars())


def _asked(connection: Connection, query: Select[Any], column: Column[Any], keys: Iterable[str]) -> set[str]:
    found = set[str]()
    for part in in_parts(sorted(keys)):
        found.update(owner for owner in connection.execute(query.where(column.in_(part)).distinct()).scalars() if owner)
    return found


_LOOKUPS: dict[type[Any], Callable[[Connection, ByKind], set[str]]] = {
    Call: _by_call,
    SessionParent: _by_parent,
    SessionCommit: _by_directory(SessionCommit),
    Session: _by_session(Session, "id"),
    SessionWrite: _by_session(SessionWrite, "session"),
    Subagent: _by_session(Subagent, "session"),
    SessionReview: _by_directory(SessionReview),
    Commit: _by_commit(Commit),
    CommitDiff: _by_commit(CommitDiff),
    CommitArea: _by_commit(CommitArea),
    Price: _by_price,
    Entry: _by_entry,
}
