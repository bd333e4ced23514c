"""The sums of groups over several repositories, with how these differ, in one pass over the changes.

The changes are added up by repository first, in the order of the index; everything else is added up from that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.domain.clusters import Spread
from ledger.domain.sums import GroupSums
from ledger.store.dimensions import part_of
from ledger.store.figures import Slice, credited, rows, within
from ledger.store.fragments import JUDGED_ONCE, SUMS, sums

Key = tuple[str, str | None]
"""Basis and who is credited."""

_USD = "u.base_nusd / 1000000000.0"
_SPREAD = {
    "repositories": "SUM(CASE WHEN u.base_n > 0 THEN 1 ELSE 0 END)",
    "cost_cost": f"SUM({_USD} * ({_USD}))",
    "cost_accepted": f"SUM({_USD} * u.base_accepted)",
    "cost_n": f"SUM({_USD} * u.base_n)",
    "accepted_accepted": "SUM(1.0 * u.base_accepted * u.base_accepted)",
    "accepted_n": "SUM(1.0 * u.base_accepted * u.base_n)",
    "n_n": "SUM(1.0 * u.base_n * u.base_n)",
}
_SPREADS = ", ".join(f"{sql} AS spread_{name}" for name, sql in _SPREAD.items())
_BASE = ("base_n", "base_accepted", "base_nusd")


def _added(names: tuple[str, ...] | dict[str, str], table: str) -> str:
    """The columns of `table` added up again; a sum of squares is a double, all others are whole."""
    return ", ".join(
        f"SUM({table}.{name}) AS {name}" if name == "base_cost_sq" else f"CAST(SUM({table}.{name}) AS BIGINT) AS {name}"
        for name in names
    )


def is_over_several(connection: Connection, part: Slice) -> bool:
    """The slice is not of one repository, and the ledger has more."""
    if part.repository_id:
        return False
    return bool(rows(connection, "SELECT COUNT(*) AS found FROM repository", None, {})[0]["found"] > 1)


def spread_sums(
    connection: Connection, moment: datetime, part: Slice, by: str, credit: str, whom: str
) -> tuple[list[GroupSums], dict[Key, Spread]]:
    """As `figures.group_sums`, each row with how its repositories differ; and the same of each group over all parts."""
    where, values = within(part)
    key, joined, bound = part_of(by)
    who = credited(credit, whom)
    sql = f"""WITH g AS MATERIALIZED (
        SELECT j.basis AS basis, {who} AS model, {key} AS part, j.repository_id AS repository_id, {sums()}
        FROM ({JUDGED_ONCE}) j {joined} WHERE {where} GROUP BY j.basis, {who}, {key}, j.repository_id)
      SELECT 0 AS is_whole, u.basis AS basis, u.model AS model, u.part AS part, {_added(SUMS, "u")}, {_SPREADS}
      FROM g u GROUP BY u.basis, u.model, u.part
      UNION ALL SELECT 1, u.basis, u.model, NULL, {", ".join("NULL" for _ in SUMS)}, {_SPREADS}
      FROM (SELECT g.basis AS basis, g.model AS model, g.repository_id AS repository_id, {_added(_BASE, "g")}
        FROM g GROUP BY g.basis, g.model, g.repository_id) u
      GROUP BY u.basis, u.model ORDER BY 1, 2, 3, 4"""
    found: list[GroupSums] = []
    whole: dict[Key, Spread] = {}
    for row in rows(connection, sql, moment, values | bound):
        spread = _spread(row)
        if row["is_whole"]:
            whole[(row["basis"], row["model"])] = spread
        else:
            sums_of = {name: row[name] for name in ("basis", "model", "part", *SUMS)}
            found.append(GroupSums(unattributed_nusd=0, **sums_of, spread=spread))
    return found, whole


def _spread(row: dict[str, Any]) -> Spread:
    numbers = {name: row[f"spread_{name}"] or 0 for name in _SPREAD}
    return Spread(repositories=int(numbers.pop("repositories")), **{name: float(n) for name, n in numbers.items()})
