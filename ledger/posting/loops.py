"""From the ledger to what is said of retry loops, and of second reviews."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.asked import chosen
from ledger.domain.costing import KINDS
from ledger.domain.loops import Retries, in_order, in_whole
from ledger.domain.second import Seconds, seconds
from ledger.store import figures, loops
from ledger.store.engine import Ledger
from ledger.store.spreads import is_over_several


def find_retries(ledger: Ledger, as_of: datetime, part: figures.Slice, by: str, whom: str) -> Retries:
    """Tries, failing runs and what failed tries cost, judged from `as_of`."""
    with ledger.read() as connection:
        rows = loops.retry_sums(connection, as_of, part, by, whom)
        cost = KINDS[figures.cost_kind(connection, part)]
    return Retries(
        as_of=as_of,
        whom=whom,
        by=by,
        cost=cost,
        rows=in_whole(rows),
        by_part=in_order(rows),
        only=chosen(part.since, part.until, part.only),
    )


def find_reviews(ledger: Ledger, as_of: datetime, part: figures.Slice, by: str) -> Seconds:
    """Changes with and without a second model's review, judged from `as_of`."""
    with ledger.read() as connection:
        rows = loops.review_sums(connection, as_of, part, by)
        cost = KINDS[figures.cost_kind(connection, part)]
        several = is_over_several(connection, part)
    only = chosen(part.since, part.until, part.only)
    return Seconds(as_of=as_of, by=by, cost=cost, rows=seconds(rows), is_over_several=several, only=only)
