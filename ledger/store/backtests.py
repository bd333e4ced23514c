"""Sums over changes by what was known of them before they were tried and by who tried first, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.domain.estimates import Sums
from ledger.domain.started import Kind, Started
from ledger.domain.static_rules import TASK
from ledger.store.dimensions import PARTS
from ledger.store.figures import Slice, rows, within
from ledger.store.fragments import JUDGED, TRIED, sums

_BASE = ("base_n", "base_accepted", "base_nusd", "base_cost_sq", "base_accepted_nusd")


def started(
    connection: Connection, moment: datetime, part: Slice, keys: Sequence[str], *, is_over_several: bool
) -> list[Started]:
    """The changes of a slice by basis, first model, task type and `keys` of ledger.domain.static_rules.KEYS.

    By repository too where they are of several.
    """
    where, values = within(part)
    known = {key: PARTS[key] for key in (TASK, *(key for key in keys if key != TASK))}
    repository = "j.repository_id" if is_over_several else "''"
    by = f"j.basis, j.first_model, {', '.join(known.values())}{', j.repository_id' if is_over_several else ''}"
    tried = ", ".join(f"{sql} AS {name}" for name, sql in TRIED.items())
    sql = f"""SELECT j.basis AS basis, j.first_model AS model, {repository} AS repository,
        {", ".join(f"{sql} AS {key}" for key, sql in known.items())}, {sums("n", "without_forge", *_BASE)}, {tried}
      FROM ({JUDGED}) j WHERE {where} GROUP BY {by} ORDER BY {by}"""
    return [_started(row, tuple(known)) for row in rows(connection, sql, moment, values)]


def _started(row: dict[str, Any], keys: Sequence[str]) -> Started:
    return Started(
        basis=row["basis"],
        model=row["model"] or None,
        kind=Kind(tuple((key, row[key]) for key in keys), row["repository"]),
        n=row["n"],
        unheard=row["without_forge"],
        decided=row["decided"],
        sums=Sums(*(row[name] for name in _BASE)),
        attempts=row["base_attempts"],
        failed_runs=row["base_failed_runs"],
    )


def starters(connection: Connection, moment: datetime, part: Slice) -> dict[str, int]:
    """Model → changes that it tried first."""
    where, values = within(part)
    sql = f"""SELECT j.first_model AS name, COUNT(*) AS n FROM ({JUDGED}) j
      WHERE j.first_model <> '' AND {where} GROUP BY j.first_model ORDER BY 2 DESC, 1"""
    return {row["name"]: row["n"] for row in rows(connection, sql, moment, values)}
