"""Finding one change and everything behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, or_, select

from ledger.domain.conclusions import DERIVED, Change
from ledger.domain.explanation import Explanation
from ledger.domain.facts import KINDS, Commit
from ledger.domain.outcomes import outcome
from ledger.store.schema import tables

_SHORTEST = 4


def find_changes(connection: Connection, name: str) -> list[Change]:
    """The changes that a person may mean: a request's number (`#12`), a branch, an id, or a commit's id, even short."""
    if not name:
        return []
    change, alias, commit = tables["change"], tables["change_alias"], tables["change_commit"]
    digits = name.lstrip("#!")
    tests: list[ColumnElement[bool]] = [change.c.id == name, change.c.branch == name]
    tests.append(change.c.id.in_(select(alias.c.change_id).where(alias.c.alias == name)))
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        tests.append(change.c.number == int(digits))
    if _is_short_id(name):
        owners = select(commit.c.change_id).where(commit.c.oid >= name, commit.c.oid < name + "g")
        tests.append(change.c.id.in_(owners))
    return _records(connection, "change", or_(*tests))


def explain(connection: Connection, change: Change, as_of: datetime) -> Explanation:
    """Everything behind a change."""
    commits = _records(connection, "change_commit", tables["change_commit"].c.change_id == change.id)
    oids = [row.oid for row in commits]
    known = {row.oid: row for row in _records(connection, "git_commit", tables["git_commit"].c.oid.in_(oids))}
    subjects = [*oids, *([f"request:{change.number}"] if change.number is not None else [])]
    mine = {name: tables[name].c.repository_id == change.repository_id for name in ("contribution", "run", "event")}
    of_change = {name: tables[name].c.change_id == change.id for name in ("change_alias", "charge", "attempt")}
    run = tables["run"]
    return Explanation(
        change=change,
        outcome=outcome(change, as_of),
        aliases=tuple(row.alias for row in _records(connection, "change_alias", of_change["change_alias"])),
        commits=tuple(sorted(((row, known.get(row.oid)) for row in commits), key=lambda pair: _when(pair[1]))),
        contributions=tuple(
            _records(connection, "contribution", mine["contribution"] & tables["contribution"].c.subject.in_(subjects))
        ),
        charges=tuple(_records(connection, "charge", of_change["charge"])),
        attempts=tuple(_records(connection, "attempt", of_change["attempt"])),
        runs=tuple(
            sorted(
                _records(
                    connection, "run", mine["run"] & or_(run.c.oid.in_(oids), run.c.request_number == change.number)
                ),
                key=lambda row: (row.at, row.run),
            )
        ),
        events=tuple(
            sorted(
                _records(connection, "event", mine["event"] & tables["event"].c.subject.in_(subjects)),
                key=lambda row: row.at,
            )
        ),
        reverts=tuple(_reverts(connection, oids)),
    )


def find_commit(connection: Connection, name: str) -> Commit | None:
    """The commit that a whole or short id names, whether a change holds it or not."""
    if not _is_short_id(name):
        return None
    oid = tables["git_commit"].c.oid
    found: list[Commit] = _records(connection, "git_commit", (oid >= name) & (oid < name + "g"))
    return found[0] if len(found) == 1 else None


def _is_short_id(name: str) -> bool:
    return len(name) >= _SHORTEST and all(letter in "0123456789abcdef" for letter in name)


def _reverts(connection: Connection, oids: Sequence[str]) -> list[Commit]:
    """The commits that name one of these as reverted; an id in a message may be short."""
    saying: list[Commit] = _records(connection, "git_commit", cast(tables["git_commit"].c.reverts, Text) != "[]")
    mine = [commit for commit in saying if any(oid.startswith(commit.reverts) for oid in oids)]
    return sorted(mine, key=_when)


def _records(connection: Connection, kind: str, where: ColumnElement[bool]) -> list[Any]:
    record, table = (KINDS | DERIVED)[kind], tables[kind]
    query = select(table).where(where).order_by(*(table.c[name] for name in record.key))
    return [record(**row) for row in connection.execute(query).mappings()]


def _when(commit: Any) -> str:
    return "" if commit is None else f"{commit.committed_at.isoformat()} {commit.oid}"
