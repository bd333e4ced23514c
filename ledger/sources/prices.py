"""List prices from genai-prices, as rates that are kept (usage-formats §12).

The library matches names by prefix: `claude-opus-4-10` would silently be priced as opus 4.1. What it found must be the
model that was asked for, or the call stays unpriced and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from ledger.domain.facts import Price
from ledger.domain.models import dated_alias, parse_model
from ledger.domain.pricing import PriceKey

_PER_MILLION = 10**9
_FAST_AS_STANDARD = {"claude-opus-4-6": 6, "claude-opus-4-7": 6}
"""Models whose fast mode the table prices as standard, with the factor it really has."""
_BATCH_FACTOR = Decimal("0.5")
_US_FACTOR = Decimal("1.1")
_BEDROCK = ("anthropic.", "us.", "eu.", "apac.", "global.", "jp.", "au.")
_PROVIDERS = {"zai": "zai", "moonshotai": "moonshotai", "minimax": "minimax", "qwen": "alibaba", "x-ai": "x-ai"}


def read_prices(keys: Iterable[PriceKey]) -> Iterator[Price]:
    """The rates for each key; where the table has none, a Price that says so."""
    import genai_prices  # takes half a second: only a post with new models or days pays it

    version = f"genai-prices {genai_prices.__version__}"
    for key in keys:
        found, is_fuzzy = _lookup(key)
        yield Price(
            **key._asdict(),
            priced_as=None if found is None else f"{found.provider.id}/{found.model.id}",
            match="fuzzy" if is_fuzzy else "missing" if found is None else "exact",
            tiers=()
            if found is None
            else _tiers(found.model_price, _factor(key, found.model.id), "claude" in found.model.id),
            web_search_nusd=0 if found is None else _nusd(found.model_price.web_searches_kcount, 0) // 1000,
            table_version=version,
        )


def _lookup(key: PriceKey) -> tuple[Any, bool]:
    """(what the table has for the key or None, whether it only had a model of a similar name)."""
    is_fuzzy = False
    for name, provider in _spellings(key):
        found = _price(name, provider, key)
        if found is None:
            continue
        if parse_model(found.model.id).name == parse_model(name).name:
            return found, False
        is_fuzzy = True
    return None, is_fuzzy


def _spellings(key: PriceKey) -> list[tuple[str, str | None]]:
    """The names to ask for, as written first: gateways and clouds have prices of their own."""
    raw = dated_alias(key.model_raw, key.day).removeprefix("vertex_ai/").removeprefix("models/")
    if raw.startswith(_BEDROCK):
        return [(raw, "aws")]
    plain = parse_model(raw).name
    names = [raw.removeprefix("openrouter/")] if "/" in raw else []
    spelled: list[tuple[str, str | None]] = [(name, "openrouter") for name in names]
    for name in dict.fromkeys((raw.rpartition("/")[2], plain or raw)):
        spelled += [(name, None), (name, _PROVIDERS[key.provider])] if key.provider in _PROVIDERS else [(name, None)]
    return spelled


def _price(name: str, provider: str | None, key: PriceKey) -> Any:
    from genai_prices import Usage, calc_price

    context = {
        **({"speed": key.speed} if key.speed else {}),
        **({"processing": "batch"} if key.service_tier == "batch" and key.provider != "anthropic" else {}),
        **({"service_tier": key.service_tier} if key.service_tier in ("priority", "flex") else {}),
    }
    try:
        return calc_price(
            Usage(input_tokens=1, output_tokens=1),
            name,
            provider_id=provider,
            genai_request_timestamp=datetime.fromisoformat(f"{key.day}T12:00:00+00:00"),
            price_context=context or None,
        )
    except (LookupError, ValueError):
        return None


def _factor(key: PriceKey, model: str) -> Decimal:
    """What the table leaves out: fast mode of two models, Anthropic's batches, the US (§1.7, §12.1)."""
    fast = _FAST_AS_STANDARD.get(parse_model(model).name or "", 1) if key.speed == "fast" else 1
    is_anthropic = key.provider == "anthropic"
    batch = _BATCH_FACTOR if is_anthropic and key.service_tier == "batch" else 1
    return Decimal(fast) * batch * (_US_FACTOR if is_anthropic and key.region == "us" else 1)


def _tiers(price: Any, factor: Decimal, is_claude: bool) -> tuple[tuple[int, int, int, int, int, int], ...]:
    """Nano-USD per million tokens by threshold."""
    starts = sorted({0, *(tier.start for name in vars(price) for tier in getattr(getattr(price, name), "tiers", ()))})
    return tuple((start, *(round(rate * factor) for rate in _rates(price, start, is_claude))) for start in starts)


def _rates(price: Any, start: int, is_claude: bool) -> tuple[int, int, int, int, int]:
    """Input, cache read, 5-minute and 1-hour write, output; what is left out is a multiple of input."""
    base = _nusd(price.input_mtok, start)
    write = _or(price.cache_write_5m_mtok, price.cache_write_mtok)
    return (
        base,
        _nusd(price.cache_read_mtok, start) if price.cache_read_mtok is not None else base // (10 if is_claude else 1),
        _nusd(write, start) if write is not None else base * (5 if is_claude else 4) // 4,
        _nusd(price.cache_write_1h_mtok, start) if price.cache_write_1h_mtok is not None else base * (1 + is_claude),
        _nusd(price.output_mtok, start),
    )


def _or(first: Any, second: Any) -> Any:
    return second if first is None else first


def _nusd(price: Any, start: int) -> int:
    """A rate at a threshold: USD per million tokens, plain or tiered, in nano-USD."""
    if price is None:
        return 0
    tiers = [tier.price for tier in getattr(price, "tiers", ()) if tier.start <= start]
    usd = tiers[-1] if tiers else getattr(price, "base", price)
    return int(Decimal(usd) * _PER_MILLION)
