"""Which changes a commit is part of: its own, those of what it became, those of what was picked from it."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.changes import identify
from ledger.domain.git_facts import Rewrite
from ledger.domain.history import History
from ledger.domain.owned import Owned
from tests.domain.building import branch, commit, diff, history, request, target

LONG = "abcdef0123"


def owned(facts: History) -> Owned:
    return Owned(facts, identify(facts))


def short(changes: tuple[str, ...]) -> list[str]:
    return [change.removeprefix("R/") for change in changes]


def edge(old: str, new: str, kind: str = "rebase") -> Rewrite:
    return Rewrite(repository_id="R", old=old, new=new, kind=kind, evidence="post-rewrite")


def two_branches(*rewrites: Rewrite, **facts: object) -> History:
    return history(
        commit("a"),
        commit("x", "a", 2),
        commit("y", "a", 3),
        commit(LONG, "a", 1),
        tips=[target("a"), branch("x", "one"), branch("y", "two")],
        rewrites=rewrites,
        **facts,
    )


def test_a_commit_is_part_of_the_change_it_is_in() -> None:
    assert short(owned(two_branches()).changes(["x"])) == ["branch:one@x"]
    assert owned(two_branches()).changes([LONG, "unknown"]) == ()


def test_what_became_two_commits_is_part_of_both() -> None:
    facts = two_branches(edge(LONG, "x"), edge(LONG, "y"))
    assert short(owned(facts).changes([LONG])) == ["branch:one@x", "branch:two@y"]


def test_a_cherry_pick_counts_only_where_the_source_landed_nowhere() -> None:
    assert short(owned(two_branches(edge(LONG, "y", "cherry-pick"))).changes([LONG])) == ["branch:two@y"]
    kept = owned(two_branches(edge("x", "y", "cherry-pick")))
    assert short(kept.changes(["x"])) == ["branch:one@x"]
    assert kept.sources(["x", "y"]) == ["x"]


def test_the_copy_of_a_lost_commit_keeps_its_claim() -> None:
    facts = two_branches(edge(LONG, "y", "cherry-pick"))
    lost = replace(facts, rewrites=(*facts.rewrites,))
    assert owned(lost).sources([LONG, "y"]) == [LONG], "they are the same change then"
    assert owned(two_branches()).sources([LONG, "y"]) == [LONG, "y"]


def test_the_patch_id_finds_what_a_lost_commit_landed_as() -> None:
    facts = two_branches(diffs=[diff(LONG, patch="p"), diff("x", patch="p"), diff("y", patch="q")])
    assert short(owned(facts).alike(LONG)) == ["branch:one@x"]
    assert owned(facts).alike("unknown") == ()


def test_a_patch_in_two_changes_names_both_and_an_earlier_one_is_no_copy() -> None:
    both = two_branches(diffs=[diff(LONG, patch="p"), diff("x", patch="p"), diff("y", patch="p")])
    assert short(owned(both).alike(LONG)) == ["branch:one@x", "branch:two@y"]
    assert short(owned(both).alike("y")) == ["branch:two@y"], "x was made before it"


def test_a_commit_without_a_patch_is_like_nothing() -> None:
    facts = two_branches(diffs=[diff(LONG, patch=None), diff("x", patch=None)])
    assert owned(facts).alike(LONG) == ()


def test_a_subject_may_be_a_request_or_a_short_id() -> None:
    facts = history(commit("a"), commit(LONG, "a", 1), tips=[target("a"), branch(LONG, "one")], requests=[request(7)])
    assert short(owned(facts).named("request:7")) == ["request:7"]
    assert short(owned(facts).named("abcdef0")) == short(owned(facts).named(LONG)) == [f"branch:one@{LONG}"]
    assert owned(facts).named("request:8") == owned(facts).named("abcde") == ()


def test_a_subject_that_landed_in_another_form_is_found_by_its_patch() -> None:
    facts = two_branches(diffs=[diff(LONG, patch="p"), diff("x", patch="p")])
    assert short(owned(facts).named(LONG)) == ["branch:one@x"]


def test_every_change_has_its_basis() -> None:
    assert owned(two_branches()).bases == {
        "R/branch:one@x": "branch",
        "R/branch:two@y": "branch",
        "R/commit:a": "trunk",
    }
