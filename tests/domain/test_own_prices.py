"""Which of the user's own prices holds for a call."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ledger.domain.own_prices import OwnPrice, own_quote
from ledger.domain.pricing import PriceKey

DAY = "2026-06-01"


def own(
    model: str,
    rate: int = 1,
    *,
    provider: str = "",
    first: str = "",
    until: str = "",
    factors: tuple[tuple[str, Decimal], ...] = (),
) -> OwnPrice:
    return OwnPrice(
        model=model,
        provider=provider,
        first=first,
        until=until,
        tiers=((0, rate, rate, rate, rate, rate), (200_000, 2 * rate, 2 * rate, 2 * rate, 2 * rate, 2 * rate)),
        web_search_nusd=7,
        factors=factors,
        where="prices.toml, line 1",
        version="own prices abc",
    )


def key(model: str, *, provider: str = "anthropic", day: str = DAY, speed: str = "", tier: str = "") -> PriceKey:
    return PriceKey(provider, model, day, speed, tier, "")


def rate(prices: list[OwnPrice], wanted: PriceKey) -> int | None:
    """The input rate of the price that holds."""
    found = own_quote(prices, wanted)
    return found.price.tiers[0][1] if found and found.price.priced_as else None


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("claude-opus-4-8", "claude-opus-4-8"),
        ("claude-opus-4-8", "Claude-Opus-4.8"),
        ("claude-opus-4-8", "openrouter/anthropic/claude-opus-4.8"),
        ("claude-opus-4-8", "claude-opus-4-8-20260115[1m]"),
        ("auto", "auto"),
        ("composer-1", "Composer-1"),
    ],
)
def test_a_price_holds_for_the_model_however_it_is_written(model: str, asked: str) -> None:
    found = own_quote([own(model)], key(asked))
    assert found is not None
    assert (found.price.match, found.price.priced_as, found.where) == (
        "override",
        f"own/{model}",
        "prices.toml, line 1",
    )
    assert found.price.table_version == "own prices abc"


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("claude-opus-4-1", "claude-opus-4-10"),
        ("claude-opus-4-6", "claude-opus-4-6-fast"),
        ("openrouter/anthropic/claude-opus-4.8", "claude-opus-4-8"),
        ("auto", "default"),
        ("composer-1", "composer-1.5"),
    ],
)
def test_a_price_holds_for_no_model_of_a_similar_name(model: str, asked: str) -> None:
    assert own_quote([own(model)], key(asked)) is None


def test_the_name_as_written_comes_before_the_model_and_the_provider_before_any() -> None:
    route = "openrouter/anthropic/claude-opus-4.8"
    prices = [own("claude-opus-4-8", 1), own(route, 2), own("claude-opus-4-8", 3, provider="anthropic")]
    assert rate(prices, key(route)) == 2
    assert rate(prices, key("claude-opus-4-8-20260115")) == 3
    assert rate(prices, key("claude-opus-4-8-20260115", provider="aws")) == 1


@pytest.mark.parametrize(
    ("day", "wanted"), [("2026-04-30", None), ("2026-05-01", 1), ("2026-05-31", 1), ("2026-06-01", None)]
)
def test_a_price_holds_from_its_first_day_until_its_last(day: str, wanted: int | None) -> None:
    assert rate([own("m-1", first="2026-05-01", until="2026-06-01")], key("m-1", day=day)) == wanted


def test_a_way_of_calling_without_its_factor_stays_unpriced() -> None:
    plain = own("m-1", 10)
    found = own_quote([plain], key("m-1", speed="fast"))
    assert found is not None
    assert (found.price.priced_as, found.price.match, found.missing, found.price.tiers) == (None, "mode", "fast", ())


def test_factors_multiply_tokens_and_not_searches() -> None:
    both = (("fast", Decimal(6)), ("batch", Decimal("0.5")))
    found = own_quote([own("m-1", 10, factors=both)], key("m-1", speed="fast", tier="batch"))
    assert found is not None
    assert found.price.tiers == ((0, 30, 30, 30, 30, 30), (200_000, 60, 60, 60, 60, 60))
    assert found.price.web_search_nusd == 7


def test_prices_collide_where_nothing_decides_between_them() -> None:
    one = own("claude-opus-4-8", until="2026-06-01")
    assert one.collides(own("Claude Opus 4.8"))
    assert not one.collides(own("claude-opus-4-8", first="2026-06-01"))
    assert not own("claude-opus-4-8", first="2026-06-01").collides(one)
    assert not one.collides(own("claude-opus-4-8", provider="aws"))
    assert not one.collides(own("openrouter/anthropic/claude-opus-4.8"))
    assert not one.collides(own("claude-opus-4-7"))
