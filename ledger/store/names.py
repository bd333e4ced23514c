"""The names that changes can be asked for by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from ledger.store.dimensions import PARTS, WHO, part_of
from ledger.store.figures import Slice, rows, within
from ledger.store.fragments import JUDGED, REPOSITORIES


def names(connection: Connection, moment: datetime, part: Slice, dimension: str) -> dict[str, int]:
    """Name → changes of it, in a dimension of WHO or PARTS; what nobody knows has no name."""
    where, values = within(part)
    expression, joined, bound = (WHO[dimension], "", {}) if dimension in WHO else part_of(dimension)
    sql = f"""SELECT {expression} AS name, COUNT(*) AS n FROM ({JUDGED}) j {joined}
      WHERE {where} GROUP BY {expression} ORDER BY 2 DESC, 1"""
    found = rows(connection, sql, moment, values | bound)
    return {row["name"]: row["n"] for row in found if row["name"]}


def repositories(connection: Connection) -> dict[str, str]:
    """A repository's own name → its id; what several are called is no name of one."""
    return {row["name"]: row["id"] for row in rows(connection, f"SELECT id, name FROM {REPOSITORIES} r", None, {})}


def called_alike(connection: Connection, name: str) -> list[str]:
    """The own names of the repositories that are called so."""
    sql = f"""SELECT r.name AS name FROM {REPOSITORIES} r JOIN repository o ON o.id = r.id
      WHERE o.name = :name ORDER BY r.name"""
    return [row["name"] for row in rows(connection, sql, None, {"name": name})]


DIMENSIONS = (*WHO, *PARTS)
"""What names can be asked for of."""
