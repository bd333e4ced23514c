"""Sums over retry loops and second reviews, for any slice and moment; the views `retry_loops` and `reviews` agree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.estimates import Sums
from ledger.domain.loops import RetrySums
from ledger.domain.second import ReviewSums
from ledger.store.dimensions import part_of
from ledger.store.figures import Slice, credited, rows, within
from ledger.store.fragments import COUNTED, JUDGED, RETRIED, RETRIES, REVIEWED_WHEN, TRIES, sums

_BASE = ("base_n", "base_accepted", "base_nusd", "base_cost_sq", "base_accepted_nusd")


def retry_sums(
    connection: Connection, moment: datetime, part: Slice, by: str, whom: str = "model", credit: str = "lead"
) -> list[RetrySums]:
    """By basis, who is credited and part, over decided changes; under credit `own`, which credits none, by who led."""
    where, values = within(part)
    key, joined, bound = part_of(by)
    who = credited("lead" if credit == "own" else credit, whom)
    keys = f"j.basis, {who}, {key}"
    counted = sums("accepted", "n_cost_known", "charged_nusd", "first_pass_yes", "first_pass_no", "first_pass_unknown")
    sql = f"""SELECT j.basis AS basis, {who} AS who, {key} AS part, CAST(COUNT(*) AS BIGINT) AS decided,
        {counted}, {", ".join(f"{sql} AS {name}" for name, sql in RETRIES.items())}
      FROM ({JUDGED}) j LEFT JOIN ({TRIES}) f ON f.change_id = j.id {joined}
      WHERE {RETRIED} AND {where} GROUP BY {keys} ORDER BY {keys}"""
    return [RetrySums(**row) for row in rows(connection, sql, moment, values | bound)]


def review_sums(connection: Connection, moment: datetime, part: Slice, by: str) -> list[ReviewSums]:
    """By basis, part, who led and when a second model reviewed."""
    where, values = within(part)
    key, joined, bound = part_of(by)
    keys = f"j.basis, {key}, j.lead_model, {REVIEWED_WHEN}"
    sql = f"""SELECT j.basis AS basis, {key} AS part, j.lead_model AS lead, {REVIEWED_WHEN} AS reviewed_when,
        {sums("n", "reverted", *_BASE)},
        CAST(SUM(CASE WHEN {COUNTED} AND cost_known = 'known' THEN j.nusd_review ELSE 0 END) AS BIGINT) AS review_nusd
      FROM ({JUDGED}) j {joined} WHERE j.basis <> 'trunk' AND {where} GROUP BY {keys} ORDER BY {keys}"""
    return [
        ReviewSums(
            row["basis"],
            row["part"],
            row["reviewed_when"],
            row["n"],
            Sums(*(row[name] for name in _BASE)),
            row["review_nusd"],
            row["reverted"],
            row["lead"],
        )
        for row in rows(connection, sql, moment, values | bound)
    ]
