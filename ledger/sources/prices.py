"""Prices, as rates that are kept: the user's own, else list prices from genai-prices (usage-formats §12).

The library matches names by prefix: `claude-opus-4-10` would silently be priced as opus 4.1. What it found must be the
model that was asked for, or the call stays unpriced and is named. It answers with the standard price, too, where it has
none for fast mode, a service tier or a batch: such a call is unpriced, unless its factor is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ledger.domain.models import dated_alias, parse_model
from ledger.domain.own_prices import OwnPrice, Tier, multiplied, own_quote
from ledger.domain.pricing import PriceKey, Quote, modes
from ledger.domain.session_facts import Price

_PER_MILLION = 10**9
_FACTORS = {
    ("claude-opus-4-6", "fast"): Decimal(6),
    ("claude-opus-4-7", "fast"): Decimal(6),
    ("gpt-5.3-codex", "priority"): Decimal(2),
    ("gpt-5.4", "priority"): Decimal(2),
    ("gpt-5.5", "priority"): Decimal("2.5"),
}
"""What a way of calling multiplies the price with, where the table prices it as standard (§1.7, §2.3)."""
_BATCH = Decimal("0.5")
_US = Decimal("1.1")
_BEDROCK = ("anthropic.", "us.", "eu.", "apac.", "global.", "jp.", "au.", "in.", "us-gov.")
_CLAUDE_SEARCH = 10_000_000
"""Nano-USD of a web search by a Claude model: Anthropic's own tool, at one price over whichever route (§1.7)."""
_PROVIDERS = {"zai": "zai", "moonshotai": "moonshotai", "minimax": "minimax", "qwen": "alibaba", "x-ai": "x-ai"}


def read_prices(keys: Iterable[PriceKey], own: Sequence[OwnPrice] = ()) -> Iterator[Price]:
    """The rates for each key; where there are none, a Price that says so."""
    for key in keys:
        yield quote(key, own).price


def quote(key: PriceKey, own: Sequence[OwnPrice] = ()) -> Quote:
    """The rates for a key by the user's own prices, else by the table, with what was refused and why."""
    return own_quote(own, key) or _from_table(key)


def _from_table(key: PriceKey) -> Quote:
    import genai_prices  # takes half a second: only a post with new models or days pays it

    found, similar = _lookup(key)
    factor, missing = (None, "") if found is None else _factor(key, found)
    match = "fuzzy" if similar else "missing" if found is None else "mode" if factor is None else "exact"
    price = Price(
        **key._asdict(),
        priced_as=None if factor is None else f"{found.provider.id}/{found.model.id}",
        match=match,
        tiers=() if factor is None else _tiers(found.model_price, factor, "claude" in found.model.id),
        web_search_nusd=0 if factor is None else _search(found),
        table_version=f"genai-prices {genai_prices.__version__}",
    )
    return Quote(price, similar=similar, missing=missing)


def _lookup(key: PriceKey) -> tuple[Any, str]:
    """(what the table has for the key or None, the model of a similar name that it had instead)."""
    similar = ""
    for name, provider in _spellings(key):
        found = _price(name, provider, key)
        if found is None or not _has_rates(found.model_price, name):
            continue
        if parse_model(found.model.id).sold_as == parse_model(name).sold_as or _is_listed(
            found.model.match, name.lower()
        ):
            return found, ""
        similar = similar or f"{found.provider.id}/{found.model.id}"
    return None, similar


def _has_rates(price: Any, name: str) -> bool:
    """Whether the table has a price per token: where it has none, calls are not free unless the name says so."""
    return name.endswith(":free") or (price.input_mtok is not None and price.output_mtok is not None)


def _is_listed(match: Any, name: str) -> bool:
    """Whether the table has the model under this whole name too: `gpt-5.1-codex` costs what gpt-5.1 does."""
    inner = getattr(match, "or_", None)
    return any(_is_listed(each, name) for each in inner) if inner else getattr(match, "equals", None) == name


def _spellings(key: PriceKey) -> list[tuple[str, str | None]]:
    """The names to ask for, as written first: gateways and clouds have prices of their own."""
    raw = dated_alias(key.model_raw, key.day).removeprefix("vertex_ai/").removeprefix("models/")
    if (name := raw.rpartition("/")[2]).startswith(_BEDROCK):  # routers write `bedrock/` and a region before it
        return [(name, "aws")]
    plain = parse_model(raw).sold_as
    names = [raw.removeprefix("openrouter/")] if "/" in raw else []
    spelled: list[tuple[str, str | None]] = [(name, "openrouter") for name in names]
    for each in dict.fromkeys((name, plain or raw)):
        spelled += [(each, None), (each, _PROVIDERS[key.provider])] if key.provider in _PROVIDERS else [(each, None)]
    return spelled


def _price(name: str, provider: str | None, key: PriceKey) -> Any:
    from genai_prices import Usage, calc_price

    try:
        return calc_price(
            Usage(input_tokens=1, output_tokens=1),
            name,
            provider_id=provider,
            genai_request_timestamp=_moment(key),
            price_context=_context(key) or None,
        )
    except (LookupError, ValueError):
        return None


def _moment(key: PriceKey) -> datetime:
    return datetime.fromisoformat(f"{key.day}T12:00:00+00:00")


def _context(key: PriceKey) -> dict[str, str]:
    """What the table calls the ways of calling; OpenAI's fast mode is its priority tier. Anthropic's are factors."""
    context, is_anthropic = dict[str, str](), key.provider == "anthropic"
    for mode in _ways(key):
        if mode == "fast":
            context["speed"] = mode
        elif mode == "batch" and not is_anthropic:
            context["processing"] = mode
        elif mode in ("priority", "flex"):
            context["service_tier"] = mode
    return context


def _ways(key: PriceKey) -> tuple[str, ...]:
    """The modes of a key, as its provider means them."""
    if key.provider == "openai":
        return tuple("priority" if mode == "fast" else mode for mode in modes(key))
    # Anthropic's priority tier is capacity bought ahead: its list value is the standard price.
    return tuple(mode for mode in modes(key) if not (mode == "priority" and key.provider == "anthropic"))


def _factor(key: PriceKey, found: Any) -> tuple[Decimal | None, str]:
    """(what to multiply the table's rates with, ''), or (None, the way of calling that nobody prices)."""
    name, factor = parse_model(found.model.id).name or "", Decimal(1)
    told = _told(found.model, _moment(key), _context(key))
    is_anthropic = key.provider == "anthropic"
    for mode in _ways(key):
        if mode in told:
            continue
        if (name, mode) in _FACTORS:
            factor *= _FACTORS[name, mode]
        elif is_anthropic and mode == "batch":
            factor *= _BATCH
        elif is_anthropic and mode == "us":
            factor *= 1 if found.provider.id == "aws" else _US  # a cloud's table has it in the regional price
        else:
            return None, mode
    return factor, ""


def _told(model: Any, at: datetime, context: Mapping[str, str]) -> set[str]:
    """The ways of calling that the table has a price for at that time."""
    told = set()
    for variant in model.price_variants or ():
        is_active = variant.constraint is None or variant.constraint.active(at)
        if is_active and all(context.get(name) == word for name, word in variant.when.items()):
            told |= set(variant.when.values())
    return told


def _tiers(price: Any, factor: Decimal, is_claude: bool) -> tuple[Tier, ...]:
    """Nano-USD per million tokens by threshold."""
    starts = sorted({0, *(tier.start for name in vars(price) for tier in getattr(getattr(price, name), "tiers", ()))})
    return tuple(multiplied((start, *_rates(price, start, is_claude)), factor) for start in starts)


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


def _search(found: Any) -> int:
    """Nano-USD per web search; 0 where nobody prices them."""
    if found.model_price.web_searches_kcount is not None:
        return round(Decimal(_nusd(found.model_price.web_searches_kcount, 0)) / 1000)
    return _CLAUDE_SEARCH if "claude" in found.model.id else 0


def _or(first: Any, second: Any) -> Any:
    return second if first is None else first


def _nusd(price: Any, start: int) -> int:
    """A rate at a threshold: USD per million tokens, plain or tiered, in nano-USD."""
    if price is None:
        return 0
    tiers = [tier.price for tier in getattr(price, "tiers", ()) if tier.start <= start]
    usd = tiers[-1] if tiers else getattr(price, "base", price)
    return round(Decimal(usd) * _PER_MILLION)
