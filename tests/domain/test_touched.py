"""Which branches' ranges are kept, and whose diffs are read."""

from __future__ import annotations

from ledger.domain.touched import touched_commits, wanted_branches, wanted_diffs
from tests.domain.building import branch, commit, credit, diff, edge, history, kept_range, made_on, request_ref, target

ROOT, X, Y = commit("a"), commit("x", "a", 1, "one"), commit("y", "x", 2, "two")
BY_MODEL = [credit("x")]


def test_branches_that_hold_a_model_s_commit_and_did_not_land_are_kept() -> None:
    facts = history(
        ROOT,
        X,
        commit("z", "a", 2),
        tips=[target("a"), branch("x", "feat"), branch("z", "human"), branch("a", "stale")],
        contributions=BY_MODEL,
    )
    assert wanted_branches(facts, touched_commits(facts)) == [("feat", "x")]


def test_so_is_the_head_of_a_request_under_its_number() -> None:
    facts = history(ROOT, X, tips=[target("a"), request_ref(7, "x")], contributions=BY_MODEL)
    assert wanted_branches(facts, {"x"}) == [("refs/pull/7/head", "x")]


def test_one_that_is_kept_is_not_wanted_again() -> None:
    facts = history(ROOT, X, tips=[target("a"), branch("x", "feat")], ranges=[kept_range("feat", "x")])
    assert wanted_branches(facts, {"x"}) == []


def test_a_branch_that_was_deleted_before_it_was_posted_is_known_by_where_its_commits_were_made() -> None:
    facts = history(ROOT, X, Y, tips=[target("a")], seen=[made_on("x", "feat"), made_on("y", "feat")])
    assert wanted_branches(facts, {"x"}) == [("feat", "y")]


def test_what_became_another_commit_or_was_made_on_the_target_is_no_lost_branch() -> None:
    facts = history(
        ROOT,
        X,
        commit("z", "a", 1, "one", committed=3),
        commit("t", "a", 4),
        tips=[target("a"), branch("z", "feat")],
        seen=[made_on("x", "feat"), made_on("t", "main")],
        rewrites=[edge("x", "z")],
        ranges=[kept_range("feat", "z")],
    )
    assert wanted_branches(facts, {"x", "z", "t"}) == []


def test_diffs_are_read_of_touched_commits_and_of_what_may_be_a_squash_of_a_kept_branch() -> None:
    facts = history(
        commit("old"),
        commit("a", "old", 0.5),
        X,
        commit("s", "a", 3),
        commit("m", "a s", 4),
        tips=[target("m")],
        ranges=[kept_range("feat", "x", "p")],
        contributions=BY_MODEL,
    )
    assert wanted_diffs(facts, touched_commits(facts)) == ["s", "x"]


def test_a_diff_that_was_read_is_not_read_again() -> None:
    facts = history(ROOT, X, tips=[target("a"), branch("x", "feat")], contributions=BY_MODEL, diffs=[diff("x")])
    assert wanted_diffs(facts, touched_commits(facts)) == []
