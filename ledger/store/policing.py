"""What the ledger knows of a range of commits, and of past changes, for a policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.conclusions import DERIVED, Change
from ledger.domain.facts import KINDS, Contribution
from ledger.domain.grouping import group
from ledger.domain.policed import Books
from ledger.domain.policy_evidence import Past
from ledger.store.parts import in_parts
from ledger.store.schema import tables


@dataclass(frozen=True, slots=True)
class Kept:
    """The changes of the commits with what is behind them, and who is said to have taken part in each commit."""

    books: Books
    contributions: tuple[Contribution, ...]


def read_kept(connection: Connection, repository_id: str, oids: Sequence[str]) -> Kept:
    """What is known of these commits of a repository; nothing of those that were not posted."""
    owners = {
        row.oid: row.change_id
        for row in _among(connection, "change_commit", "oid", oids)
        if row.repository_id == repository_id
    }
    changes = sorted(set(owners.values()))
    books = Books(
        changes=tuple(_among(connection, "change", "id", changes)),
        owners=owners,
        reviews=tuple(_among(connection, "review", "change_id", changes)),
        spends=tuple(_among(connection, "change_spend", "change_id", changes)),
    )
    told = _among(connection, "contribution", "subject", oids)
    return Kept(books, tuple(row for row in told if row.repository_id == repository_id))


def read_past(connection: Connection, repository_id: str) -> Iterator[Past]:
    """The requests and branches of a repository that a model had a part in, each with what a policy asks of it."""
    change = tables["change"]
    wanted = change.c.has_model & change.c.basis.in_(("request", "branch"))
    query = select(change).where((change.c.repository_id == repository_id) & wanted).order_by(change.c.id)
    rows = [Change(**row) for row in connection.execute(query).mappings()]
    for part in in_parts(rows):
        ids = [row.id for row in part]
        reviews = group(_among(connection, "review", "change_id", ids), lambda row: row.change_id)
        spends = group(_among(connection, "change_spend", "change_id", ids), lambda row: row.change_id)
        kinds = _kinds(connection, ids)
        for row in part:
            known = None if row.added is None else frozenset(kinds.get(row.id, ()))
            yield Past(row, reviews.get(row.id, ()), spends.get(row.id, ()), known)


def _kinds(connection: Connection, changes: Sequence[str]) -> dict[str, set[str]]:
    """Change → the kinds of paths of which its commits changed a line."""
    own, diff = tables["change_commit"], tables["commit_diff"]
    query = (
        select(own.c.change_id, diff.c.kinds)
        .join(diff, diff.c.oid == own.c.oid)
        .where(own.c.change_id.in_(changes) & own.c.is_head)
    )
    found: dict[str, set[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.change_id, set()).update(kind for kind, lines in row.kinds if lines)
    return found


def _among(connection: Connection, kind: str, column: str, wanted: Sequence[str]) -> list[Any]:
    """The records whose column has one of the values, in the order of their keys within each part."""
    record, table = (KINDS | DERIVED)[kind], tables[kind]
    order = [table.c[name] for name in record.key]
    parts = (select(table).where(table.c[column].in_(part)).order_by(*order) for part in in_parts(wanted))
    return [record(**row) for query in parts for row in connection.execute(query).mappings()]
