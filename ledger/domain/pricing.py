"""List cost: tokens × the rates kept for the call's day, in integers (usage-formats §12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import NamedTuple

from ledger.domain.session_facts import Call, Price

_MILLION = 1_000_000
_STANDARD = frozenset({"", "standard", "normal", "default", "auto", "on_demand", "global", "not_available"})
_SUMS = frozenset({"aggregate", "rollup"})
"""Qualities of rows that add up many calls."""

_AT_LIST = frozenset({"list", "proxy"})
"""Kinds of a told cost that are computed from the request at list price, by who knows all of it."""

UNDATED = frozenset({"otlp"})
"""Sources that tell how much was written to the cache, and not for how long it is kept (usage-formats §10.3)."""


class PriceKey(NamedTuple):
    """The key fields of a Price."""

    provider: str
    model_raw: str
    day: str
    speed: str
    service_tier: str
    region: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The rates for a key, and what else a person wants to know of them."""

    price: Price
    similar: str = ""
    """The model of a similar name that was refused; ''."""
    missing: str = ""
    """The way of calling that is not priced where the model is: fast, batch …; ''."""
    where: str = ""
    """File and line of the user's own price; ''."""


def price_key(call: Call) -> PriceKey:
    """Which rates a call needs."""
    day = call.at.date().isoformat()
    return PriceKey(call.provider or "", call.model_raw, day, call.speed, call.service_tier, call.region)


Alike = tuple[str | None, str, date, str, str, str]


def priced_alike(call: Call) -> Alike:
    """What calls that need the same rates have alike: of very many of them few differ, so few keys need be written."""
    return call.provider, call.model_raw, call.at.date(), call.speed, call.service_tier, call.region


def price_keys(calls: Iterable[Call]) -> set[PriceKey]:
    """Which rates these calls need."""
    return {price_key(call) for call in {priced_alike(call): call for call in calls if needs_price(call)}.values()}


def modes(key: PriceKey) -> tuple[str, ...]:
    """What is not standard about a call and changes its price: fast, batch, priority, flex, us or another word."""
    words = (word.lower() for word in (key.speed, key.service_tier, key.region))
    return tuple(dict.fromkeys(word for word in words if word not in _STANDARD))


def has_tokens(call: Call) -> bool:
    """Whether there is anything to multiply a rate with."""
    return any((call.input, call.cache_read, call.cache_write_5m, call.cache_write_1h, call.output, call.web_searches))


def needs_price(call: Call) -> bool:
    """Whether the call's cost is asked of a price; a sum over calls may not even tell its tokens apart."""
    return call.quality != "aggregate"


def prices_searches(call: Call, price: Price) -> bool:
    """Whether a price covers the call's web searches; that of a table which says nothing of them is not known."""
    return not call.web_searches or bool(price.web_search_nusd) or price.match == "override"


def list_cost(call: Call, price: Price) -> int | None:
    """Nano-USD at list price, rounded half to even once; None where no price is known.

    A tier applies to the whole request once its whole input exceeds the threshold. A row that adds up many calls tells
    no request's size: it costs the lowest tier's rates, a lower bound. A call whose input or output nobody told has
    no cost that is known; what is told of it could be a tenth of it.

    Where nobody told how long the cache is kept, the cost lies between all of it for 5 minutes and all for an hour.
    What the agent itself or a gateway says of it decides where; without their word it is the lower one.
    """
    if price.priced_as is None or call.input is None or call.output is None:
        return None
    total = call.input + call.cache_read + call.cache_write_5m + call.cache_write_1h
    if call.quality == "estimated" and not total:  # as the input that nobody told was once kept in entries
        return None
    if call.web_searches and not prices_searches(call, price):
        return None
    reached = 0 if call.quality in _SUMS else total
    tiers = price.tiers
    tier = tiers[0] if len(tiers) == 1 else max(tier for tier in tiers if tier[0] == 0 or reached > tier[0])
    rates = tier[1:]
    searches = call.web_searches * price.web_search_nusd
    tokens = (call.input, call.cache_read, call.cache_write_5m, call.cache_write_1h, call.output)
    cost = _priced(tokens, rates) + searches
    if call.source not in UNDATED or call.reported_kind not in _AT_LIST or not call.reported_nusd:
        return cost
    for_an_hour = (call.input, call.cache_read, 0, call.cache_write_5m + call.cache_write_1h, call.output)
    least, most = sorted((cost, _priced(for_an_hour, rates) + searches))
    return min(max(call.reported_nusd, least), most)


def _priced(tokens: Sequence[int], rates: Sequence[int]) -> int:
    """Nano-USD, rounded half to even once."""
    millionths: int = sum(map(mul, tokens, rates))
    whole, rest = divmod(millionths, _MILLION)
    return whole + int(rest * 2 > _MILLION or (rest * 2 == _MILLION and whole % 2))
