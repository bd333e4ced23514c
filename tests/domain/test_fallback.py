"""What a person's work on refused changes adds: the five sums tell it exactly."""

from __future__ import annotations

import random
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.estimates import estimate, interval
from ledger.domain.fallback import with_fallback
from tests.domain.test_clusters import drawn, over
from tests.domain.test_estimates import Changes, costs, sums


@given(costs, st.integers(0, 500))
def test_it_is_as_if_each_refused_change_had_cost_more(changes: Changes, each: int) -> None:
    found = with_fallback(sums(changes), each * 10**9)
    wanted = sums([(cost if accepted else cost + each, accepted) for cost, accepted in changes])
    assert astuple(found)[:3] == (wanted.n, wanted.accepted, wanted.cost_nusd)
    assert found.cost_sq == pytest.approx(wanted.cost_sq)
    assert found.accepted_nusd == wanted.accepted_nusd


def test_over_repositories_the_spread_follows() -> None:
    repositories = drawn(random.Random(1), [0.9, 0.3, 0.6])
    dearer = [[(cost if is_in else cost + 20, is_in) for cost, is_in in rows] for rows in repositories]
    found, wanted = with_fallback(over(repositories), 20 * 10**9), over(dearer)
    assert found.spread is not None
    assert wanted.spread is not None
    assert astuple(found.spread) == pytest.approx(astuple(wanted.spread))
    assert interval(found).hi == pytest.approx(interval(wanted).hi)


def test_it_can_turn_the_order_round() -> None:
    cheap = sums([(0.05, index % 5 < 3) for index in range(50)])
    dear = sums([(0.97, index % 50 < 37) for index in range(50)])
    assert (estimate(cheap).point or 0) < (estimate(dear).point or 0)
    with_hands = [estimate(with_fallback(each, 10 * 10**9)).point or 0 for each in (cheap, dear)]
    assert with_hands[0] > with_hands[1]
