"""Flat seats: what is paid by the month for an agent, spread over its calls (metric.md §3).

A call's effective cost is the seats' price of its month × its list cost / the list cost of all the agent's calls of
that month, those made elsewhere included. It is money that was paid; list cost is what models are compared by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledger.domain.shares import split
from ledger.errors import BadSetting

_NANO = 10**9
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_FORM = "write it like claude-code 200 seats=5 from=2026-01 until=2026-07, the price in USD per seat and month"


@dataclass(frozen=True, slots=True)
class Seat:
    """Seats of one agent at one price."""

    agent: str
    monthly_nusd: int
    """For all of them."""
    first: str
    """The first month, YYYY-MM."""
    until: str = ""
    """The first month they are not paid for any more; '' is never."""

    def is_paid(self, month: str) -> bool:
        """Whether the month is paid for."""
        return self.first <= month and (not self.until or month < self.until)


@dataclass(frozen=True, slots=True)
class Listed:
    """List cost of an agent's calls in one month."""

    here: int
    """Of those in scope, nano-USD."""
    elsewhere: int


@dataclass(frozen=True, slots=True)
class SeatCost:
    """What an agent's seats cost until now, and where that went; the three parts sum to what was paid. Nano-USD."""

    agent: str
    paid: int
    effective: int
    """Fell to the calls in scope."""
    elsewhere: int
    """Fell to calls outside of this ledger's repositories."""
    idle: int
    """Of months in which no call has a list cost: nothing to spread it over."""
    listed: int
    """List cost of the calls in scope in the months that are paid for: their value, not their price."""


def parse_seat(said: Any) -> Seat:
    """A seat from a line such as `claude-code 200 seats=5 from=2026-01`, or a table; raises BadSetting."""
    if isinstance(said, Mapping):
        known = {"agent", "usd", "seats", "from", "until"}
        odd = next((str(name) for name in said if name not in known), "")
        words = [str(said.get("agent", "")), str(said.get("usd", ""))]
        words += [f"{name}={said[name]}" for name in ("seats", "from", "until") if name in said]
    else:
        words, odd = str(said).split(), ""
    named = dict(word.split("=", 1) for word in words[2:] if "=" in word)
    odd = odd or next((word for word in words[2:] if word.partition("=")[0] not in ("seats", "from", "until")), "")
    if len(words) < 2 or not words[0] or odd:
        raise BadSetting(f"ledger.seats has {(odd or said)!r}, which cannot be read; {_FORM}.")
    usd, count = words[1], named.get("seats", "1")
    first, until = named.get("from", ""), named.get("until", "")
    if not re.fullmatch(r"\d{1,6}(\.\d{1,9})?", usd) or not re.fullmatch(r"[1-9]\d{0,5}", count):
        raise BadSetting(f"ledger.seats of {words[0]} has no readable price or number of seats; {_FORM}.")
    if not _MONTH.fullmatch(first) or (until and not _MONTH.fullmatch(until)) or (until and until <= first):
        raise BadSetting(f"ledger.seats of {words[0]} needs from=YYYY-MM, and an until after it if any; {_FORM}.")
    return Seat(words[0], int(Decimal(usd) * _NANO) * int(count), first, until)


def months(first: str, last: str) -> Iterable[str]:
    """The months from one to another, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return (f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1))


def fallen(seats: Sequence[Seat], listed: Mapping[tuple[str, str], Listed], now: str) -> dict[tuple[str, str], int]:
    """Agent and month → what of its seats' price fell to the calls in scope, until the month `now`; nano-USD.

    A month without any list cost of the agent's is not there: there is nothing to spread its price over.
    """
    found: dict[tuple[str, str], int] = {}
    for agent in sorted({seat.agent for seat in seats}):
        for month, price in _paid_months(agent, seats, now):
            cost = listed.get((agent, month), Listed(0, 0))
            if price and cost.here + cost.elsewhere:
                found[agent, month] = split(price, [cost.here, cost.elsewhere])[0]
    return found


def _paid_months(agent: str, seats: Sequence[Seat], now: str) -> Iterable[tuple[str, int]]:
    """Each month since the agent's first seat, with the price of its seats in it."""
    mine = [seat for seat in seats if seat.agent == agent]
    for month in months(min(seat.first for seat in mine), now):
        yield month, sum(seat.monthly_nusd for seat in mine if seat.is_paid(month))


def amortise(seats: Sequence[Seat], listed: Mapping[tuple[str, str], Listed], now: str) -> tuple[SeatCost, ...]:
    """What seats cost per agent until the month `now`, spread by `listed`: (agent, month) → list cost."""
    return tuple(_amortised(agent, seats, listed, now) for agent in sorted({seat.agent for seat in seats}))


def _amortised(agent: str, seats: Sequence[Seat], listed: Mapping[tuple[str, str], Listed], now: str) -> SeatCost:
    paid = effective = elsewhere = idle = value = 0
    for month, price in _paid_months(agent, seats, now):
        found = listed.get((agent, month), Listed(0, 0))
        paid += price
        if not price:
            continue
        value += found.here
        if found.here + found.elsewhere:
            part, rest = split(price, [found.here, found.elsewhere])
            effective, elsewhere = effective + part, elsewhere + rest
        else:
            idle += price
    return SeatCost(agent, paid, effective, elsewhere, idle, value)
