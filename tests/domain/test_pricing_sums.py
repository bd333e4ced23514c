"""What a call costs at list price, and when nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.domain.logbook import Tokens, make_call
from ledger.domain.pricing import list_cost, price_key, price_keys
from ledger.domain.session_facts import Call, Price

WHEN = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
PRICE = Price(
    provider="openai",
    model_raw="gpt-5.4",
    day="2026-03-01",
    speed="",
    service_tier="",
    region="",
    priced_as="openai/gpt-5.4",
    match="exact",
    tiers=((0, 10, 1, 12, 20, 100), (1000, 20, 2, 24, 40, 200)),
    web_search_nusd=5,
    table_version="test",
)


def call(quality: str = "final", **tokens: int) -> Call:
    return make_call("codex", "k", "s", WHEN, "gpt-5.4", Tokens(**tokens), quality=quality)


def test_a_call_asks_for_the_price_of_its_day() -> None:
    assert tuple(price_key(call())) == ("openai", "gpt-5.4", "2026-03-01", "", "", "")


def test_calls_that_are_priced_alike_ask_for_one_price() -> None:
    one = call(input=1)
    later, others = (
        replace(one, at=WHEN + timedelta(minutes=2)),
        [replace(one, region="us"), replace(one, provider=None)],
    )
    assert price_keys([one, call(output=3), later, *others]) == {price_key(each) for each in (one, later, *others)}
    assert len(price_keys([one, later, *others])) == 4
    assert price_keys([replace(one, quality="aggregate")]) == set()


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (call(input=10**6), 20),
        (call(input=1000), 0),
        (call(input=500_000, cache_read=500_001), 11),
        (call(output=10**6), 100),
        (call("rollup", input=10**6), 10),
        (call("aggregate", input=10**6), 10),
        (call("placeholder", output=10**6), 100),
    ],
)
def test_tiers_hold_for_a_request_and_not_for_a_sum_of_many(asked: Call, wanted: int) -> None:
    assert list_cost(asked, PRICE) == wanted


def test_a_cost_is_unknown_without_a_price_or_without_the_input() -> None:
    assert list_cost(call(input=5), replace(PRICE, priced_as=None)) is None
    assert list_cost(call("estimated", output=10**6), PRICE) is None
    assert list_cost(call("estimated", input=10**5, output=10**6), PRICE) == 202


def test_searches_are_paid_by_the_piece() -> None:
    assert list_cost(replace(call(input=1), web_searches=3), PRICE) == 15
