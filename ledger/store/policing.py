"""What the ledger knows of a range of commits, for a policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.conclusions import DERIVED
from ledger.domain.facts import KINDS, Contribution
from ledger.domain.policed import Books
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


def _among(connection: Connection, kind: str, column: str, wanted: Sequence[str]) -> list[Any]:
    """The records whose column has one of the values, in the order of their keys within each part."""
    record, table = (KINDS | DERIVED)[kind], tables[kind]
    order = [table.c[name] for name in record.key]
    parts = (select(table).where(table.c[column].in_(part)).order_by(*order) for part in in_parts(wanted))
    return [record(**row) for query in parts for row in connection.execute(query).mappings()]
