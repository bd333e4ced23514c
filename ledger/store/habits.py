"""What the ledger knows of how each change was worked on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from ledger.domain.conclusions import DERIVED, Change, ChangeCommit
from ledger.domain.facts import KINDS
from ledger.domain.grouping import group
from ledger.domain.practice import Worked
from ledger.store.parts import in_parts
from ledger.store.schema import tables


def read_worked(connection: Connection, repository_id: str) -> Iterator[Worked]:
    """The requests and branches of a repository that a model had a part in, each with the facts behind its habits."""
    change = tables["change"]
    wanted = change.c.has_model & change.c.basis.in_(("request", "branch"))
    query = select(change).where((change.c.repository_id == repository_id) & wanted).order_by(change.c.id)
    rows = [Change(**row) for row in connection.execute(query).mappings()]
    for part in in_parts(rows):
        yield from _worked(connection, repository_id, part)


def _worked(connection: Connection, repository_id: str, changes: Sequence[Change]) -> Iterator[Worked]:
    ids, numbers = [row.id for row in changes], [row.number for row in changes if row.number is not None]
    own: list[ChangeCommit] = _among(connection, "change_commit", "change_id", ids)
    oids = sorted({row.oid for row in own})
    made = {row.oid: row for row in _among(connection, "git_commit", "oid", oids)}
    diffs = {row.oid: row for row in _among(connection, "commit_diff", "oid", oids)}
    edges = group(_among(connection, "rewrite", "old", oids, repository_id), lambda row: row.old)
    seen = group(_among(connection, "repository_commit", "oid", oids, repository_id), lambda row: row.oid)
    requests = {row.number: row for row in _among(connection, "request", "number", numbers, repository_id)}
    subjects = [f"request:{number}" for number in numbers]
    events = group(_among(connection, "event", "subject", subjects, repository_id), lambda row: row.subject)
    reviews = group(_among(connection, "review", "change_id", ids), lambda row: row.change_id)
    commits = group(own, lambda row: row.change_id)
    for change in changes:
        mine = commits.get(change.id, [])
        yield Worked(
            change=change,
            commits=[(made[row.oid], row.is_head) for row in mine if row.oid in made],
            diffs={row.oid: diffs[row.oid] for row in mine if row.oid in diffs},
            rewrites=[edge for row in mine for edge in edges.get(row.oid, ())],
            seen=frozenset(each.evidence for row in mine for each in seen.get(row.oid, ())),
            request=requests.get(change.number) if change.number is not None else None,
            events=events.get(f"request:{change.number}", []),
            reviews=reviews.get(change.id, []),
        )


def _among(
    connection: Connection, kind: str, column: str, wanted: Sequence[Any], repository_id: str | None = None
) -> list[Any]:
    """The records whose column has one of the values, of one repository where its id is given, by their keys."""
    record, table = (KINDS | DERIVED)[kind], tables[kind]
    own: ColumnElement[bool] = true() if repository_id is None else table.c.repository_id == repository_id
    order = [table.c[name] for name in record.key]
    parts = (select(table).where(own & table.c[column].in_(part)).order_by(*order) for part in in_parts(wanted))
    return [record(**row) for query in parts for row in connection.execute(query).mappings()]
