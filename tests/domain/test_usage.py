"""Sums of sessions: what they may be, and which of them count."""

from __future__ import annotations

from itertools import permutations

import pytest

from ledger.domain.merging import MERGE
from ledger.domain.usage import Row, Usage, counting, sum_of
from tests.domain.usages import B, told, usage


def test_a_sum_comes_back_from_its_row() -> None:
    assert sum_of(told().row()) == told()


@pytest.mark.parametrize(
    "row",
    [
        (("2026-03-01",), told().row()[1]),
        (told().row()[0], told().row()[1][:-1]),
        told(nusd=-1).row(),
        told(cache_read=None).row(),
        told(calls=20_001).row(),
        told(calls_unpriced=4).row(),
        told(calls_placeholder=4).row(),
        told(at="2026-03-01T09:00:00").row(),
        told(at="2026-03-02T09:00:00+00:00").row(),
        told(at="yesterday").row(),
    ],
)
def test_a_row_that_adds_up_to_nothing_sensible_is_refused(row: Row) -> None:
    with pytest.raises(ValueError, match=r"."):
        sum_of(row)


def test_the_newest_sums_of_a_session_replace_the_earlier_ones_whole() -> None:
    first, later = usage("s1", told(), told(commit=B)), usage("s1", told(commit=B), hours=1)
    assert MERGE[Usage](first, later) == MERGE[Usage](later, first) == later


def test_of_clones_that_tell_of_one_session_the_fullest_counts_in_any_order() -> None:
    rows = [usage("s1", clone="c1"), usage("s1", told(calls=4), clone="c2"), usage("s2", clone="c3")]
    for order in permutations(rows):
        assert {each.clone_id for each in counting(order, ())} == {"c2", "c3"}
    assert [each.clone_id for each in counting(rows, ("s1",))] == ["c3"]
