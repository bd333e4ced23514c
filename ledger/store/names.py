"""The names that changes can be asked for by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from ledger.store.dimensions import PARTS, WHO, part_of
from ledger.store.figures import Slice, rows, within
from ledger.store.fragments import JUDGED


def names(connection: Connection, moment: datetime, part: Slice, dimension: str) -> dict[str, int]:
    """Name → changes of it, in a dimension of WHO or PARTS; what nobody knows has no name."""
    where, values = within(part)
    expression, joined, bound = (WHO[dimension], "", {}) if dimension in WHO else part_of(dimension)
    sql = f"""SELECT {expression} AS name, COUNT(*) AS n FROM ({JUDGED}) j {joined}
      WHERE {where} GROUP BY {expression} ORDER BY 2 DESC, 1"""
    found = rows(connection, sql, moment, values | bound)
    return {row["name"]: row["n"] for row in found if row["name"]}


def repository_ids(connection: Connection) -> dict[str, list[str]]:
    """A repository's name → its ids; forks may share a name."""
    found: dict[str, list[str]] = {}
    for row in rows(connection, "SELECT id, name FROM repository ORDER BY id", None, {}):
        found.setdefault(row["name"], []).append(row["id"])
    return found


DIMENSIONS = (*WHO, *PARTS)
"""What names can be asked for of."""
