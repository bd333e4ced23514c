"""List prices, and the guards against a wrong one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.models import parse_model
from ledger.domain.own_prices import OwnPrice
from ledger.domain.pricing import PriceKey, list_cost
from ledger.domain.session_facts import Price
from ledger.sources.prices import quote, read_prices
from tests.domain.building import call


def price(model: str, day: str = "2026-06-01", *, speed: str = "", tier: str = "", region: str = "") -> Price:
    (found,) = read_prices([PriceKey(parse_model(model).provider or "", model, day, speed, tier, region)])
    return found


def rates(found: Price) -> list[float]:
    """USD per million tokens: input, cache read, 5-minute write, 1-hour write, output."""
    return [rate / 10**9 for rate in found.tiers[0][1:]]


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("claude-sonnet-4-5-20250929", [3, 0.3, 3.75, 6, 15]),
        ("claude-haiku-4-5-20251001", [1, 0.1, 1.25, 2, 5]),
        ("anthropic/claude-sonnet-4.5", [3, 0.3, 3.75, 6, 15]),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", [5.5, 0.55, 6.875, 11, 27.5]),
        ("bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0", [5.5, 0.55, 6.875, 11, 27.5]),
        ("bedrock/eu-west-1/eu.anthropic.claude-opus-4-6-v1", [5.5, 0.55, 6.875, 11, 27.5]),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0[1m]", [5.5, 0.55, 6.875, 11, 27.5]),
        ("bedrock/converse/global.anthropic.claude-opus-4-6-v1", [5, 0.5, 6.25, 10, 25]),
        ("glm-4.6", [0.6, 0.11, 0.6, 0.6, 2.2]),
        ("vertex_ai/gemini-2.5-pro", [1.25, 0.125, 1.25, 1.25, 10]),
        ("gpt-5.1-codex", [1.25, 0.125, 1.25, 1.25, 10]),
        ("grok-4", [3, 0.75, 3, 3, 15]),
    ],
)
def test_known_models(model: str, wanted: list[float]) -> None:
    found = price(model)
    assert found.match == "exact"
    assert rates(found) == wanted


@pytest.mark.parametrize("model", ["claude-opus-4-10", "claude-opus-4-6-fast", "claude-sonnet-4-50"])
def test_a_similar_name_is_not_the_model(model: str) -> None:
    found = price(model)
    assert (found.match, found.priced_as) == ("fuzzy", None)


@pytest.mark.parametrize("model", ["gpt-6", "claude-mythos-99", "nonsense", "", "<synthetic>"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert price(model).priced_as is None


def test_what_the_table_has_without_a_price_per_token_is_not_free() -> None:
    (found,) = read_prices([PriceKey("qwen", "cerebras/qwen-3-coder-480b", "2026-06-01", "", "", "")])
    assert found.priced_as is None or found.tiers[0][1] > 0


@pytest.mark.parametrize(
    ("model", "day", "speed", "tier", "region", "missing"),
    [
        ("claude-sonnet-4-5", "2026-06-01", "fast", "", "", "fast"),
        ("claude-opus-4-8", "2026-06-01", "turbo", "", "", "turbo"),
        ("claude-opus-4-8", "2026-06-01", "", "scale", "", "scale"),
        ("claude-opus-4-8", "2026-06-01", "", "", "eu", "eu"),
        ("gpt-5.2", "2026-06-01", "", "priority", "", "priority"),
        ("gpt-5.2", "2026-06-01", "", "flex", "", "flex"),
        ("gpt-5.2", "2026-06-01", "", "batch", "", "batch"),
        ("grok-4", "2026-10-20", "", "priority", "", "priority"),
    ],
)
def test_a_way_of_calling_that_nobody_prices_is_not_standard(
    model: str, day: str, speed: str, tier: str, region: str, missing: str
) -> None:
    found = quote(PriceKey(parse_model(model).provider or "", model, day, speed, tier, region))
    assert (found.missing, found.price.priced_as, found.price.match) == (missing, None, "mode")


@pytest.mark.parametrize(
    ("model", "day", "tier", "factor"),
    [
        ("gpt-5.2", "2026-10-20", "priority", 2),
        ("gpt-5.2", "2026-10-20", "fast", 2),
        ("gpt-5.2", "2026-10-20", "flex", 0.5),
        ("gpt-5.2", "2026-10-20", "batch", 0.5),
        ("gpt-5.5", "2026-06-01", "priority", 2.5),
        ("gpt-5.4", "2026-06-01", "fast", 2),
        ("claude-opus-4-8", "2026-06-01", "batch", 0.5),
        ("claude-opus-4-8", "2026-10-20", "batch", 0.5),
        ("claude-opus-4-8", "2026-06-01", "priority", 1),
    ],
)
def test_a_way_of_calling_has_its_own_price(model: str, day: str, tier: str, factor: float) -> None:
    assert rates(price(model, day, tier=tier))[4] == factor * rates(price(model, day))[4]


def test_openai_s_fast_mode_is_its_priority_tier() -> None:
    assert rates(price("gpt-5.3-codex", speed="fast")) == rates(price("gpt-5.3-codex", tier="priority"))


def test_a_region_that_a_cloud_s_price_has_already_is_not_added_again() -> None:
    name = "us.anthropic.claude-opus-4-5-20251101-v1:0"
    assert rates(price(name, region="us")) == rates(price(name))


def test_a_similar_name_that_was_refused_is_told() -> None:
    found = quote(PriceKey("anthropic", "claude-opus-4-10", "2026-06-01", "", "", ""))
    assert (found.similar, found.price.match) == ("anthropic/claude-opus-4-1", "fuzzy")


OWN = OwnPrice(
    model="claude-opus-4-8", until="2026-06-02", tiers=((0, 1, 2, 3, 4, 5),), web_search_nusd=6, where="", version="own"
)


def test_the_user_s_own_price_wins_over_the_table_while_it_holds() -> None:
    key = PriceKey("anthropic", "claude-opus-4-8", "2026-06-01", "", "", "")
    own, table = read_prices([key, key._replace(day="2026-06-02")], [OWN])
    assert (own.match, own.tiers, own.table_version) == ("override", OWN.tiers, "own")
    assert (table.match, table.priced_as) == ("exact", "anthropic/claude-opus-4-8")


def test_prices_are_those_of_the_day() -> None:
    assert rates(price("gpt-5.6-sol", "2026-08-01")) != rates(price("gpt-5.6-sol", "2026-09-01"))


@pytest.mark.parametrize(("model", "factor"), [("claude-opus-4-6", 6), ("claude-opus-4-7", 6), ("claude-opus-4-8", 2)])
def test_fast_mode_costs_its_multiple(model: str, factor: int) -> None:
    assert rates(price(model, speed="fast")) == [rate * factor for rate in rates(price(model))]


def test_inference_kept_in_the_us_costs_a_tenth_more() -> None:
    assert rates(price("claude-opus-4-8", region="us")) == pytest.approx(
        [1.1 * rate for rate in rates(price("claude-opus-4-8"))]
    )


def test_batch_is_half_price() -> None:
    assert rates(price("claude-opus-4-8", tier="batch"))[4] == rates(price("claude-opus-4-8"))[4] / 2


def test_the_long_context_tier_holds_for_the_whole_request() -> None:
    found = price("claude-sonnet-4-5-20250929")
    base = replace(call("k", 0, output=0), input=200_000)
    assert list_cost(base, found) == 600_000_000
    assert list_cost(replace(base, cache_read=1), found) == 1_200_000_600


def test_web_searches_cost_a_cent_each() -> None:
    for model in ("claude-opus-4-8", "anthropic/claude-opus-4.8", "us.anthropic.claude-opus-4-8-v1:0"):
        assert list_cost(replace(call("k", 0, output=0), web_searches=3), price(model)) == 30_000_000


def test_web_searches_that_nobody_prices_are_not_free() -> None:
    found = price("glm-4.6")
    assert (found.match, found.web_search_nusd) == ("exact", 0)
    assert list_cost(replace(call("k", 0), web_searches=1), found) is None
    assert list_cost(call("k", 0), found) is not None


FRACTION = Price(
    provider="", model_raw="", day="", speed="", service_tier="", region="", priced_as="x", match="exact",
    tiers=((0, 37_500_000, 0, 0, 0, 500_000),), web_search_nusd=0, table_version="",
)  # fmt: skip


@pytest.mark.parametrize(("output", "nusd"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_half_a_nano_is_rounded_to_even_once(output: int, nusd: int) -> None:
    assert list_cost(call("k", 0, output=output), FRACTION) == nusd


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_cost_grows_with_tokens(less: int, more: int) -> None:
    low, high = sorted((less, more))
    assert (list_cost(call("k", 0, output=low), FRACTION) or 0) <= (list_cost(call("k", 0, output=high), FRACTION) or 0)
