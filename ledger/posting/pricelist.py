"""What a model costs here, and which models have no price: asked of the ledger first, then of the price lists."""

from __future__ import annotations

from ledger.domain.models import parse_model
from ledger.domain.pricelist import ModelPrice, Unpriced, Way, model_keys
from ledger.domain.pricing import Quote
from ledger.domain.session_facts import Price
from ledger.posting.derive import own_prices
from ledger.posting.workplace import Workplace
from ledger.sources.prices import quote
from ledger.store import unpriced
from ledger.store.engine import Ledger


def model_price(workplace: Workplace, ledger: Ledger | None, model: str, day: str) -> ModelPrice:
    """The price of a model on a day (YYYY-MM-DD), each way of calling it; raises BadSetting.

    `ledger` is None where there is none yet: then it is what calls would be priced with.
    """
    own, kept = own_prices(workplace), _kept(ledger, model, day)
    ways = []
    for name, key in model_keys(model, day).items():
        now = quote(key, own)
        used = kept.get((key.speed, key.service_tier, key.region))
        differs = used is not None and _rates(used) != _rates(now.price)
        shown = Quote(used, now.similar, now.missing, "" if differs else now.where) if used else now
        ways.append(Way(name, shown, used is not None, differs))
    return ModelPrice(model, parse_model(model).name, parse_model(model).provider or "", day, tuple(ways))


def _kept(ledger: Ledger | None, model: str, day: str) -> dict[tuple[str, str, str], Price]:
    """The kept rates by speed, tier and region: of the name as written, else of another spelling of the model."""
    if ledger is None:
        return {}
    name = parse_model(model).sold_as
    with ledger.read() as connection:
        alike = [each for each in unpriced.models_named(connection, day) if name and parse_model(each).sold_as == name]
        found = unpriced.kept_prices(connection, [*alike, model], day)
    found.sort(key=lambda price: price.model_raw.lower() == model.lower())
    return {(price.speed, price.service_tier, price.region): price for price in found}


def _rates(price: Price) -> tuple[object, ...]:
    return price.priced_as is None, price.tiers, price.web_search_nusd


def list_unpriced(workplace: Workplace, ledger: Ledger) -> list[tuple[Unpriced, Quote]]:
    """The calls in the ledger without a price, each with what the price lists say of it now; raises BadSetting."""
    own = own_prices(workplace)
    with ledger.read() as connection:
        rows = unpriced.unpriced(connection)
    return [(row, quote(row.key(), own)) for row in rows]
