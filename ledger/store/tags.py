"""What people said with `ledger tag`, and what their words may be about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true, union

from ledger.domain.evidence import TAG
from ledger.domain.facts import KINDS, Contribution, Tag
from ledger.store.parts import in_parts
from ledger.store.schema import tables

_SHORTEST = 6
"""Of a session's id: enough letters to mean one, and not to name a word by accident."""


def tagged(connection: Connection, repository_id: str, subjects: Sequence[str] | None = None) -> list[Contribution]:
    """The contributions that people told, of these subjects or of all, taken back or not."""
    told = tables["contribution"].c.evidence == TAG
    return list(_about(connection, "contribution", repository_id, subjects, told))


def tags(connection: Connection, repository_id: str, subjects: Sequence[str] | None = None) -> list[Tag]:
    """The other tags, of these subjects or of all, taken back or not."""
    return list(_about(connection, "tag", repository_id, subjects, true()))


def credited(connection: Connection, repository_id: str, subjects: Sequence[str]) -> list[Contribution]:
    """The contributions to these subjects that people did not tell."""
    told = tables["contribution"].c.evidence != TAG
    return list(_about(connection, "contribution", repository_id, subjects, told))


def _about(
    connection: Connection, kind: str, repository_id: str, subjects: Sequence[str] | None, where: ColumnElement[bool]
) -> Iterator[Any]:
    record, table = KINDS[kind], tables[kind]
    query = select(table).where(table.c.repository_id == repository_id, where)
    query = query.order_by(*(table.c[name] for name in record.key))
    parts = [true()] if subjects is None else [table.c.subject.in_(part) for part in in_parts(subjects)]
    for part in parts:
        yield from (record(**row) for row in connection.execute(query.where(part)).mappings())


def find_requests(connection: Connection, repository_id: str, number: int) -> bool:
    """Whether a commit's message, a change or the forge's word tells of a request."""
    change, request, commit = tables["change"].c, tables["request"].c, tables["git_commit"].c
    seen = tables["repository_commit"].c
    asked = (
        select(change.number).where(change.repository_id == repository_id, change.number == number),
        select(request.number).where(request.repository_id == repository_id, request.number == number),
        select(commit.oid)
        .join(tables["repository_commit"], seen.oid == commit.oid)
        .where(commit.request_number == number, seen.repository_id == repository_id),
    )
    return any(connection.execute(query.limit(1)).first() is not None for query in asked)


def find_change(connection: Connection, repository_id: str, name: str) -> list[str]:
    """What a tag of the change of this id, or that had it once, is about: its request, else the commits of its head."""
    change, alias, commit = tables["change"].c, tables["change_alias"].c, tables["change_commit"].c
    known = or_(change.id == name, change.id.in_(select(alias.change_id).where(alias.alias == name)))
    found = connection.execute(
        select(change.id, change.number).where(change.repository_id == repository_id, known).limit(1)
    ).first()
    if found is None:
        return []
    if found.number is not None:
        return [f"request:{found.number}"]
    query = select(commit.oid).where(commit.change_id == found.id, commit.is_head).order_by(commit.oid)
    return list(connection.execute(query).scalars())


def known_commits(connection: Connection, oids: Sequence[str]) -> set[str]:
    """The commits among these that were read."""
    oid = tables["git_commit"].c.oid
    return {row for part in in_parts(oids) for row in connection.execute(select(oid).where(oid.in_(part))).scalars()}


def find_sessions(connection: Connection, name: str, limit: int = 3) -> list[str]:
    """The sessions of this id, or whose id begins so; at most so many, sorted."""
    told = (tables["call"].c.session, tables["session"].c.id)
    exact = (select(column).where(column == name).limit(1) for column in told)
    if name and any(connection.execute(query).first() is not None for query in exact):
        return [name]
    if len(name) < _SHORTEST:
        return []
    after = name[:-1] + chr(ord(name[-1]) + 1)
    begun = union(*(select(column.label("id")).where(column >= name, column < after) for column in told)).subquery()
    return list(connection.execute(select(begun.c.id).order_by(begun.c.id).limit(limit)).scalars())
