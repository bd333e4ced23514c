"""Each outcome is told with its evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.git_facts import Commit
from ledger.domain.verdicts import how_it_stands, why
from tests.domain.building import at, branch, commit, credit, history, made_on, request, run, target
from tests.domain.explaining import LATER, explained


def reason(*commits: Commit, hours: float = 24 * 60, **facts: Any) -> tuple[str, str]:
    found = explained(history(*commits, contributions=[credit("a")], **facts), at(hours))
    return found.outcome, why(found.change, found.outcome, found.request)


def test_a_direct_commit_is_accepted_by_construction() -> None:
    assert reason(commit("a"), tips=[target("a")]) == (
        "accepted",
        "the commit a was made on the target branch itself, which accepts it by construction",
    )


def test_a_merge_a_squash_and_a_fast_forward_are_told_apart() -> None:
    base = commit("0")
    merged = reason(base, commit("a", "0", 1), commit("m", "0 a", 2, merged="x"), tips=[target("m")])
    assert merged == ("accepted", "the merge m brought its commits to the target branch")
    forward = reason(base, commit("a", "0", 1), tips=[target("a")], seen=[made_on("a", "x")])
    assert forward == ("accepted", "the target branch was moved forward to its last commit, a")
    squashed = reason(base, commit("a", "0", 1), commit("s", "0", 2, number=7), tips=[target("s")],
                      requests=[request(7, head="a", merged=2, merge_oid="s")])  # fmt: skip
    assert squashed == ("accepted", "the commit s on the target branch is its squash")


def test_the_forge_s_word_is_told_where_git_has_none() -> None:
    assert reason(commit("a"), requests=[request(7, head="a", merged=2)])[1] == "the forge says that it was merged"
    rejected = reason(commit("a"), requests=[request(7, head="a", closed=2)])
    assert rejected == ("rejected", "the forge says that its request was closed unmerged on 2026-03-01")


@pytest.mark.parametrize(
    ("hours", "draft", "said"),
    [
        (24, False, ("open", "the forge says that its request is open")),
        (24, True, ("open", "its request is a draft")),
        (24 * 20, False, ("stale", "its request has been undecided since 2026-03-01, for more than 14 days")),
    ],
)
def test_an_undecided_request(hours: float, draft: bool, said: tuple[str, str]) -> None:
    asked = replace(request(7, head="a"), is_draft=draft)
    assert reason(commit("a"), hours=hours, requests=[asked]) == said


def test_a_branch_without_a_landing() -> None:
    commits, tips = (commit("0"), commit("a", "0", 1)), [target("0"), branch("a", "x")]
    assert (
        reason(*commits, tips=tips, hours=24)[1] == "its branch landed nowhere so far, and was worked on within 14 days"
    )
    abandoned = reason(*commits, tips=tips)
    assert abandoned == ("abandoned", "its branch landed nowhere and had no commit for 14 days, until 2026-03-15")
    assert reason(*commits, tips=tips, is_forge=True)[0] == "unknown"


def test_how_an_accepted_change_stands() -> None:
    facts = history(commit("a"), tips=[target("a")], contributions=[credit("a")], runs=[run("a", 1)])
    change = explained(facts).change
    assert how_it_stands(change, "accepted", at(24)) == "verified; too young to be called durable"
    assert how_it_stands(change, "accepted", LATER) == "verified; durable: not reverted within 14 days, by 2026-03-15"
    assert how_it_stands(replace(change, is_verified=False), "accepted", LATER).startswith(
        "not verified: a check failed"
    )
    reverted = replace(change, reverted_at=at(48), is_verified=None)
    assert how_it_stands(reverted, "accepted", LATER) == "no run on what landed; reverted 2026-03-03"
    assert how_it_stands(change, "rejected", LATER) == ""
