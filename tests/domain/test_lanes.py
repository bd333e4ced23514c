"""In which order commits of several targets came, by clocks some of which are wrong."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.lanes import came_at
from tests.domain.building import at


def lane(**hours: float) -> list[tuple[str, datetime]]:
    return [(oid, at(hour)) for oid, hour in hours.items()]


def test_where_clocks_are_right_each_commit_came_when_it_says() -> None:
    found = came_at([lane(a=0, b=2, c=6), lane(r=4)], ())
    assert found == {"a": at(0), "b": at(2), "c": at(6), "r": at(4)}


def test_a_date_far_ahead_delays_nothing_that_follows() -> None:
    found = came_at([lane(a=0, ahead=999, b=2, c=3)], ())
    assert (found["ahead"], found["b"], found["c"]) == (at(0), at(2), at(3))


def test_a_clock_set_back_pulls_nothing_back() -> None:
    found = came_at([lane(a=0, b=5, back=-999, c=6)], ())
    assert (found["b"], found["back"], found["c"]) == (at(5), at(5), at(6))


def test_a_pick_came_after_its_source_and_so_did_what_follows_it() -> None:
    found = came_at([lane(a=0, fix=8, b=9), lane(pick=3, r=4), lane(again=1)], [("pick", "again"), ("fix", "pick")])
    assert at(8) < found["pick"] < found["again"]
    assert found["pick"] <= found["r"] < at(9)


def test_picks_in_a_circle_end() -> None:
    found = came_at([lane(a=0), lane(b=0)], [("a", "b"), ("b", "a"), ("unknown", "a")])
    assert set(found) == {"a", "b"}


@given(
    st.lists(st.lists(st.integers(-9, 9), max_size=8), max_size=3),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))),
)
def test_no_lane_is_ever_turned_around(hours: list[list[int]], pairs: list[tuple[int, int]]) -> None:
    lanes = [[(f"{name}{place}", at(hour)) for place, hour in enumerate(row)] for name, row in enumerate(hours)]
    oids = [oid for row in lanes for oid, _ in row]
    picks = [(oids[old % len(oids)], oids[new % len(oids)]) for old, new in pairs] if oids else []
    found = came_at(lanes, picks)
    assert set(found) == set(oids)
    for row in lanes:
        dates = [found[oid] for oid, _ in row]
        assert dates == sorted(dates)
