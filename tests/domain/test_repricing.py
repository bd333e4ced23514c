"""What other rates would change, added up per model."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.charges import call_costs
from ledger.domain.conclusions import CallCost
from ledger.domain.repricing import ModelChange, added, in_order, key_of, model_changes, other_rates
from ledger.domain.session_facts import Price
from tests.domain.building import call


def price(rate: int | None, version: str = "1") -> Price:
    """The rates of the calls below: so many nano-USD a token of output."""
    return Price(
        provider="anthropic", model_raw="opus", day="2026-03-01", speed="", service_tier="", region="",
        priced_as=None if rate is None else "x/opus", match="missing" if rate is None else "exact",
        tiers=() if rate is None else ((0, 0, 0, 0, 0, rate * 10**6),), web_search_nusd=0, table_version=version,
    )  # fmt: skip


def test_another_version_of_the_same_rates_is_no_change() -> None:
    kept = {key_of(price(5)): price(5)}
    assert other_rates(kept, [price(5, "2")]) == ()
    assert other_rates(kept, [price(6, "2")]) == (price(6, "2"),)
    assert other_rates({}, [price(5)]) == (price(5),)
    assert other_rates(kept, [price(None)]) == (price(None),)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8), st.integers(0, 10**5), st.integers(0, 10**5))
def test_the_sums_are_those_that_a_derivation_draws(outputs: list[int], old: int, new: int) -> None:
    calls = [call(f"k{number}", 0, output=output) for number, output in enumerate(outputs)]
    costs, later = call_costs(calls, [price(old)]), call_costs(calls, [price(new)])
    key = key_of(price(old))
    (row,) = model_changes(calls, costs, {key: price(old)}, {key: price(new)}).values()
    assert (row.calls, row.old_unpriced, row.new_unpriced) == (len(calls), 0, 0)
    assert row.old_nusd == sum(cost.nusd or 0 for cost in costs.values())
    assert row.new_nusd == sum(cost.nusd or 0 for cost in later.values())


def test_a_call_that_gains_or_loses_its_price_is_counted() -> None:
    calls, key = [call("k", 0, output=2)], key_of(price(5))
    gained = model_changes(calls, {}, {}, {key: price(5)})["opus"]
    assert (gained.old_unpriced, gained.new_unpriced, gained.new_nusd) == (1, 0, 10)
    lost = model_changes(calls, {}, {key: price(5)}, {key: price(None)})["opus"]
    assert (lost.old_unpriced, lost.new_unpriced, lost.old_nusd) == (0, 1, 10)


def test_searches_that_get_a_price_are_counted() -> None:
    calls, key = [replace(call("k", 0, output=2), web_searches=3)], key_of(price(5))
    costs = call_costs(calls, [price(5)])
    gained = model_changes(calls, costs, {}, {key: replace(price(5), web_search_nusd=7)})["opus"]
    assert (gained.old_unpriced, gained.new_unpriced, gained.new_nusd) == (1, 0, 31)


def test_a_row_that_another_counts_for_is_not_added_up() -> None:
    left_out = {"k": CallCost(event_key="k", nusd=None, match="joined")}
    assert model_changes([call("k", 0)], left_out, {}, {key_of(price(5)): price(5)}) == {}


def test_rates_that_stay_keep_what_is_in_force() -> None:
    costs = {"k": CallCost(event_key="k", nusd=77, match="reported")}
    assert model_changes([call("k", 0)], costs, {}, {})["opus"].is_none


def test_the_largest_difference_comes_first_and_none_is_left_out() -> None:
    row = ModelChange(model="a", calls=1, old_nusd=1, new_nusd=2, old_unpriced=0, new_unpriced=0)
    rows = [row, replace(row, model="b", new_nusd=-9), replace(row, model="c", new_nusd=1)]
    assert [each.model for each in in_order(rows)] == ["b", "a"]
    assert added(rows[0], rows[1]).new_nusd == -7
