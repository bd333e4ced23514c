"""From the ledger's sums to a report, the same way for every verb that prints one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.credit import CODAS, by_cost, in_whole, spend_headline
from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.headline import coda_of, headline
from ledger.domain.outcomes import MATURITY
from ledger.domain.report import Filters, Report, by_model, check_reconciliation, ordered
from ledger.domain.seats import Seat
from ledger.errors import LedgerError
from ledger.posting.costing import Figures, revalue
from ledger.posting.seating import seat_costs
from ledger.store import figures, reads
from ledger.store.coverage import coverage
from ledger.store.engine import Ledger


def is_settled(ledger: Ledger) -> bool:
    """Whether all that was posted is counted, by the rules of this version."""
    with ledger.read() as connection:
        return not reads.is_stale(connection, DERIVATION_VERSION)


def make_report(
    ledger: Ledger,
    as_of: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    repository_id: str | None = None,
    by: str = "task_type",
    credit: str = "lead",
    seats: Sequence[Seat] = (),
    cost: str | None = None,
) -> Report:
    """The report judged from `as_of`; raises ReconciliationFailed rather than show figures that do not add up.

    Raises LedgerError for a kind of cost that the charges do not tell yet.

    `by` is task_type, area, stakes, package or label:KEY; `credit` is one of ledger.domain.credit.CREDITS. `as_of`
    moves the verdicts, not the spend: what is known now of what was spent is counted. `seats` are what is paid by the
    month for agents. `cost` is list, billed or effective; without it each call counts at list price, and where it has
    none, at what was told of it.
    """
    part = figures.Slice(since, until, repository_id)
    with ledger.read() as connection:
        found = _counted(connection, as_of, part, by, credit)
        if cost is not None:
            _check_rules(connection)
            found = revalue(connection, found, cost, as_of=as_of, part=part, by=by, credit=credit, seats=seats)
        cost_kind = cost or figures.cost_kind(connection, part)
        costs = replace(figures.costs(connection, part), seats=seat_costs(connection, seats, part, as_of))
        settled = not reads.is_stale(connection, DERIVATION_VERSION)
    check_reconciliation(found.buckets)
    # A line-up has no calls of its own that reached no change: they are a model's, whoever it works with.
    wasted = found.wasted if credit != "lineup" else {}
    groups, by_part, whole = ordered(by_model(found.sums, wasted)), ordered(found.sums), in_whole(found.spends)
    told = (found.buckets, found.coverage, found.dearest, cost_kind, costs.seats, CODAS[credit])
    sentence, next_step = headline(groups, *told)
    if credit == "own":
        sentence, next_step = spend_headline(whole, found.buckets, coda_of(cost_kind, costs.seats)), ""
    return Report(
        as_of=as_of,
        filters=Filters(since, until, repository_id, by, credit),
        cost_kind=cost_kind,
        maturity=MATURITY,
        headline=sentence,
        groups=groups,
        by_part=by_part,
        spends=whole,
        spends_by_part=by_cost(row for row in found.spends if row.part is not None),
        buckets=found.buckets,
        coverage=found.coverage,
        costs=costs,
        is_settled=settled,
        next_step=next_step,
    )


def _check_rules(connection: Connection) -> None:
    """Raises LedgerError where charges are older than the kinds of cost: a kind that they do not tell is not 0."""
    if reads.derivation_version(connection) < DERIVATION_VERSION:
        raise LedgerError(
            "The charges of this ledger were drawn by an earlier version's rules, which may not tell kinds of cost "
            "apart; run ledger update, then this again."
        )


def _counted(connection: Connection, as_of: datetime, part: figures.Slice, by: str, credit: str) -> Figures:
    """The figures by what is known of each call."""
    is_own = credit == "own"
    return Figures(
        sums=[] if is_own else figures.group_sums(connection, as_of, part, by, credit),
        wasted=figures.unattributed(connection, part),
        buckets=figures.buckets(connection, as_of, part),
        coverage=coverage(connection, as_of, part),
        dearest=figures.dearest(connection, part),
        spends=figures.own_spends(connection, as_of, part, by) if is_own else [],
    )
