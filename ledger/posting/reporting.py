"""From the ledger's sums to a report, the same way for every verb that prints one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ledger.domain.calling import per_call
from ledger.domain.credit import CODAS, by_cost, in_whole, spend_headline
from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.headline import asked_time, coda_of, headline
from ledger.domain.mixes import mixes
from ledger.domain.narrowed import mix_coda, narrowed_headline
from ledger.domain.outcomes import MATURITY
from ledger.domain.report import (
    Filters,
    Group,
    Report,
    by_model,
    check_reconciliation,
    check_timeline,
    ordered,
    with_fallbacks,
)
from ledger.domain.seats import Seat
from ledger.domain.sums import CallTotals, GroupSums, Spending
from ledger.errors import LedgerError
from ledger.posting.costing import Figures, revalue
from ledger.posting.paging import page_sums
from ledger.posting.seating import seat_costs
from ledger.store import figures, reads
from ledger.store.coverage import coverage
from ledger.store.dimensions import CHARGED
from ledger.store.engine import Ledger
from ledger.store.spreads import SpreadSums, is_over_several, spread_sums


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
    whom: str = "model",
    only: figures.Only = (),
    fallback_nusd: int | None = None,
    maturity: timedelta = MATURITY,
    has_drafts: bool = True,
    has_page: bool = False,
) -> Report:
    """The report judged from `as_of`; raises ReconciliationFailed rather than show figures that do not add up.

    Raises LedgerError for a kind of cost that the charges do not tell yet, and for what cannot be told together.

    `by` is a key of ledger.store.dimensions.PARTS or label:KEY; role, too, under credit own. `whom` stands for who led,
    `only` chooses changes by dimension and names. `credit` is one of ledger.domain.credit.CREDITS. `as_of` moves the
    verdicts, and leaves out what was opened or lost later; of what is known of a change's cost all is counted. `seats`
    are what is paid by the month for agents. `cost` is list, billed or effective; without it each call counts at list
    price, and where it has none, at what was told of it. `fallback_nusd` is what a change that is not accepted costs a
    person: told beside.
    `maturity`, in whole days, is after how long a change is stale, abandoned or durable.
    `has_page`: with the sums that only a page shows.
    """
    filters = Filters(since, until, repository_id, by, credit, whom, only, fallback_nusd, has_drafts)
    _check_asked(filters, cost)
    part = figures.Slice(since, until, repository_id, only, maturity.days, has_drafts)
    with ledger.read() as connection:
        called = figures.call_totals(connection, part)
        found = _counted(connection, as_of, part, filters, called)
        if cost is not None:
            found = revalue(
                connection, found, cost, as_of=as_of, part=part, by=by, credit=credit, whom=whom, seats=seats
            )
        cost_kind = cost or called.cost_kind
        # Of one kind of cost the sums of calls tell only where it is the one that counts.
        is_counted = cost is None or (cost == "list" and called.list_nusd == called.nusd)
        made = figures.called_by(connection, part, whom) if is_counted and whom in CHARGED else []
        costs = replace(called.costs, seats=seat_costs(connection, seats, part, as_of))
        page = page_sums(connection, as_of, part, credit=credit, cost=cost, seats=seats) if has_page else None
        settled = not reads.is_stale(connection, DERIVATION_VERSION)
    check_reconciliation(found.buckets)
    if page:
        check_timeline(page.timeline, found.buckets)
    # A line-up has no calls of its own that reached no change: they are a model's, whoever it works with.
    wasted = found.wasted if filters.has_strays else {}
    groups = with_fallbacks(ordered(by_model(found.sums, wasted, found.spreads)), fallback_nusd)
    by_part, whole = with_fallbacks(ordered(found.sums), fallback_nusd), in_whole(found.spends)
    in_all, in_parts = ([(each.sums, each.base) for each in rows] for rows in (groups, by_part))
    mixed = mixes(in_all, in_parts, found.clusters)
    spending = _spending(groups, found, per_call(made, whom), is_of_some=bool(only))
    time = asked_time(filters, as_of, found.coverage.posted_at)
    told = (found.coverage, cost_kind, costs.seats, CODAS[credit], time)
    sentence, next_step = headline(groups, spending, *told)
    coda = coda_of(cost_kind, costs.seats)
    if only or whom != "model":
        sentence, next_step = narrowed_headline(groups, coda + CODAS[credit], spending.per_call), ""
    sentence += mix_coda(mixed, filters.by)
    if credit == "own":
        sentence, next_step = spend_headline(whole, coda), ""
    return Report(
        as_of=as_of,
        filters=filters,
        cost_kind=cost_kind,
        maturity=maturity,
        headline=sentence,
        groups=groups,
        by_part=by_part,
        mixes=mixed,
        spends=whole if credit == "own" else (),
        spends_by_part=by_cost(row for row in found.spends if row.part is not None) if credit == "own" else (),
        spending=spending,
        buckets=found.buckets,
        coverage=found.coverage,
        costs=costs,
        page=page,
        is_settled=settled,
        next_step=next_step,
    )


def _spending(
    groups: Sequence[Group], found: Figures, calls: Mapping[str | None, float], *, is_of_some: bool
) -> Spending:
    """What the tables' changes cost, and what reached none in their time; of chosen changes nothing did."""
    own = Counter[str | None]()
    for row in found.spends:
        own[row.model] += row.nusd
    lost = 0 if is_of_some else sum(found.wasted.values())
    charged = sum(group.sums.charged_nusd for group in groups)
    # Under credit own there are no groups, and the rows hold both.
    total = lost + charged if groups or not own else own.total()
    return Spending(total, lost, own, calls, found.dearest)


def _check_asked(filters: Filters, cost: str | None) -> None:
    """Raises LedgerError for questions that do not go together."""
    if filters.whom != "model" and filters.credit != "lead":
        raise LedgerError(
            f"Credit {filters.credit} is told by model: leave out --credit, or --by {filters.whom.replace('_', '-')}."
        )
    if filters.by == "role" and (filters.credit != "own" or cost):
        raise LedgerError(
            "A change has several roles, so only what calls cost is told by role: --by role --credit own."
        )


def _counted(
    connection: Connection, as_of: datetime, part: figures.Slice, filters: Filters, called: CallTotals
) -> Figures:
    """The figures by what is known of each call."""
    is_own = filters.credit == "own"
    asked = (filters.by, filters.credit, filters.whom)
    found = SpreadSums([], {}, {})
    if not is_own and is_over_several(connection, part):
        found = spread_sums(connection, as_of, part, *asked)
    elif not is_own:
        found = SpreadSums(figures.group_sums(connection, as_of, part, *asked), {}, {})
    is_shared = _is_one_s(found.sums, filters) and _are_several(connection, part)
    return Figures(
        sums=found.sums,
        spreads=found.whole,
        clusters=found.clusters,
        wasted=figures.unattributed(connection, as_of, part, filters.whom if filters.whom in CHARGED else "model"),
        buckets=figures.buckets(connection, as_of, part, called.nusd),
        coverage=coverage(connection, as_of, part, called),
        dearest=figures.dearest(connection, as_of, part),
        spends=figures.own_spends(connection, as_of, part, filters.by) if is_own or is_shared else [],
    )


def _is_one_s(rows: Sequence[GroupSums], filters: Filters) -> bool:
    """One model is credited with every change that somebody is known for; what others cost on them is told then."""
    is_of_models = filters.whom == "model" and filters.credit != "lineup" and not filters.only
    return is_of_models and len({row.model for row in rows if row.model}) == 1


def _are_several(connection: Connection, part: figures.Slice) -> bool:
    """Several models made calls there at any time; where one did, it is not asked who made which."""
    made = figures.called_by(connection, figures.Slice(repository_id=part.repository_id), "model")
    return len(per_call(made, "model")) > 1
