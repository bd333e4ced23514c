"""Parts are the whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.shares import split


@given(st.integers(0, 10**18), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_shares_sum_to_the_amount_and_follow_the_weights(amount: int, weights: list[int]) -> None:
    shares = split(amount, weights)
    total = sum(weights) or len(weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights if any(weights) else [1] * len(weights), strict=True):
        assert abs(share - amount * weight / total) <= 1 + amount * 1e-15


def test_the_largest_remainder_gets_the_odd_unit() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10, [1, 4]) == [2, 8]
    assert split(5, [0, 0]) == [3, 2]
