"""The sums that only a page shows, each a named question of one statement."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.page import Loop
from ledger.store.figures import CREDITED, Slice, rows, within
from ledger.store.fragments import JUDGED, OUTCOME, RETRIED, RETRIES, TRIES, sums


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


def retry_loops(connection: Connection, moment: datetime, part: Slice, credit: str) -> list[Loop]:
    """The retries per basis and model; under credit `own`, which credits no changes, by the leading model."""
    where, values = within(part)
    model = CREDITED.get(credit, CREDITED["lead"])
    sql = f"""SELECT j.basis AS basis, {model} AS model, CAST(COUNT(*) AS BIGINT) AS decided,
        {sums("accepted", "first_pass_yes", "first_pass_no", "first_pass_unknown")},
        {", ".join(f"{sql} AS {name}" for name, sql in RETRIES.items())}
      FROM ({JUDGED}) j LEFT JOIN ({TRIES}) f ON f.change_id = j.id
      WHERE {RETRIED} AND {where}
      GROUP BY j.basis, {model}"""
    return [Loop(**row) for row in rows(connection, sql, moment, values)]
