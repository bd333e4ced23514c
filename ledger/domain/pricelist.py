"""What `ledger prices` says: the price of a model on a day, and the models that have none, with what to do."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.domain.models import parse_model
from ledger.domain.own_prices import FACTORS
from ledger.domain.pricing import PriceKey, Quote, modes

_REPRICE = "run ledger db rebuild --reprice"
_OWN = f"put its price into the file that ledger.prices names (docs/prices.md), then {_REPRICE}"
_BILL = "bring in a bill or a gateway's export that tells the cost"

WAYS = {
    "standard": ("", "", ""),
    "fast": ("fast", "", ""),
    "batch": ("", "batch", ""),
    "priority": ("", "priority", ""),
    "flex": ("", "flex", ""),
    "us": ("", "", "us"),
}
"""Way of calling → speed, service tier and region."""


@dataclass(frozen=True, slots=True)
class Way:
    """The price of one way of calling."""

    name: str
    used: Quote
    """What a call of the day is priced with: the rates kept in the ledger, else those that would be kept now."""
    is_kept: bool
    """The rates are kept in the ledger."""
    is_other_now: bool
    """The price list says something else now; nothing changes until the ledger is repriced."""


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """The price of a model on a day."""

    model_raw: str
    model: str | None
    """Normalised."""
    provider: str
    day: str
    ways: tuple[Way, ...]
    """The standard one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpriced:
    """Calls of one model, made in one way, whose cost is not known."""

    model_raw: str
    provider: str
    speed: str
    service_tier: str
    region: str
    match: str
    """missing | fuzzy | mode | searches | untold"""
    calls: int
    first_on: str
    last_on: str

    def key(self) -> PriceKey:
        """What its newest call is priced with."""
        return PriceKey(self.provider, self.model_raw, self.last_on, self.speed, self.service_tier, self.region)


def model_keys(model: str, day: str) -> dict[str, PriceKey]:
    """The key of each way of calling a model."""
    provider = parse_model(model).provider or ""
    return {name: PriceKey(provider, model, day, *parts) for name, parts in WAYS.items()}


def why_unpriced(row: Unpriced, now: Quote) -> str:
    """Why the calls have no price, as a clause."""
    if row.match == "untold":
        return "the log tells neither all of the tokens nor a cost"
    if row.match == "searches" and not _has_searches(now):
        return "the model has a price, but none for web searches"
    if now.price.priced_as is not None:
        return "there was no price when the calls were posted"
    return why_refused(row.key(), now)


def _has_searches(now: Quote) -> bool:
    """Whether there is a price for web searches now; one's own may say that they are free."""
    return bool(now.price.web_search_nusd) or now.price.match == "override"


def why_refused(key: PriceKey, found: Quote) -> str:
    """Why a quote has no rates, as a clause."""
    if found.missing:
        return f"the model has a price, but none for {found.missing}"
    if found.similar:
        return f"the table has only {found.similar}, which is another model"
    if parse_model(key.model_raw).name is None:
        return "it names no model, and no price of yours has that name"
    return "no price list has it"


def remedy(row: Unpriced, now: Quote) -> str:
    """What to do about it, as a clause."""
    if row.match == "untold" or not row.model_raw:
        return _BILL
    if row.match == "searches" and not _has_searches(now):
        return _OWN
    if now.price.priced_as is not None:
        return f"there is one now: {_REPRICE}"
    if not now.missing:
        return _OWN
    if now.missing not in FACTORS:
        return _BILL
    place = (
        f"at {now.where}" if now.where else "in a price of yours in the file that ledger.prices names (docs/prices.md)"
    )
    return f"give {now.missing} a factor {place}, then {_REPRICE}"


def way_of(key: PriceKey) -> str:
    """The way of calling in words; '' for the standard one."""
    return ", ".join(modes(key))
