"""List cost: tokens × the rates kept for the call's day, in integers (usage-formats §12)."""

from __future__ import annotations

from typing import NamedTuple

from ledger.domain.facts import Call, Price

_MILLION = 1_000_000


class PriceKey(NamedTuple):
    """The key fields of a Price."""

    provider: str
    model_raw: str
    day: str
    speed: str
    service_tier: str
    region: str


def price_key(call: Call) -> PriceKey:
    """Which rates a call needs."""
    day = call.at.date().isoformat()
    return PriceKey(call.provider or "", call.model_raw, day, call.speed, call.service_tier, call.region)


def list_cost(call: Call, price: Price) -> int | None:
    """Nano-USD at list price, rounded half to even once; None where no price is known.

    A tier applies to the whole request once its whole input exceeds the threshold; what sums up many requests tells
    of none, and has the lowest. A call whose input nobody told has no cost that is known.
    """
    total = call.input + call.cache_read + call.cache_write_5m + call.cache_write_1h
    if price.priced_as is None or (call.quality == "estimated" and not total):
        return None
    reached = 0 if call.quality == "rollup" else total
    rates = max(tier for tier in price.tiers if tier[0] == 0 or reached > tier[0])[1:]
    tokens = (call.input, call.cache_read, call.cache_write_5m, call.cache_write_1h, call.output)
    millionths = sum(count * rate for count, rate in zip(tokens, rates, strict=True))
    whole, rest = divmod(millionths, _MILLION)
    up = rest * 2 > _MILLION or (rest * 2 == _MILLION and whole % 2)
    return whole + up + call.web_searches * price.web_search_nusd
