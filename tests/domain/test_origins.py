"""What a landed commit was made from."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.origins import Origins
from tests.domain.building import at, branch, commit, diff, edge, history, kept_range, made_on, request, target

ROOT, X, Y = commit("a"), commit("x", "a", 1, "one"), commit("y", "x", 2, "two")


def test_of_ranges_with_the_patch_one_that_stands_is_taken_before_one_that_was_rewritten() -> None:
    facts = history(
        ROOT,
        X,
        commit("z", "a", 1, "one, reworded", committed=1.5),
        commit("s", "a", 3),
        tips=[target("s")],
        ranges=[kept_range("feat", "z", "p"), kept_range("feat", "x", "p")],
        diffs=[diff("s", patch="p")],
        rewrites=[edge("x", "z")],
    )
    assert Origins(facts).squash(["s"], {"a", "s"}) == (["z"], "feat")


def test_a_branch_that_was_made_by_picking_a_commit_is_no_source_of_it() -> None:
    facts = history(
        ROOT,
        commit("s", "a", 1, "it"),
        commit("p", "a", 1, "it", committed=5),
        tips=[target("s"), branch("p", "backport")],
        ranges=[kept_range("backport", "p", "p")],
        diffs=[diff("s", patch="p"), diff("p", patch="p")],
        rewrites=[edge("s", "p", "cherry-pick")],
    )
    assert Origins(facts).squash(["s"], {"a", "s"}) == ([], None)


def test_what_landed_before_is_no_source() -> None:
    facts = history(
        ROOT,
        X,
        commit("s", "a", 3),
        commit("t", "s", 4),
        tips=[target("t")],
        ranges=[kept_range("feat", "x", "p")],
        diffs=[diff("t", patch="p")],
    )
    assert Origins(facts).squash(["t"], {"a", "s", "t", "x"}) == ([], None)


def test_a_copy_has_author_date_and_subject_or_patch_of_its_original() -> None:
    facts = history(
        ROOT,
        X,
        commit("by_other", "a", 1, "one", author="ben"),
        commit("later", "a", 1.5, "one"),
        commit("else", "a", 1, "else"),
        commit("p", "a", 1, "one", committed=5),
        tips=[target("p")],
    )
    assert Origins(facts).copied(facts.commits["p"]) == ["x"]


def test_of_several_originals_that_of_a_branch_that_is_there_comes_first() -> None:
    facts = history(
        ROOT,
        commit("b", "a", 1, "one"),
        X,
        commit("p", "a", 1, "one", committed=5),
        tips=[target("p"), branch("x", "feat")],
        ranges=[kept_range("feat", "b")],
    )
    assert Origins(facts).copied(facts.commits["p"]) == ["x", "b"]


def test_the_branch_of_a_commit_is_where_it_was_made_else_the_smallest_that_holds_it() -> None:
    facts = history(
        ROOT, X, Y, tips=[target("a"), branch("x", "first"), branch("y", "second")], seen=[made_on("y", "third")]
    )
    origins = Origins(facts)
    assert (origins.branch("x"), origins.branch("y"), origins.branch("a")) == ("first", "third", None)


def test_a_request_s_commits_are_those_listed_else_behind_its_head_else_what_that_became() -> None:
    facts = history(
        ROOT,
        X,
        Y,
        commit("z", "a", 2, "two"),
        tips=[target("a"), branch("z", "feat")],
        rewrites=[edge("gone", "z")],
        requests=[
            request(1, head="y", commits="x y unread"),
            request(2, head="y"),
            request(3, head="gone"),
            request(4, head_ref="feat"),
            request(5, head="unread", head_ref="feat"),
        ],
    )
    origins = Origins(facts)
    found = {number: origins.of_request(number, facts.landed) for number in range(1, 6)}
    assert found == {1: ["y", "x"], 2: ["y", "x"], 3: ["z"], 4: ["z"], 5: []}


def test_a_list_of_commits_that_is_older_than_the_head_is_of_an_earlier_head() -> None:
    then = (("commits", at(1).isoformat()),)
    rows = [
        replace(request(1, head="z", commits="x y"), earlier=then),
        request(2, head="z", commits="x y"),
        replace(request(3, head="unread", commits="x y"), earlier=then),
    ]
    facts = history(ROOT, X, Y, commit("z", "a", 2, "two"), tips=[target("a"), branch("z", "feat")], requests=rows)
    origins = Origins(facts)
    found = {number: origins.of_request(number, facts.landed) for number in range(1, 4)}
    assert found == {1: ["z"], 2: ["y", "x"], 3: ["y", "x"]}


def test_kin_are_picked_from_each_other_directly_or_not() -> None:
    facts = history(
        ROOT, X, Y, tips=[target("y")], rewrites=[edge("x", "p", "cherry-pick"), edge("p", "q", "cherry-pick")]
    )
    assert Origins(facts).kin("q") == ["p", "x"]
