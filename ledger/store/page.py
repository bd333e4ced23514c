"""The sums that only a page shows: what was spent by day and bucket."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from ledger.store.figures import Slice, rows
from ledger.store.fragments import OUTCOME


def spent_by_day(connection: Connection, moment: datetime, part: Slice) -> list[tuple[str, str, int]]:
    """(YYYY-MM-DD, bucket, nano-USD) of every charge in scope; the buckets are those of the reconciliation."""
    where = "h.repository_id = :repository" if part.repository_id else "1 = 1"
    values = {"repository": part.repository_id} if part.repository_id else {}
    sql = f"""SELECT spent_on, bucket, CAST(SUM(nusd) AS BIGINT) AS nusd FROM (
        SELECT h.occurred_on AS spent_on, h.nusd AS nusd,
          CASE WHEN h.change_id = '' THEN 'unattributed' ELSE {OUTCOME} END AS bucket
        FROM charge h LEFT JOIN {{change}} c ON c.id = h.change_id WHERE {where}) b GROUP BY spent_on, bucket"""
    found = rows(connection, sql, moment, values | {"maturity": part.maturity})
    return [(row["spent_on"], row["bucket"], row["nusd"]) for row in found]
