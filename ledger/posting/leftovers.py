"""What reached no change, as a report counts it."""

from __future__ import annotations

from datetime import UTC, datetime

from ledger.domain.report import ReconciliationFailed
from ledger.domain.unattributed import Unattributed, unattributed
from ledger.store import figures
from ledger.store.engine import Ledger
from ledger.store.leftovers import leftovers

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""What reached no change does not depend on when outcomes are judged."""


def find_unattributed(ledger: Ledger, repository_id: str | None = None) -> Unattributed:
    """All of it, of one repository or of all; raises ReconciliationFailed where it is not the report's bucket."""
    part = figures.Slice(repository_id=repository_id)
    with ledger.read() as connection:
        rows = leftovers(connection, part)
        total = figures.call_totals(connection, part).nusd
        buckets = figures.buckets(connection, _ANY_TIME, part, total)
    found = unattributed(rows, buckets.total)
    if found.nusd != buckets.unattributed:
        raise ReconciliationFailed(
            f"What reached no change sums to {found.nusd} nano-USD, but the report's bucket is {buckets.unattributed}: "
            "run ledger db rebuild, and report this as a bug."
        )
    return found
