"""Commits that are one piece of work, where nothing told so."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.git_facts import Commit, CommitDiff, Rewrite
from ledger.domain.history import History
from ledger.domain.twins import successors, twins
from tests.domain.building import branch, commit, diff, target


def known(*commits: Commit) -> dict[str, Commit]:
    return {each.oid: each for each in commits}


def patches(**patch: str) -> dict[str, CommitDiff]:
    return {oid: diff(oid, patch=text) for oid, text in patch.items()}


OLD = commit("old", "r", 1, "fix: x")
NEW = commit("new", "m", 1, "fix: x")


def test_author_date_and_subject_survive_a_rebase_with_a_conflict() -> None:
    assert list(successors(["old"], ["new"], known(OLD, NEW), patches(old="p", new="q"))) == [("old", "new")]


def test_a_reworded_commit_is_found_by_its_patch() -> None:
    reworded = replace(NEW, subject="fix: better")
    assert list(successors(["old"], ["new"], known(OLD, reworded), patches(old="p", new="p"))) == [("old", "new")]
    assert list(successors(["old"], ["new"], known(OLD, reworded), patches(old="p", new="q"))) == []
    assert list(successors(["old"], ["new"], known(OLD, reworded), {})) == []


def test_another_author_or_second_is_another_commit() -> None:
    for other in (replace(NEW, author="ben"), commit("new", "m", 2, "fix: x")):
        assert list(successors(["old"], ["new"], known(OLD, other), patches(old="p", new="p"))) == []


def test_what_fits_two_commits_fits_none() -> None:
    third = replace(NEW, oid="third")
    assert list(successors(["old"], ["new", "third"], known(OLD, NEW, third), {})) == []


def test_merges_are_nobody_s_successors() -> None:
    merge = replace(NEW, parents=("a", "b"))
    assert list(successors(["old"], ["new"], known(OLD, merge), {})) == []
    assert list(successors(["new"], ["old"], known(OLD, merge), {})) == []


def test_of_copies_the_one_committed_first_is_the_source() -> None:
    copy = replace(NEW, committed_at=commit("x", hours=5).committed_at)
    assert list(twins(["new", "old"], known(OLD, copy), patches(old="p", new="p"))) == [("old", "new")]
    assert list(twins(["new", "old"], known(OLD, copy), patches(old="p", new="q"))) == []
    assert list(twins(["new", "old"], known(OLD, copy), {})) == []


# -- what a history makes of it ----------------------------------------------------------------------------------------


def edge(old: str, new: str, kind: str = "amend") -> Rewrite:
    return Rewrite(repository_id="R", old=old, new=new, kind=kind, evidence="post-rewrite")


ROOT = commit("r")


def history(*tips: str, rewrites: tuple[Rewrite, ...] = (), commits: tuple[Commit, ...] = (ROOT, OLD, NEW)) -> History:
    places = (target("r"), *(branch(oid, f"b{oid}") for oid in tips))
    return History(repository_id="R", is_forge=False, commits=known(*commits), tips=places, rewrites=rewrites)


def test_a_commit_that_no_branch_leads_to_became_its_twin() -> None:
    assert history("new").latest("old") == ("new",)
    assert history("new", "old").latest("old") == ("old",)


def test_a_rewrite_that_was_taken_back_counts_no_more() -> None:
    rewritten = (edge("old", "new"),)
    assert history("new", rewrites=rewritten).latest("old") == ("new",)
    back = history("old", rewrites=rewritten)
    assert back.latest("old") == ("old",)
    assert back.latest("new") == ("new",)  # it is no former self of what it was made from


def test_a_branch_kept_as_a_copy_does_not_hold_its_commits_back() -> None:
    assert history("old", "new", rewrites=(edge("old", "new"),)).latest("old") == ("new",)


def test_of_a_chain_the_last_that_is_still_there_counts() -> None:
    third = commit("third", "r", 3, "other")
    chain = (edge("old", "new"), edge("new", "third"))
    everything = (ROOT, OLD, NEW, third)
    assert history("third", rewrites=chain, commits=everything).latest("old") == ("third",)
    assert history("new", rewrites=chain, commits=everything).latest("old") == ("new",)
    assert history(rewrites=chain, commits=everything).latest("old") == ("third",)


def test_a_circle_ends() -> None:
    assert history(rewrites=(edge("old", "new"), edge("new", "old"))).latest("old") == ()


def test_picks_are_copies_and_no_successors() -> None:
    picked = history("old", "new", rewrites=(edge("old", "new", "cherry-pick"),))
    assert picked.latest("old") == ("old",)
    assert picked.copies == {"old": ("new",)}
