"""The arithmetic of list cost: integers, one rounding, whole requests in their tier."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.pricing import PriceKey, has_tokens, list_cost, modes, needs_price
from ledger.domain.session_facts import Call, Price
from tests.domain.building import call, sure

RATES = st.integers(0, 10**12)
TOKENS = st.integers(0, 10**9)
TIER = st.tuples(st.integers(1, 10**6), RATES, RATES, RATES, RATES, RATES)


@st.composite
def prices(draw: st.DrawFn) -> Price:
    base = (0, *draw(st.tuples(RATES, RATES, RATES, RATES, RATES)))
    above = draw(st.lists(TIER, max_size=2, unique_by=lambda tier: tier[0]))
    return Price(
        provider="", model_raw="", day="", speed="", service_tier="", region="", priced_as="x", match="exact",
        tiers=(base, *sorted(above)), web_search_nusd=draw(st.integers(1, 10**8)), table_version="",
    )  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> Call:
    names = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
    counts = {name: draw(TOKENS) for name in names}
    return replace(call("k", 0), **counts, web_searches=draw(st.integers(0, 50)))  # type: ignore[arg-type]


def exact(made: Call, price: Price) -> Fraction:
    """The cost as a fraction, by the words of the rule."""
    whole = sure(made.input) + made.cache_read + made.cache_write_5m + made.cache_write_1h
    tier = max((tier for tier in price.tiers if tier[0] == 0 or whole > tier[0]), key=lambda tier: tier[0])
    tokens = (sure(made.input), made.cache_read, made.cache_write_5m, made.cache_write_1h, sure(made.output))
    millionths = sum(count * rate for count, rate in zip(tokens, tier[1:], strict=True))
    return Fraction(millionths, 10**6) + made.web_searches * price.web_search_nusd


@given(calls(), prices())
def test_the_cost_is_the_exact_one_rounded_half_to_even_once(made: Call, price: Price) -> None:
    assert list_cost(made, price) == round(exact(made, price))


@given(calls(), prices())
def test_a_cost_is_a_whole_number_and_never_negative(made: Call, price: Price) -> None:
    cost = list_cost(made, price)
    assert isinstance(cost, int)
    assert cost >= 0


@given(calls(), calls(), prices())
def test_calls_of_one_tier_cost_together_what_they_cost_apart_to_a_nano(one: Call, other: Call, price: Price) -> None:
    flat = replace(price, tiers=price.tiers[:1])
    names = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "web_searches")
    both = replace(one, **{name: getattr(one, name) + getattr(other, name) for name in names})
    apart = (list_cost(one, flat) or 0) + (list_cost(other, flat) or 0)
    assert abs((list_cost(both, flat) or 0) - apart) <= 1


@given(calls(), prices())
def test_a_sum_of_many_calls_is_in_no_long_context_tier(made: Call, price: Price) -> None:
    lowest = replace(price, tiers=price.tiers[:1])
    for quality in ("rollup", "aggregate"):
        assert list_cost(replace(made, quality=quality), price) == list_cost(made, lowest)


@given(calls(), prices(), st.sampled_from(["final", "estimated", "rollup", "placeholder"]))
def test_a_call_of_which_a_part_is_not_told_has_no_cost_and_never_that_of_the_rest(
    made: Call, price: Price, quality: str
) -> None:
    for unknown in ({"input": None}, {"output": None}, {"input": None, "output": None}):
        assert list_cost(replace(made, quality=quality, **unknown), price) is None  # type: ignore[arg-type]


@given(calls())
def test_without_a_price_there_is_no_cost(made: Call) -> None:
    nothing = Price(
        provider="", model_raw="", day="", speed="", service_tier="", region="", priced_as=None, match="missing",
        tiers=(), web_search_nusd=0, table_version="",
    )  # fmt: skip
    assert list_cost(made, nothing) is None


@pytest.mark.parametrize(
    ("speed", "tier", "region", "wanted"),
    [
        ("", "", "", ()),
        ("standard", "default", "not_available", ()),
        ("fast", "", "us", ("fast", "us")),
        ("", "Batch", "", ("batch",)),
        ("fast", "fast", "", ("fast",)),
        ("", "scale", "eu", ("scale", "eu")),
    ],
)
def test_what_is_not_standard_is_named(speed: str, tier: str, region: str, wanted: tuple[str, ...]) -> None:
    assert modes(PriceKey("openai", "gpt-5", "2026-03-01", speed, tier, region)) == wanted


def test_a_sum_over_calls_is_not_priced_and_a_session_s_is() -> None:
    assert not needs_price(replace(call("k", 0), quality="aggregate"))
    assert all(needs_price(replace(call("k", 0), quality=word)) for word in ("final", "rollup", "estimated"))


def test_searches_are_something_to_price() -> None:
    assert has_tokens(replace(call("k", 0, output=0), web_searches=1))
    assert not has_tokens(call("k", 0, output=0))


@given(calls(), prices(), st.integers(0, 10**18))
def test_who_does_not_tell_how_long_the_cache_is_kept_says_it_by_the_cost(made: Call, price: Price, told: int) -> None:
    event = replace(made, source="otlp", reported_nusd=told, reported_kind=("list", "proxy")[told % 2])
    short, long = list_cost(made, price), list_cost(_kept_for_an_hour(made), price)
    assert short is not None
    assert long is not None
    cost = list_cost(event, price)
    assert cost == (sorted((short, told, long))[1] if told else short), "between both, where the agent says"
    for other in ("billed", "credits"):
        assert list_cost(replace(event, reported_kind=other), price) == short
    assert list_cost(replace(event, source="claude-code"), price) == short, "its log tells how long"


def _kept_for_an_hour(made: Call) -> Call:
    return replace(made, cache_write_5m=0, cache_write_1h=made.cache_write_5m + made.cache_write_1h)


def test_an_event_of_claude_code_costs_what_it_says_where_the_cache_is_kept_for_an_hour() -> None:
    event = replace(call("k", 0, output=100), source="otlp", input=100, cache_write_5m=100_000)
    opus = Price(
        provider="", model_raw="", day="", speed="", service_tier="", region="", priced_as="x", match="exact",
        tiers=((0, 5 * 10**9, 5 * 10**8, 625 * 10**7, 10**10, 25 * 10**9),), web_search_nusd=0, table_version="",
    )  # fmt: skip

    def cost(usd: float | None) -> float:
        told = None if usd is None else round(usd * 10**9)
        return sure(list_cost(replace(event, reported_nusd=told, reported_kind="list"), opus)) / 10**9

    assert cost(1.003) == 1.003
    assert cost(0.8) == 0.8, "a part of it for an hour"
    assert [cost(usd) for usd in (None, 0, 0.01)] == [0.628] * 3, "the lower one, where nothing else is possible"
    assert cost(3.009) == 1.003, "no more than all of it for an hour: words have been too high"


@pytest.mark.parametrize(("rate", "match", "wanted"), [(7, "exact", 21), (0, "exact", None), (0, "override", 0)])
def test_searches_without_a_price_are_of_unknown_cost_unless_one_s_own_price_says_free(
    rate: int, match: str, wanted: int | None
) -> None:
    price = Price(
        provider="", model_raw="", day="", speed="", service_tier="", region="", priced_as="x", match=match,
        tiers=((0, 1, 1, 1, 1, 1),), web_search_nusd=rate, table_version="",
    )  # fmt: skip
    assert list_cost(replace(call("k", 0, output=0), web_searches=3), price) == wanted
