"""Charges: what each call costs, and to which change, attempt and role it is booked.

Every priced call is split over its changes by integer shares, so the charges sum to the calls to the nano-USD.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from ledger.domain.attempts import Attempts
from ledger.domain.attribution import Booking
from ledger.domain.conclusions import CallCost, CallSum, Charge
from ledger.domain.pricing import (
    Alike,
    has_tokens,
    list_cost,
    needs_price,
    price_key,
    priced_alike,
    prices_searches,
)
from ledger.domain.roles import Roles
from ledger.domain.rules import marked
from ledger.domain.session_facts import Call, Price
from ledger.domain.shares import split

_PAID = frozenset({"billed", "proxy"})
_TOLD = {"billed": "billed", "proxy": "proxy", "list": "reported"}
"""Kind of a reported cost in USD → cost source; credits and premium requests are no money."""

_SUMMED = {
    "billed": "billed_nusd",
    "proxy": "proxy_nusd",
    "list": "told_nusd",
    "credits": "nano_credits",
    "premium": "nano_premium",
}
"""Kind of a reported cost → the sum it goes to: kinds are kept apart."""

_APART = tuple(field.name for field in fields(Charge))[1:-15]
"""What tells charges apart: everything but the id, which is its hash, and the sums and times."""

_NO_CHANGE = ("",)

_MEASURED = tuple(field.name for field in fields(CallSum) if field.name not in CallSum.key)
"""The sums of a day, agent and model."""


def call_costs(calls: Iterable[Call], prices: Iterable[Price]) -> dict[str, CallCost]:
    """The cost of each call: at list price; where none is known, what a bill, proxy or agent said; else unknown."""
    rates = {tuple(getattr(price, name) for name in Price.key): price for price in prices}
    known: dict[Alike, Price | None] = {}
    costs = {}
    for call in calls:
        alike = priced_alike(call)
        if alike not in known:
            known[alike] = rates.get(price_key(call))
        costs[call.event_key] = call_cost(call, known[alike])
    return costs


def call_cost(call: Call, price: Price | None) -> CallCost:
    """The cost of a call by the rates kept for it, or what was told of it; unknown is None, never 0."""
    told, source = _told(call)
    is_priceable = needs_price(call) and (has_tokens(call) or (call.quality == "final" and told is None))
    listed = list_cost(call, price) if price and is_priceable else None
    if listed is not None:
        match = price.match if price else ""
        return CallCost(event_key=call.event_key, nusd=listed, match=match, cost_source="list", list_nusd=listed)
    if told is not None:
        return CallCost(event_key=call.event_key, nusd=told, match="reported", cost_source=source)
    if not is_priceable or None in (call.input, call.output):
        return CallCost(event_key=call.event_key, nusd=None, match="untold")
    if price and price.priced_as is not None and not prices_searches(call, price):
        return CallCost(event_key=call.event_key, nusd=None, match="searches")
    return CallCost(event_key=call.event_key, nusd=None, match=price.match if price else "missing")


def _told(call: Call) -> tuple[int | None, str]:
    """(what was said of the call's cost in USD, by whom); an agent that says 0 says that it does not know."""
    source = _TOLD.get(call.reported_kind, "")
    is_word = call.reported_nusd is not None and (source in _PAID or (source and call.reported_nusd > 0))
    return (call.reported_nusd, source) if is_word else (None, "")


def left_out_costs(left_out: Mapping[str, str]) -> dict[str, CallCost]:
    """No cost, for calls that another row counts for, with the reason."""
    return {key: CallCost(event_key=key, nusd=None, match=reason) for key, reason in left_out.items()}


Day = tuple[str, str, str]
"""Day, agent, and model as written."""


def call_sums(
    repository_id: str,
    calls: Iterable[Call],
    costs: Mapping[str, CallCost],
    possible: Iterable[Call] = (),
    shared: Iterable[tuple[Day, Mapping[str, int]]] = (),
) -> list[CallSum]:
    """The calls added up by day, agent and model, apart from any booking: what charges must add up to.

    Possible duplicates are counted beside them; `shared` are sums that other clones told.
    """
    sums: dict[Day, Counter[str]] = {}
    for day, told in shared:
        sums.setdefault(day, Counter()).update(told)
    for call in calls:
        entry = _entry(sums, call)
        for name, amount in _measures(call, costs[call.event_key]):
            entry[name] += amount
    for call in possible:
        _entry(sums, call)["calls_duplicate"] += 1
    return [
        CallSum(
            repository_id=repository_id,
            occurred_on=day,
            agent=agent,
            model_raw=model,
            **{name: entry[name] for name in _MEASURED},
        )
        for (day, agent, model), entry in sorted(sums.items())
    ]


def _entry(sums: dict[Day, Counter[str]], call: Call) -> Counter[str]:
    return sums.setdefault((call.at.date().isoformat(), call.agent, call.model_raw), Counter())


def _measures(call: Call, cost: CallCost) -> Iterator[tuple[str, int]]:
    """What a call adds to the sums of its day, agent and model."""
    told, kind = call.reported_nusd or 0, call.reported_kind
    yield "calls", 1
    if cost.nusd is None:
        yield "calls_unpriced", 1
    else:
        yield "nusd", cost.nusd
    if cost.list_nusd:
        yield "list_nusd", cost.list_nusd
    if call.quality == "placeholder":
        yield "calls_placeholder", 1
    if cost.cost_source in _PAID:
        yield "calls_reported", 1
    if cost.cost_source == "reported":
        yield "calls_told", 1
    if call.quality in ("estimated", "aggregate", "rollup"):
        yield f"calls_{call.quality}", 1
    if kind in _SUMMED:
        yield _SUMMED[kind], told


@dataclass(frozen=True, slots=True)
class Booked:
    """A call's part in one change: its cost share and role."""

    booking: Booking
    change_id: str
    role: str
    role_evidence: str
    nusd: int | None
    listed: int | None = None
    """Its share at list price; None where that is not known."""
    paid: int | None = None
    """Its share of what a bill or gateway told; None where neither did."""

    @property
    def is_counted(self) -> bool:
        """Whether the call is counted here: with the first of the changes that share it, so that counts add up too."""
        return self.change_id == (self.booking.changes or _NO_CHANGE)[0]


def booked(bookings: Iterable[Booking], costs: Mapping[str, CallCost], roles: Roles) -> Iterator[Booked]:
    """Each booking divided over its changes; one without a change stays whole under ''."""
    for booking in bookings:
        role, evidence = roles.role(booking)
        cost, call = costs[booking.call.event_key], booking.call
        changes = booking.changes or _NO_CHANGE
        told = (cost.nusd, cost.list_nusd, call.reported_nusd if call.reported_kind in _PAID else None)
        if len(changes) == 1:  # nearly always: the one share is all of it
            yield Booked(booking, changes[0], role, evidence, *told)
            continue
        shares = zip(*(_shares(nusd, len(changes)) for nusd in told), strict=True)
        for change, amounts in zip(changes, shares, strict=True):
            yield Booked(booking, change, role, evidence, *amounts)


def _shares(nusd: int | None, number: int) -> Sequence[int | None]:
    """Equal shares of what is known."""
    return [None] * number if nusd is None else split(nusd, [1] * number)


@dataclass(slots=True)
class _Sums:
    """What the parts of one charge add up to."""

    first_at: datetime
    last_at: datetime
    calls: int = 0
    calls_unpriced: int = 0
    calls_placeholder: int = 0
    nusd: int = 0
    list_nusd: int = 0
    paid_nusd: int = 0
    parts_unlisted: int = 0
    parts_unpaid: int = 0
    input: int | None = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int | None = 0

    def add(self, part: Booked) -> None:
        """A part's cost, and its call where this is the first of the changes that share it."""
        call = part.booking.call
        self.nusd += part.nusd or 0
        self.list_nusd += part.listed or 0
        self.paid_nusd += part.paid or 0
        self.parts_unlisted += part.listed is None
        self.parts_unpaid += part.paid is None
        self.first_at, self.last_at = min(self.first_at, call.at), max(self.last_at, call.at)
        if not part.is_counted:
            return
        self.calls += 1
        self.calls_unpriced += part.nusd is None
        self.calls_placeholder += call.quality == "placeholder"
        self.input = _sum(self.input, call.input)
        self.cache_read += call.cache_read
        self.cache_write_5m += call.cache_write_5m
        self.cache_write_1h += call.cache_write_1h
        self.output = _sum(self.output, call.output)


def _sum(one: int | None, other: int | None) -> int | None:
    """Unknown as soon as a part of it is."""
    return None if one is None or other is None else one + other


def charges(repository_id: str, parts: Iterable[Booked], attempts: Mapping[str, Attempts]) -> list[Charge]:
    """The parts added up by everything that tells charges apart; sorted by id."""
    sums: dict[tuple[str | int, ...], _Sums] = {}
    for part in parts:
        apart = _apart(repository_id, part, attempts)
        found = sums.get(apart)
        if found is None:
            at = part.booking.call.at
            found = sums[apart] = _Sums(at, at)
        found.add(part)
    return sorted((_charge(apart, found) for apart, found in sums.items()), key=lambda charge: charge.id)


def _apart(repository_id: str, part: Booked, attempts: Mapping[str, Attempts]) -> tuple[str | int, ...]:
    """What tells the part's charge from others, in the order of _APART; a record for each call would take longer."""
    call, booking = part.booking.call, part.booking
    change = attempts.get(part.change_id)
    return (
        repository_id,
        part.change_id,
        change.number_of.get(call.event_key, 1) if change else 0,
        call.session,
        call.agent,
        call.model or "",
        call.provider or "",
        part.role,
        part.role_evidence,
        marked(booking.rule, len(booking.changes)),
        booking.reason,
        call.branch,
        call.at.date().isoformat(),
    )


def _charge(apart: tuple[str | int, ...], sums: _Sums) -> Charge:
    named = "\0".join(map(str, apart))
    told: dict[str, Any] = dict(zip(_APART, apart, strict=True))
    summed: dict[str, Any] = {field.name: getattr(sums, field.name) for field in fields(sums)}
    return Charge(id=hashlib.sha256(named.encode()).hexdigest()[:24], **told, **summed)
