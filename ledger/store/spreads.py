"""The sums of groups over several repositories, with how these differ, in one pass over the changes.

The changes are added up by repository first, in the order of the index; everything else is added up from that.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.domain.clusters import Spread, Totals
from ledger.domain.estimates import NANO
from ledger.domain.sums import GroupSums
from ledger.store.dimensions import part_of
from ledger.store.figures import Slice, answer, credited, rows, within
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
_PART, _WHOLE, _OWN = 0, 1, 2
"""Kinds of rows: of a group's part, of a group, and of what one repository has of a part."""
_KEYS, _DIFFER = 5, len(_SPREAD)
"""How many columns tell a row from others, and how repositories differ; the sums stand between."""


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


@dataclass(frozen=True, slots=True)
class SpreadSums:
    """The sums of groups over several repositories, and how these differ."""

    sums: list[GroupSums]
    """As of `figures.group_sums`, each row with its own spread."""
    whole: dict[Key, Spread]
    """Of each group over all parts."""
    clusters: dict[Key, dict[Hashable, dict[str, Totals]]]
    """Of each group that somebody led, trunk left out: part → repository → totals of what counts."""


def spread_sums(connection: Connection, moment: datetime, part: Slice, by: str, credit: str, whom: str) -> SpreadSums:
    """Groups as of `figures.group_sums` with how their repositories differ, from one pass over the changes."""
    where, values = within(part)
    key, joined, bound = part_of(by)
    who = credited(credit, whom)
    nothing = dict.fromkeys((*SUMS, *_SPREAD), "NULL")
    own = ", ".join((nothing | {name: f"g.{name}" for name in _BASE}).values())
    sql = f"""WITH g AS MATERIALIZED (
        SELECT j.basis AS basis, {who} AS model, {key} AS part, j.repository_id AS repository_id, {sums()}
        FROM ({JUDGED_ONCE}) j {joined} WHERE {where} GROUP BY j.basis, {who}, {key}, j.repository_id)
      SELECT {_PART} AS kind, u.basis AS basis, u.model AS model, u.part AS part, '' AS repository_id,
        {_added(SUMS, "u")}, {_SPREADS}
      FROM g u GROUP BY u.basis, u.model, u.part
      UNION ALL SELECT {_WHOLE}, u.basis, u.model, NULL, '', {", ".join("NULL" for _ in SUMS)}, {_SPREADS}
      FROM (SELECT g.basis AS basis, g.model AS model, g.repository_id AS repository_id, {_added(_BASE, "g")}
        FROM g GROUP BY g.basis, g.model, g.repository_id) u
      GROUP BY u.basis, u.model
      UNION ALL SELECT {_OWN}, g.basis, g.model, g.part, g.repository_id, {own}
      FROM g WHERE g.base_n > 0 AND g.basis <> 'trunk' AND g.model IS NOT NULL ORDER BY 1, 2, 3, 4, 5"""
    found = SpreadSums([], {}, {})
    for row in answer(connection, sql, moment, values | bound):
        _take(found, tuple(row))
    return found


def _take(found: SpreadSums, row: tuple[Any, ...]) -> None:
    """Put a row where it belongs by its kind: a group's part, a group, or what one repository has of a part."""
    kind, basis, model, part, repository = row[:_KEYS]
    sums_of: dict[str, Any] = dict(zip(SUMS, row[_KEYS:-_DIFFER], strict=True))
    if kind == _PART:
        spread = _spread(row[-_DIFFER:])
        group = GroupSums(basis=basis, model=model, part=part, unattributed_nusd=0, **sums_of, spread=spread)
        found.sums.append(group)
    elif kind == _WHOLE:
        found.whole[basis, model] = _spread(row[-_DIFFER:])
    else:
        n, accepted, nusd = (sums_of[name] for name in _BASE)
        found.clusters.setdefault((basis, model), {}).setdefault(part, {})[repository] = (n, accepted, nusd / NANO)


def _spread(told: tuple[Any, ...]) -> Spread:
    numbers = dict(zip(_SPREAD, (value or 0 for value in told), strict=True))
    return Spread(repositories=int(numbers.pop("repositories")), **{name: float(n) for name, n in numbers.items()})
