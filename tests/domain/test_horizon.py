"""Old history is left out without cutting a path through what is looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.horizon import beyond


def test_people_s_years_before_are_left_out() -> None:
    assert beyond([("a", []), ("b", ["a"]), ("c", ["b"])]) == {"a", "b", "c"}


def test_a_clock_set_back_cuts_no_path() -> None:
    """`late` says that it is old, but what it follows is young: without it nothing before would count as landed."""
    assert beyond([("a", []), ("late", ["young"]), ("after", ["late", "a"])]) == {"a"}


def test_where_history_begins_in_the_middle_it_stays() -> None:
    assert beyond([("a", ["never read"]), ("b", ["a"])]) == frozenset()


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, list[str]], set[str]]:
    count = draw(st.integers(0, 14))
    parents = {
        str(n): draw(st.lists(st.integers(0, n - 1).map(str), max_size=2, unique=True) if n else st.just([]))
        for n in range(count)
    }
    return parents, {oid for oid in parents if draw(st.booleans())}


@given(histories())
def test_what_is_left_out_is_old_all_the_way_down_and_all_of_that(made: tuple[dict[str, list[str]], set[str]]) -> None:
    parents, old = made
    wanted = set[str]()
    for oid, above in parents.items():  # parents come first
        if oid in old and wanted.issuperset(above):
            wanted.add(oid)
    assert beyond((oid, parents[oid]) for oid in old) == wanted
