"""Which commits of a repository the ledger knows, and who saw them: one named function per question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, func, select, true, type_coerce, union

from ledger.domain.agents import SERVICE
from ledger.domain.facts import KINDS
from ledger.domain.git_facts import Commit, RepositoryCommit
from ledger.domain.short_ids import SHORTEST
from ledger.store.parts import in_parts
from ledger.store.reads import placed
from ledger.store.records import records
from ledger.store.schema import tables


def commit_ids(connection: Connection, repository_id: str) -> set[str]:
    """The ids of a repository's commits that were read."""
    return set(connection.execute(_commits_of(repository_id, tables["git_commit"].c.oid)).scalars())


def unread_commits(connection: Connection, repository_id: str) -> list[str]:
    """The commits that a hook or a reflog told of, or that were rewritten, and that were not read yet; sorted."""
    seen, edge, commit = tables["repository_commit"].c, tables["rewrite"].c, tables["git_commit"].c
    told = union(
        select(seen.oid).where(seen.repository_id == repository_id, seen.evidence != "scan"),
        select(edge.old).where(edge.repository_id == repository_id),
    ).subquery()
    query = select(told.c.oid).where(~select(commit.oid).where(commit.oid == told.c.oid).exists())
    return sorted(connection.execute(query).scalars())


def unread_printed(connection: Connection, repository_id: str) -> list[str]:
    """The ids that git printed in a session in this repository and that begin no commit which was read; sorted."""
    row, commit = tables["session_commit"].c, tables["git_commit"].c
    known = select(commit.oid).where(commit.oid >= row.printed_id, commit.oid < row.printed_id + "g").exists()
    query = select(row.printed_id).where(
        placed(row.directory, repository_id), func.length(row.printed_id) >= SHORTEST, ~known
    )
    return sorted(set(connection.execute(query).scalars()))


def printed_elsewhere(connection: Connection) -> dict[str, set[str]]:
    """Directory that no repository owns → the repositories whose commits git printed there, under their subjects."""
    row, commit, seen = (tables[name].c for name in ("session_commit", "git_commit", "repository_commit"))
    place = tables["place"].c
    query = (
        select(row.directory, seen.repository_id)
        .join_from(tables["place"], tables["session_commit"], row.directory == place.directory)
        .join(tables["git_commit"], (commit.oid >= row.printed_id) & (commit.oid < row.printed_id + "g"))
        .join(tables["repository_commit"], seen.oid == commit.oid)
        .where(place.repository_id.is_(None), func.length(row.printed_id) >= SHORTEST, commit.subject == row.subject)
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for directory, owner in connection.execute(query):
        found.setdefault(directory, set()).add(owner)
    return found


def names_requests(connection: Connection, repository_id: str) -> bool:
    """Whether a commit of the repository names a request, as in `(#12)`."""
    commit = tables["git_commit"].c
    query = _commits_of(repository_id, commit.oid).where(commit.request_number.is_not(None)).limit(1)
    return connection.execute(query).first() is not None


def committed_before(connection: Connection, repository_id: str, at: datetime) -> list[tuple[str, list[str]]]:
    """(object id, parents) of the commits that say they are older; as light as can be, for there are very many."""
    commit = tables["git_commit"].c
    query = _commits_of(repository_id, commit.oid, type_coerce(commit.parents, Text)).where(commit.committed_at < at)
    return [(oid, parents[2:-2].split('","') if len(parents) > 2 else []) for oid, parents in connection.execute(query)]


def _commits_of(repository_id: str, *columns: ColumnElement[Any]) -> Select[Any]:
    seen = tables["repository_commit"].c
    mine = select(seen.oid).where(seen.repository_id == repository_id)
    return select(*columns).where(tables["git_commit"].c.oid.in_(mine))


def commits_of(connection: Connection, oids: Sequence[str]) -> Iterator[Commit]:
    """The commits of these ids."""
    return _of_oids(connection, "git_commit", oids, true())


def sightings(connection: Connection, repository_id: str, oids: Sequence[str]) -> Iterator[RepositoryCommit]:
    """Where these commits were seen, and every commit that a hook saw, read since or not."""
    table = tables["repository_commit"]
    own = table.c.repository_id == repository_id
    yield from _of_oids(connection, "repository_commit", oids, own & (table.c.evidence != "hook"))
    query = select(table).where(own, table.c.evidence == "hook").order_by(table.c.oid)
    yield from (RepositoryCommit(**row) for row in connection.execute(query).mappings())


def hooked(connection: Connection, repository_id: str, oids: Sequence[str]) -> set[str]:
    """The commits among these that a hook told of, in this clone or another."""
    table = tables["repository_commit"]
    told = (table.c.repository_id == repository_id) & table.c.evidence.in_(("hook", "merge"))
    return {row.oid for row in _of_oids(connection, "repository_commit", oids, told)}


def _of_oids(connection: Connection, kind: str, oids: Sequence[str], where: ColumnElement[bool]) -> Iterator[Any]:
    record, table = KINDS[kind], tables[kind]
    for part in in_parts(oids):
        query = select(table).where(table.c.oid.in_(part), where)
        yield from records(record, connection.execute(query.order_by(*(table.c[name] for name in record.key))), {})


def count_commits(connection: Connection, repository_id: str) -> int:
    """The commits that were seen in a repository, those of service bots left out."""
    oid, owner = tables["repository_commit"].c.oid, tables["repository_commit"].c.repository_id
    seen: int = connection.execute(select(func.count(oid.distinct())).where(owner == repository_id)).scalar_one()
    return seen - len(service_commits(connection, repository_id))


def service_commits(connection: Connection, repository_id: str) -> set[str]:
    """The commits that service bots made."""
    commit = tables["git_commit"].c
    query = _commits_of(repository_id, commit.oid).where(commit.author.startswith(SERVICE, autoescape=True))
    return set(connection.execute(query).scalars())
