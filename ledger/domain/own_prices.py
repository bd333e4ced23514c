"""The user's own prices: which of them holds for a call, by the same guards as the table's (usage-formats §12).

A model is matched by its whole name, as written or normalised, never by a prefix. Where an own price holds, it alone
decides: a way of calling that it names no factor for (fast, batch, us …) stays unpriced rather than be guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod

from ledger.domain.models import parse_model
from ledger.domain.pricing import PriceKey, Quote, modes
from ledger.domain.session_facts import Price

FACTORS = ("fast", "batch", "priority", "flex", "us")
"""The ways of calling that a price of the user's may have a factor for."""

Tier = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrice:
    """One price of the user's file."""

    model: str
    """As agents write it, or normalised."""
    provider: str = ""
    """Only calls of this provider's models; '' is any."""
    first: str = ""
    """The first day it holds, YYYY-MM-DD; '' is any."""
    until: str = ""
    """The first day it holds no longer; '' is never."""
    tiers: tuple[Tier, ...]
    """As in `Price`."""
    web_search_nusd: int
    """Nano-USD per search."""
    factors: tuple[tuple[str, Decimal], ...] = ()
    """What fast, batch, priority, flex and us multiply tokens' rates with."""
    where: str
    """File and line, for people."""
    version: str
    """What identifies the file's content; kept with the price instead of a path."""

    def holds_on(self, day: str) -> bool:
        """Whether the day is within its dates."""
        return (not self.first or self.first <= day) and (not self.until or day < self.until)

    def collides(self, other: OwnPrice) -> bool:
        """Whether both could hold for one call with nothing to decide between them."""
        begun = (not self.until or other.first < self.until) and (not other.until or self.first < other.until)
        return begun and self.provider == other.provider and _meant(self.model) == _meant(other.model)


def own_quote(prices: Sequence[OwnPrice], key: PriceKey) -> Quote | None:
    """The quote by the user's own price that holds for the key; None where none does."""
    fitting = [price for price in prices if price.holds_on(key.day) and price.provider in ("", key.provider)]
    ranked = ((_fit(price, key), bool(price.provider), price) for price in fitting)
    found = max((each for each in ranked if each[0]), key=lambda each: each[:2], default=None)
    if found is None:
        return None
    own = found[2]
    factors = dict(own.factors)
    missing = next((mode for mode in modes(key) if mode not in factors), "")
    factor = prod(factors.get(mode, Decimal(1)) for mode in modes(key))
    price = Price(
        **key._asdict(),
        priced_as=None if missing else f"own/{own.model}",
        match="mode" if missing else "override",
        tiers=() if missing else tuple(multiplied(tier, factor) for tier in own.tiers),
        web_search_nusd=0 if missing else own.web_search_nusd,
        table_version=own.version,
    )
    return Quote(price, missing=missing, where=own.where)


def multiplied(tier: Tier, factor: Decimal | int) -> Tier:
    """The tier's rates times a factor, in whole nano-USD per million tokens."""
    start, fresh, read, short, long, output = tier
    return (start, *(round(rate * factor) for rate in (fresh, read, short, long, output)))  # type: ignore[return-value]


def _fit(price: OwnPrice, key: PriceKey) -> int:
    """2: the name as written; 1: the same model; 0: another. A gateway's name is no other route's."""
    if price.model.lower() == key.model_raw.lower():
        return 2
    return int("/" not in price.model and _meant(price.model) == (parse_model(key.model_raw).sold_as or ""))


def _meant(raw: str) -> str:
    """The model that is meant; what names none (`auto`), or a gateway's route to one, means itself."""
    return raw.lower() if "/" in raw else parse_model(raw).sold_as or raw.lower()
