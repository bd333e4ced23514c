"""A report's figures by one kind of cost: charges of that kind, and what seats cost, in place of what is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain import costing
from ledger.domain.clusters import Clusters, Spread
from ledger.domain.conclusions import OwnSpend
from ledger.domain.credit import revalued_spends
from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.seats import Seat, fallen
from ledger.domain.sums import Buckets, Coverage, GroupSums
from ledger.errors import LedgerError
from ledger.posting.seating import listed_by_month
from ledger.store import figures, reads


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report adds up."""

    sums: list[GroupSums]
    spreads: dict[tuple[str, str | None], Spread]
    """Basis and whoever is credited → how repositories differ; empty where there is one."""
    clusters: Mapping[tuple[str, str | None], Clusters]
    """The same → part → repository → totals; empty where there is one."""
    wasted: dict[str | None, int]
    """Who → what of theirs reached no change."""
    buckets: Buckets
    coverage: Coverage
    dearest: tuple[str, int] | None
    spends: list[OwnSpend]
    """Under credit `own`, in place of the sums."""


def revalue(
    connection: Connection,
    counted: Figures,
    kind: str,
    *,
    as_of: datetime,
    part: figures.Slice,
    by: str,
    credit: str,
    whom: str,
    seats: Sequence[Seat],
) -> Figures:
    """The figures by a kind of cost: list, billed or effective; raises LedgerError as `check_rules`."""
    check_rules(connection)
    pools = pools_of(connection, kind, seats, part, as_of)
    cost = costing.costing(kind, figures.spent(connection, as_of, part), pools)
    judged = figures.judged(connection, as_of, part, by, credit, whom)
    whole = costing.total(kind, figures.spent_by_month(connection, part), pools)
    top = max(
        ((cost.changes.get(row.change_id, 0), row.change_id) for row in judged),
        key=lambda pair: (pair[0], pair[1]),
        default=(0, ""),
    )
    return Figures(
        sums=costing.revalued(counted.sums, judged, cost),
        spreads=costing.spreads(judged, cost) if counted.spreads else {},
        clusters=costing.clusters(judged, cost) if counted.spreads else {},
        wasted=costing.wasted(cost, whom),
        buckets=costing.buckets(figures.outcomes(connection, as_of, part), cost, whole),
        coverage=costing.covered(counted.coverage, judged, cost),
        dearest=(figures.title(connection, top[1]), top[0]) if top[0] else None,
        spends=revalued_spends(counted.spends, judged, cost),
    )


def costed(
    connection: Connection, kind: str, *, as_of: datetime, part: figures.Slice, seats: Sequence[Seat]
) -> costing.Costing:
    """What everything in scope cost by a kind; raises LedgerError where the charges do not tell kinds of cost yet."""
    check_rules(connection)
    return costing.costing(kind, figures.spent(connection, as_of, part), pools_of(connection, kind, seats, part, as_of))


def check_rules(connection: Connection) -> None:
    """Raises LedgerError where charges are older than the kinds of cost: a kind that they do not tell is not 0."""
    if reads.derivation_version(connection) < DERIVATION_VERSION:
        raise LedgerError(
            "The charges of this ledger were drawn by an earlier version's rules, which may not tell kinds of cost "
            "apart; run ledger update, then this again."
        )


def pools_of(
    connection: Connection, kind: str, seats: Sequence[Seat], part: figures.Slice, as_of: datetime
) -> dict[costing.Month, int]:
    """What seats cost, the part that fell to the calls of the slice; nothing for a kind of cost without seats."""
    if kind != "effective" or not seats:
        return {}
    return fallen(seats, listed_by_month(connection, seats, part), f"{as_of:%Y-%m}")
