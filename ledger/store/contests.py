"""What a comparison at one mix of work needs: sums of two, and all changes, by part and repository."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.estimates import Sums
from ledger.store.dimensions import WHO, part_of
from ledger.store.figures import Slice, rows, within
from ledger.store.fragments import JUDGED, sums

_BASE = ("base_n", "base_accepted", "base_nusd", "base_cost_sq", "base_accepted_nusd")

Stratum = tuple[str, Hashable]
"""Basis, and what its changes have in common: part and repository."""


def strata(
    connection: Connection, moment: datetime, part: Slice, by: str, whom: str
) -> dict[tuple[str, str | None], dict[Hashable, Sums]]:
    """Basis and name → stratum → sums, of whom the slice has chosen."""
    where, values = within(part)
    key, joined, bound = part_of(by)
    who = WHO[whom]
    keys = f"j.basis, {who}, {key}, j.repository_id"
    sql = f"""SELECT j.basis AS basis, {who} AS name, {key} AS part, j.repository_id AS repository_id, {sums(*_BASE)}
      FROM ({JUDGED}) j {joined} WHERE {where} GROUP BY {keys} ORDER BY {keys}"""
    found: dict[tuple[str, str | None], dict[Hashable, Sums]] = {}
    for row in rows(connection, sql, moment, values | bound):
        mine = found.setdefault((row["basis"], row["name"]), {})
        mine[(row["part"], row["repository_id"])] = Sums(*(row[name] for name in _BASE))
    return found


def mix(connection: Connection, moment: datetime, part: Slice, by: str) -> dict[str, dict[Hashable, int]]:
    """Basis → stratum → changes of it, whoever led them."""
    where, values = within(part)
    key, joined, bound = part_of(by)
    keys = f"j.basis, {key}, j.repository_id"
    sql = f"""SELECT j.basis AS basis, {key} AS part, j.repository_id AS repository_id, COUNT(*) AS n
      FROM ({JUDGED}) j {joined} WHERE {where} GROUP BY {keys} ORDER BY {keys}"""
    found: dict[str, dict[Hashable, int]] = {}
    for row in rows(connection, sql, moment, values | bound):
        found.setdefault(row["basis"], {})[(row["part"], row["repository_id"])] = row["n"]
    return found
