"""What is measured of how a change was worked on, and what of it nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.practice import (
    ASIDE,
    HABITS,
    Measure,
    Worked,
    age,
    commits,
    files,
    has_tests,
    labels,
    lines,
    review,
    rewrites,
)
from tests.domain.building import at, commit, diff, edge
from tests.domain.policing import review as model_review
from tests.domain.working import request, reviewed, worked

ONE, TWO = commit("a", hours=1, subject="one"), commit("b", "a", 4, "two")
SQUASH = commit("s", "m", 50, "all (#1)")
LANDED = {"landed_oid": "s", "landed_by": "squash"}


def measured(found: Worked) -> dict[str, Measure]:
    return {habit.name: habit.measure(found) for habit in HABITS}


def test_a_change_of_two_commits() -> None:
    assert measured(worked(ONE, TWO, seen=frozenset({"hook"}), request=request(labels=("bug",)))) == {
        "size": 20,
        "files": 3,
        "tests": 0,
        "age": 9,
        "commits": 2,
        "rewrites": 0,
        "review": ASIDE,
        "labels": 1,
    }


def test_of_what_was_only_told_nothing_is_known() -> None:
    found = measured(worked())
    assert {name for name, value in found.items() if value is None} == set(found) - {"review"}


def test_a_squash_changes_no_measure_of_its_commits() -> None:
    """Else what was accepted would look smaller than what was not."""
    plain, squashed = worked(ONE, TWO), worked(ONE, TWO, SQUASH, change=LANDED)
    assert measured(plain) == measured(squashed)


def test_a_squash_alone_hides_how_it_came_to_be() -> None:
    found = worked(SQUASH, change=LANDED)
    assert (lines(found), files(found)) == (10, 2)
    assert (commits(found), age(found)) == (None, None)
    assert commits(replace(found, request=request(commits=("a", "b", "c")))) == 3


def test_copies_that_a_rebase_left_are_one_commit() -> None:
    copies = [replace(row, oid=f"{row.oid}2", committed_at=at(40)) for row in (ONE, TWO)]
    found = worked(ONE, TWO, *copies, change={"landed_by": "rebase", "landed_oid": "b2"})
    assert (commits(found), lines(found), age(found)) == (2, 20, 9)


def test_of_two_copies_the_one_with_a_diff_speaks() -> None:
    found = worked(ONE, replace(ONE, oid="z"))
    assert lines(replace(found, diffs={"z": diff("z", 7)})) == 7


def test_a_merge_is_no_work() -> None:
    assert commits(worked(ONE, TWO, commit("m", "x b", 20))) == 2


def test_lines_fall_back_on_what_landed_and_files_do_not() -> None:
    known = worked(ONE, TWO, change={"added": 30, "deleted": 2})
    found = replace(known, diffs={"a": diff("a")})
    assert (lines(found), files(found), has_tests(found)) == (32, None, None)


def test_commits_that_the_forge_lists_and_nobody_read_leave_the_size_open() -> None:
    found = worked(ONE, request=request(commits=("a", "unread")))
    assert (lines(found), files(found), commits(found)) == (None, None, 2)


@pytest.mark.parametrize(("kinds", "value"), [(("source",), 0), (("source", "test"), 1), (("docs",), ASIDE)])
def test_tests_are_asked_for_where_source_changed(kinds: tuple[str, ...], value: Measure) -> None:
    made = replace(diff("a"), kinds=tuple((kind, 3) for kind in kinds))
    assert has_tests(replace(worked(ONE), diffs={"a": made})) == value


def test_a_kind_without_a_changed_line_is_none() -> None:
    assert has_tests(replace(worked(ONE), diffs={"a": replace(diff("a"), kinds=(("source", 3), ("test", 0)))})) == 0


def test_a_branch_is_as_old_as_its_last_commit() -> None:
    """That it was silent for two weeks is why it counts as abandoned, not how it was worked on."""
    assert age(worked(ONE, TWO, change={"basis": "branch"})) == 3
    assert review(worked(ONE, TWO, change={"basis": "branch"}, events=[reviewed(12)])) == ASIDE


def test_a_request_that_was_opened_before_its_commits_is_of_no_age() -> None:
    assert age(worked(commit("a", hours=30))) == 0


def test_a_commit_that_was_rewritten_away_began_the_branch() -> None:
    """It is not counted beside what it became."""
    found = worked(TWO, former=[ONE])
    assert (age(found), commits(found), lines(found)) == (9, 1, 10)


def test_a_merge_of_older_work_did_not_begin_it() -> None:
    assert age(worked(commit("m", "x y", 0), ONE, TWO)) == 9


def test_rewrites_count_each_edge_and_only_amends_and_rebases() -> None:
    edges = [edge("x", "y"), edge("y", "a", "rebase"), edge("y", "a", "rebase"), edge("a", "s", "squash")]
    assert rewrites(worked(ONE, rewrites=edges)) == 2


def test_the_rebase_by_which_it_landed_is_no_habit() -> None:
    found = worked(ONE, change={"landed_by": "rebase"}, rewrites=[edge("x", "a", "rebase"), edge("w", "x")])
    assert rewrites(found) == 1


def test_a_rebase_before_the_one_by_which_it_landed_is_one() -> None:
    found = worked(ONE, former=[TWO], change={"landed_by": "rebase"}, rewrites=[edge("x", "b", "rebase")])
    assert rewrites(found) == 1


@pytest.mark.parametrize(("seen", "value"), [((), None), (("scan",), None), (("reflog", "scan"), 0)])
def test_no_rewrite_is_only_known_where_somebody_watched(seen: tuple[str, ...], value: Measure) -> None:
    assert rewrites(worked(ONE, seen=frozenset(seen))) == value


@pytest.mark.parametrize(
    ("hours", "value"),
    [((), ASIDE), ((12,), 2), ((30, 13), 3), ((9,), ASIDE), ((51,), ASIDE), ((9, 51, 50), 40), ((10,), 0)],
)
def test_the_first_review_between_opening_and_end_counts(hours: tuple[float, ...], value: Measure) -> None:
    assert review(worked(ONE, events=[reviewed(hour) for hour in hours])) == value


def test_a_model_s_review_counts_where_its_time_is_known() -> None:
    dated = replace(model_review("gpt-5.4"), reviewed_at=at(11))
    assert review(worked(ONE, events=[reviewed(20)], reviews=[dated])) == 1
    assert review(worked(ONE, reviews=[replace(dated, is_dated=False)])) == ASIDE
    assert review(worked(ONE, events=[replace(reviewed(20), kind="closed")])) == ASIDE


def test_labels_that_no_description_told_are_unknown() -> None:
    assert labels(worked(request=request(labels=("a", "b")))) == 2
    assert labels(worked(request=request())) == 0
    assert labels(worked(request=request(earlier=(("labels", ""),)))) is None
    assert labels(worked()) is None
