"""Which cost of a call is counted, and that the kinds are kept apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.charges import call_cost, call_costs, call_sums
from ledger.domain.session_facts import Price
from tests.domain.building import call

PRICE = Price(
    provider="anthropic", model_raw="opus", day="2026-03-01", speed="", service_tier="", region="", priced_as="x/opus",
    match="exact", tiers=((0, 0, 0, 0, 0, 10**9),), web_search_nusd=0, table_version="1",
)  # fmt: skip
UNPRICED = replace(PRICE, priced_as=None, match="fuzzy", tiers=())


def cost(price: Price | None, **changed: Any) -> tuple[int | None, str, str, int | None]:
    """Nano-USD, source, match and list cost of a call of a thousand tokens, a micro-USD each where it has a price."""
    found = call_cost(replace(call("k", 0), **changed), price)
    return found.nusd, found.cost_source, found.match, found.list_nusd


@pytest.mark.parametrize("kind", ["billed", "proxy", "list", "credits", "premium", ""])
def test_list_price_counts_whatever_else_was_told(kind: str) -> None:
    told = None if kind == "" else 77
    assert cost(PRICE, reported_nusd=told, reported_kind=kind) == (1_000_000, "list", "exact", 1_000_000)


@pytest.mark.parametrize(
    ("kind", "told", "wanted"),
    [
        ("billed", 77, (77, "billed", "reported", None)),
        ("billed", 0, (0, "billed", "reported", None)),
        ("proxy", 77, (77, "proxy", "reported", None)),
        ("list", 77, (77, "reported", "reported", None)),
        ("list", 0, (None, "", "fuzzy", None)),
        ("credits", 77, (None, "", "fuzzy", None)),
        ("premium", 77, (None, "", "fuzzy", None)),
        ("", None, (None, "", "fuzzy", None)),
    ],
)
def test_without_a_price_what_was_told_counts_unless_it_is_no_money(
    kind: str, told: int | None, wanted: tuple[object, ...]
) -> None:
    assert cost(UNPRICED, reported_nusd=told, reported_kind=kind) == wanted


def test_searches_that_a_price_says_nothing_of_leave_the_cost_unknown_or_to_who_told_it() -> None:
    assert cost(PRICE, web_searches=2) == (None, "", "searches", None)
    assert cost(PRICE, web_searches=2, reported_nusd=5, reported_kind="list") == (5, "reported", "reported", None)
    assert cost(UNPRICED, web_searches=2) == (None, "", "fuzzy", None)
    assert cost(replace(PRICE, web_search_nusd=7), web_searches=2)[0] == 1_000_014


def test_a_sum_over_calls_costs_what_was_told_and_no_credits() -> None:
    assert cost(PRICE, quality="aggregate", reported_nusd=5, reported_kind="billed") == (5, "billed", "reported", None)
    assert cost(PRICE, quality="aggregate", reported_nusd=5, reported_kind="credits") == (None, "", "untold", None)
    assert cost(PRICE, input=None, quality="estimated") == (None, "", "untold", None)
    assert cost(PRICE, output=None, input=9) == (None, "", "untold", None)
    assert cost(PRICE, quality="aggregate") == (None, "", "untold", None)


def test_no_tokens_are_nothing_where_the_log_is_whole_and_unknown_where_it_is_not() -> None:
    assert cost(PRICE, output=0) == (0, "list", "exact", 0)
    assert cost(PRICE, output=0, quality="estimated") == (None, "", "untold", None)
    assert cost(PRICE, output=0, reported_nusd=5, reported_kind="proxy") == (5, "proxy", "reported", None)
    assert cost(None) == (None, "", "missing", None)


def test_the_sums_keep_the_kinds_apart() -> None:
    told = [("billed", 1), ("proxy", 2), ("list", 4), ("credits", 8), ("premium", 16), ("", None)]
    calls = [
        replace(call(kind, 0), input=1, reported_nusd=nusd, reported_kind=kind, quality=quality)
        for (kind, nusd), quality in zip(
            told, ["final", "placeholder", "estimated", "rollup", "final", "final"], strict=True
        )
    ]
    (row,) = call_sums("R", calls, call_costs(calls, [PRICE]))
    assert (row.billed_nusd, row.proxy_nusd, row.told_nusd, row.nano_credits, row.nano_premium) == (1, 2, 4, 8, 16)
    assert (row.calls, row.nusd, row.list_nusd) == (6, 6_000_000, 6_000_000)
    assert (row.calls_reported, row.calls_told, row.calls_unpriced) == (0, 0, 0)
    assert (row.calls_placeholder, row.calls_estimated, row.calls_rollup, row.calls_aggregate) == (1, 1, 1, 0)
    (row,) = call_sums("R", calls, call_costs(calls, [UNPRICED]))
    assert (row.nusd, row.list_nusd, row.calls_reported, row.calls_told, row.calls_unpriced) == (7, 0, 2, 1, 3)


KINDS = st.sampled_from(["billed", "proxy", "list", "credits", "premium", ""])
CALLS = st.lists(
    st.tuples(KINDS, st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["final", "aggregate", "rollup"])),
    max_size=10,
)


@given(CALLS, st.booleans())
def test_every_call_is_in_one_count_and_the_sums_are_those_of_its_costs(
    rows: list[tuple[str, int, int, str]], is_priced: bool
) -> None:
    calls = [
        replace(call(str(at), 0, output=output), reported_kind=kind, reported_nusd=nusd if kind else None, quality=word)
        for at, (kind, nusd, output, word) in enumerate(rows)
    ]
    costs = call_costs(calls, [PRICE if is_priced else UNPRICED])
    for row in call_sums("R", calls, costs):
        listed = sum(each.cost_source == "list" for each in costs.values())
        assert row.calls == listed + row.calls_reported + row.calls_told + row.calls_unpriced == len(calls)
        assert row.nusd == sum(each.nusd or 0 for each in costs.values())
        assert row.list_nusd == sum(each.list_nusd or 0 for each in costs.values())
