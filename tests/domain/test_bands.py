"""Bands hold about equally many, never too few, and never part equal values."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.bands import quantile_bands


@pytest.mark.parametrize(
    ("values", "bands"),
    [
        ([], ()),
        ([1, 2, 3, 4], ()),
        ([1, 2, 3, 4, 5], ((1, 5),)),
        (range(20), ((0, 4), (5, 9), (10, 14), (15, 19))),
        (range(19), ((0, 6), (7, 12), (13, 18))),
        ([0] * 30 + [1] * 5, ((0, 0), (1, 1))),
        ([0] * 30 + [1] * 4, ((0, 1),)),
        ([0] * 10 + [1] * 10, ((0, 0), (1, 1))),
        ([7] * 50, ((7, 7),)),
        (range(400), ((0, 99), (100, 199), (200, 299), (300, 399))),
    ],
)
def test_they_are_quantiles_that_keep_equals_together(
    values: list[float], bands: tuple[tuple[float, float], ...]
) -> None:
    assert quantile_bands(values) == bands


@given(st.lists(st.integers(0, 12), max_size=60))
def test_each_value_is_in_one_band_of_enough(values: list[float]) -> None:
    bands = quantile_bands(values)
    inside = [[value for value in values if low <= value <= high] for low, high in bands]
    assert len(bands) <= 4
    assert all(len(band) >= 5 for band in inside)
    assert sum(map(len, inside)) == (len(values) if len(values) >= 5 else 0)
    assert all(one[1] < other[0] for one, other in pairwise(bands))
