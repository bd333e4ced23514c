"""Finding one change and everything behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, or_, select, true

from ledger.domain.conclusions import DERIVED, Change
from ledger.domain.explanation import Explanation
from ledger.domain.facts import KINDS
from ledger.domain.git_facts import Commit
from ledger.domain.outcomes import outcome
from ledger.domain.standing import as_it_stood
from ledger.store.parts import in_parts
from ledger.store.schema import tables

_SHORTEST = 4


def find_changes(connection: Connection, name: str) -> list[Change]:
    """The changes that a person may mean: a request's number (`#12`), a branch, an id, or a commit's id, even short.

    A request whose work landed before, as a backport's has, is known by the change that it is counted in.
    """
    if not name:
        return []
    change, alias, commit = tables["change"], tables["change_alias"], tables["change_commit"]
    digits = name.lstrip("#!")
    tests: list[ColumnElement[bool]] = [change.c.id == name, change.c.branch == name]
    tests.append(change.c.id.in_(select(alias.c.change_id).where(alias.c.alias == name)))
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        joined = select(tables["repository"].c.id + f"/request:{int(digits)}")
        tests.append(change.c.number == int(digits))
        tests.append(change.c.id.in_(select(alias.c.change_id).where(alias.c.alias.in_(joined))))
    if _is_short_id(name):
        owners = select(commit.c.change_id).where(commit.c.oid >= name, commit.c.oid < name + "g")
        tests.append(change.c.id.in_(owners))
    return _records(connection, "change", or_(*tests))


def explain(connection: Connection, change: Change, as_of: datetime, asked: str = "") -> Explanation:
    """Everything behind a change, and nothing that came later than `as_of` but what was spent.

    `asked` is the commit of it that was asked about, or its beginning.
    """
    change = as_it_stood(change, _records(connection, "change_before", _before(change)), as_of)
    commits = _records(connection, "change_commit", tables["change_commit"].c.change_id == change.id)
    oids = [row.oid for row in commits]
    known = {row.oid: row for row in _among(connection, "git_commit", "oid", oids)}
    subjects = [*oids, *([f"request:{change.number}"] if change.number is not None else [])]
    own = change.repository_id
    of_change = {name: tables[name].c.change_id == change.id for name in ("change_alias", "charge", "attempt")}
    charges = _records(connection, "charge", of_change["charge"])
    return Explanation(
        change=change,
        outcome=outcome(change, as_of),
        as_of=as_of,
        asked=next((oid for oid in oids if _is_short_id(asked) and oid.startswith(asked)), ""),
        aliases=tuple(row.alias for row in _records(connection, "change_alias", of_change["change_alias"])),
        commits=tuple(sorted(((row, known.get(row.oid)) for row in commits), key=lambda pair: _when(pair[1]))),
        rewrites=tuple(_rewrites(connection, own, oids)),
        contributions=tuple(_among(connection, "contribution", "subject", subjects, own)),
        charges=tuple(charges),
        versions=_versions(connection, sorted({row.session for row in charges})),
        attempts=tuple(_records(connection, "attempt", of_change["attempt"])),
        runs=tuple(run for run in _runs(connection, own, oids, change.number) if run.at <= as_of),
        request=_request(connection, own, change.number),
        events=tuple(
            row
            for row in sorted(_among(connection, "event", "subject", subjects, own), key=lambda row: row.at)
            if row.at <= as_of
        ),
        reverts=tuple(row for row in _reverts(connection, oids) if row.committed_at <= as_of),
        named=tuple(_named(connection, change, oids)),
    )


def _rewrites(connection: Connection, own: str, oids: Sequence[str]) -> list[Any]:
    """The edges from or to these commits, each once."""
    found = [row for end in ("old", "new") for row in _among(connection, "rewrite", end, oids, own)]
    return sorted(set(found), key=lambda row: (row.old, row.new, row.kind))


def _versions(connection: Connection, sessions: Sequence[str]) -> dict[str, str | None]:
    return {row.id: row.agent_version for row in _among(connection, "session", "id", sessions)}


def _runs(connection: Connection, own: str, oids: Sequence[str], number: int | None) -> list[Any]:
    of_request = [] if number is None else _among(connection, "run", "request_number", [number], own)
    found = {(row.run, row.attempt): row for row in [*_among(connection, "run", "oid", oids, own), *of_request]}
    return sorted(found.values(), key=lambda row: (row.at, row.run, row.attempt))


def _request(connection: Connection, own: str, number: int | None) -> Any:
    found = [] if number is None else _among(connection, "request", "number", [number], own)
    return found[0] if found else None


def _among(
    connection: Connection, kind: str, column: str, values: Sequence[Any], repository_id: str | None = None
) -> list[Any]:
    """The facts whose column has one of the values, of one repository where its id is given."""
    table = tables[kind]
    own = true() if repository_id is None else table.c.repository_id == repository_id
    return [row for part in in_parts(values) for row in _records(connection, kind, own & table.c[column].in_(part))]


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


def _before(change: Change) -> ColumnElement[bool]:
    return tables["change_before"].c.change_id == change.id


def _named(connection: Connection, change: Change, oids: Sequence[str]) -> list[Commit]:
    """The commits of the repository that name the change's request and are none of its own."""
    if change.number is None:
        return []
    seen = tables["repository_commit"].c
    mine = select(seen.oid).where(seen.repository_id == change.repository_id)
    commit = tables["git_commit"].c
    found: list[Commit] = _records(
        connection, "git_commit", (commit.request_number == change.number) & commit.oid.in_(mine)
    )
    return sorted((row for row in found if row.oid not in oids), key=_when)


def _records(connection: Connection, kind: str, where: ColumnElement[bool]) -> list[Any]:
    record, table = (KINDS | DERIVED)[kind], tables[kind]
    query = select(table).where(where).order_by(*(table.c[name] for name in record.key))
    return [record(**row) for row in connection.execute(query).mappings()]


def _when(commit: Any) -> tuple[str, ...]:
    """In the order in which they were made; a rebase makes many in one second, under the dates that they had."""
    if commit is None:
        return ("",)
    return commit.committed_at.isoformat(), commit.authored_at.isoformat(), commit.oid
