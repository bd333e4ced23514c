"""The sums that only a page shows, by the same kind of cost as the report that they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.costing import costing
from ledger.domain.page import PageSums, looped, over_time
from ledger.domain.seats import Seat
from ledger.posting.costing import pools_of
from ledger.store import figures, loops, page


def page_sums(
    connection: Connection,
    as_of: datetime,
    part: figures.Slice,
    *,
    credit: str,
    cost: str | None,
    seats: Sequence[Seat],
) -> PageSums:
    """Spend over time and retries, judged from `as_of`; `credit` and `cost` as in make_report.

    One kind of cost is known by the month, and not of the tries.
    """
    tries = loops.retry_sums(connection, as_of, part, "task_type", credit=credit)
    retries = looped(tries, is_cost_told=cost is None)
    if cost is None:
        return PageSums(over_time(page.spent_by_day(connection, as_of, part)), retries)
    spent = costing(cost, figures.spent(connection, as_of, part), pools_of(connection, cost, seats, part, as_of))
    outcomes = figures.outcomes(connection, as_of, part)
    months = (
        (row.month, outcomes[row.change_id] if row.change_id else "unattributed", nusd) for row, nusd, _ in spent.rows
    )
    return PageSums(over_time(months), retries)
