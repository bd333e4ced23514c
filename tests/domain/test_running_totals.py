"""A total that falls was begun anew; one that is told late, twice, or beside another did not fall."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.otlp import Point
from ledger.domain.running_totals import Totals


def point(
    at: object, number: object, *, metric: str = "cost", cumulative: bool = True, start: str = "5", **said: str
) -> Point:
    return Point(
        metric=metric,
        attributes={"session.id": "s", **said},
        resource={},
        number=number,
        started_at=start,
        at=str(at),
        is_cumulative=cumulative,
    )


def falls(*points: Point) -> list[str]:
    totals = Totals({})
    return [totals.since(each) for each in points]


def test_what_comes_after_a_fall_is_told_apart_until_the_next_one() -> None:
    rows = [point(1, 0.5), point(2, 0.5), point(3, 0.1), point(4, 0.7), point(5, 0.2)]
    assert falls(*rows) == ["", "", "3", "3", "5"]


def test_a_point_that_is_told_late_or_again_is_no_fall_and_keeps_its_place() -> None:
    rows = [point(1, 1), point(3, 3), point(2, 2), point(4, 1), point(3, 3), point(4, 1), point(9, 2)]
    assert falls(*rows) == ["", "", "", "4", "", "4", "4"]


def test_the_numbers_of_one_total_fall_together_and_those_of_others_apart() -> None:
    both = [point(at, number, metric=name) for at, number in ((1, 8), (2, 3)) for name in ("cost", "tokens")]
    assert falls(*both) == ["", "", "2", "2"]
    assert falls(point(1, 8, type="input"), point(1, 2, type="output")) == ["", ""]
    assert falls(point(1, 8, effort="high"), point(2, 3, effort="low"), point(3, 1, effort="high")) == ["", "", "3"]
    assert falls(point(1, 8), point(2, 3, start="6")) == ["", ""], "that is another total by its own word"


@pytest.mark.parametrize(
    "odd", [point(2, 1, cumulative=False), point("", 1), point("soon", 1), point(2, None), point(2, "x"), point(2, [])]
)
def test_what_is_no_total_or_tells_no_time_or_number_never_falls(odd: Point) -> None:
    assert falls(point(1, 9), odd) == ["", ""]


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3), st.sampled_from("ab")), max_size=12), st.integers(0, 12)
)
def test_a_reading_in_two_goes_sees_what_one_sees(told: list[tuple[int, int, str]], cut: int) -> None:
    rows = [point(at, number, effort=effort) for at, number, effort in told]
    state: dict[str, Any] = {}
    first = [Totals(state).since(each) for each in rows[:cut]]
    state = json.loads(json.dumps(state))
    assert [*first, *(Totals(state).since(each) for each in rows[cut:])] == falls(*rows)


def test_of_very_many_totals_the_ones_told_longest_ago_are_forgotten() -> None:
    state: dict[str, Any] = {}
    totals = Totals(state)
    for number in range(1001):
        totals.since(point(1, 5, effort=str(number)))
    assert len(state) == 1000
    assert totals.since(point(2, 1, effort="0")) == ""
    assert totals.since(point(2, 1, effort="1000")) == "2"
