"""Seats' prices spread over the calls: those in the ledger's repositories, and those that were made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.charges import call_cost
from ledger.domain.pricing import price_key
from ledger.domain.repricing import key_of
from ledger.domain.seats import Listed, Seat, SeatCost, amortise
from ledger.store import figures, reads, retold


def seat_costs(
    connection: Connection, seats: Sequence[Seat], part: figures.Slice, as_of: datetime
) -> tuple[SeatCost, ...]:
    """What the seats cost until the month of `as_of`, and how much of it fell to the calls of the slice."""
    return amortise(seats, listed_by_month(connection, seats, part), f"{as_of:%Y-%m}") if seats else ()


def listed_by_month(
    connection: Connection, seats: Sequence[Seat], part: figures.Slice
) -> dict[tuple[str, str], Listed]:
    """Agent and month → the list cost of its calls in the slice, and of all its others."""
    listed = figures.listed(connection, part)
    elsewhere: dict[tuple[str, str], int] = {}
    prices = {key_of(price): price for price in reads.facts(connection, "price")}
    for call in retold.counted_elsewhere(connection, sorted({seat.agent for seat in seats})):
        cost = call_cost(call, prices.get(price_key(call))).list_nusd or 0
        month = (call.agent, f"{call.at:%Y-%m}")
        elsewhere[month] = elsewhere.get(month, 0) + cost
    return {
        month: Listed(*_added(listed.get(month, (0, 0)), elsewhere.get(month, 0))) for month in {*listed, *elsewhere}
    }


def _added(known: tuple[int, int], elsewhere: int) -> tuple[int, int]:
    return known[0], known[1] + elsewhere
