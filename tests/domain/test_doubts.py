"""What is uncertain is said, each thing with its remedy, and what is certain is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ledger.domain.doubts import doubts
from ledger.domain.explanation import Explanation
from ledger.domain.session_facts import SessionWrite
from tests.domain.building import (
    at,
    branch,
    call,
    commit,
    commit_call,
    credit,
    diff,
    history,
    made_on,
    request,
    run,
    target,
)
from tests.domain.explaining import LATER, explained


def sure() -> Explanation:
    """A change about which nothing is uncertain."""
    facts = history(
        commit("a", hours=1, subject="fix: a gate"),
        tips=[target("a")],
        contributions=[credit("a")],
        diffs=[diff("a")],
        calls=[replace(call("x", 0), role="implement")],
        seen=[made_on("a", "main", "s1")],
        runs=[run("a", 2)],
    )
    return explained(facts)


def said(found: Explanation) -> list[str]:
    return [doubt.what for doubt in doubts(found)]


def changed(**fields: Any) -> list[str]:
    found = sure()
    return said(replace(found, change=replace(found.change, **fields)))


def test_where_all_is_certain_nothing_is_said() -> None:
    assert said(sure()) == []


def test_a_cost_that_is_unknown_is_not_zero() -> None:
    found = sure()
    silent = replace(found, charges=(), change=replace(found.change, cost_known="none"))
    assert said(silent) == ["No call is known of it: its cost is unknown, not zero."]


def test_calls_without_a_price_are_in_the_logs_that_were_read_and_cost_not_zero() -> None:
    found = sure()
    rows = tuple(replace(row, nusd=0, calls_unpriced=row.calls, role_evidence="inferred") for row in found.charges)
    told = doubts(replace(found, charges=rows, change=replace(found.change, cost_known="none")))
    assert [doubt.what for doubt in told] == [
        "None of its calls has a known price: its cost is unknown, not zero.",
        "1 call without a known price.",
        "1 call in a role that is inferred from what the session did: implement.",
    ]
    assert not any("ledger update" in doubt.remedy for doubt in told)


def test_a_lower_bound_says_whose_calls_are_missing() -> None:
    found = sure()
    more = replace(found, contributions=(*found.contributions, replace(credit("a", "gpt"), role="review")))
    partial = replace(more, change=replace(more.change, cost_known="partial"))
    assert said(partial) == ["Its cost is a lower bound: calls of gpt are missing or have no price."]


def test_calls_without_price_or_output_are_counted() -> None:
    found = sure()
    (row,) = found.charges
    rows = (replace(row, calls=3, calls_unpriced=2, calls_placeholder=1),)
    assert said(replace(found, charges=rows)) == [
        "2 calls without a known price.",
        "1 call has a placeholder for output: cost is a lower bound.",
    ]


def test_weak_rules_ambiguous_shares_and_inferred_roles_are_said_with_their_sums() -> None:
    found = sure()
    (row,) = found.charges
    rows = tuple(
        replace(row, rule=rule, role=role, role_evidence=told)
        for rule, role, told in (
            ("next-commit", "implement", "explicit"),
            ("branch (ambiguous)", "scout", "inferred"),
            ("printed-id", "", ""),
        )
    )
    told = said(replace(found, charges=rows))
    cost = "$0.001 (1 call)"
    assert told == [
        f"{cost} booked by a weak rule: the next commit on the branch within 24 hours.",
        f"{cost} booked by inference: the change of the branch that the work was on.",
        f"{cost} is this change's share of calls that other changes have an equal claim to.",
        f"{cost} in a role that is inferred from what the session did: scout.",
        f"{cost} in no known role.",
    ]


def test_the_real_rules_are_known_by_name() -> None:
    commits, tips = (commit("0"), commit("a", "0", 30)), [target("0"), branch("a", "x")]
    wrote = [SessionWrite(session="s1", path="elsewhere", at=at(29))]
    calls = [call("x", 29, branch="x")]
    facts = history(*commits, tips=tips, calls=calls, contributions=[credit("a")], session_writes=wrote)
    assert any("the next commit on the branch" in what for what in said(explained(facts)))
    told = history(*commits, tips=tips, calls=[call("x", 31, branch="x")], session_commits=[commit_call(1, 2)],
                   contributions=[credit("a")])  # fmt: skip
    assert any("the branch that the work was on" in what for what in said(explained(told)))


def test_contradictions_and_silence_about_models_are_said() -> None:
    found = sure()
    other = replace(credit("a", "gpt"), evidence="journal")
    nameless = replace(credit("a", None), evidence="author")
    assert said(replace(found, contributions=(*found.contributions, other))) == [
        "Who did implement a is contradicted: gpt (journal) and opus (trailer). The surest counts."
    ]
    assert said(replace(found, contributions=(nameless,))) == ["A contribution names its agent, but no model."]
    assert changed(lead_model=None, lead_evidence="mixed")[0].startswith("Which model led is not known: several")
    assert changed(lead_model=None) == ["Which model led is not known."]
    assert changed(lead_evidence="charges")[0].startswith("Which model led is inferred from what was paid")


def test_what_the_outcome_rests_on_is_said() -> None:
    assert changed(is_verified=None) == ["No test run is known on what landed, so it is neither verified nor not."]
    assert changed(basis="request", is_forge_known=False)[0].startswith("The forge was not heard about its request")
    assert changed(type_source="paths") == ["Its task type is inferred by a weak rule (paths)."]
    assert changed(durable_at=LATER.replace(year=2027)) == ["It is too young to be called durable before 2027-04-30."]
    assert said(replace(sure(), outcome="unknown")) == ["Git alone cannot tell what became of it."]


def test_where_the_forge_and_the_target_say_different_things_both_are_told() -> None:
    closed = request(7, head="x", closed=5, described=6)
    facts = history(
        commit("a"), commit("x", "a", 1), commit("m", "a x", 4, number=7), tips=[target("m")], requests=[closed],
        contributions=[credit("x")],
    )  # fmt: skip
    told = said(explained(facts))
    assert any("was closed unmerged on 2026-03-01; its commits stand on the target" in what for what in told)
    alone = explained(history(commit("x"), requests=[closed], contributions=[credit("x")]))
    named = replace(alone, named=(commit("t", "a", 4, number=7),))
    assert not any("names its request" in what for what in said(alone))
    assert any(
        what.startswith("The commit t names its request, but the forge says that it was closed") for what in said(named)
    )


def test_a_part_that_was_reverted_is_told() -> None:
    facts = history(
        commit("a"), commit("x", "a", 1), commit("y", "x", 2), commit("m", "a y", 3, merged="feat"),
        tips=[target("m")], contributions=[credit("x")],
    )  # fmt: skip
    found = explained(facts)
    revert = commit("r", "m", 4, reverts=("x",))
    words = "Reverts name 1 of its 2 commits: a part is no revert of the change."
    assert words in said(replace(found, reverts=(revert,)))
    assert words not in said(replace(found, reverts=(replace(revert, reverts=("m",)),)))
    assert words not in said(replace(found, reverts=(replace(revert, reverts=("x", "y")),)))


def test_commits_that_are_gone_are_counted() -> None:
    found = sure()
    ((row, commit_),) = found.commits
    assert said(replace(found, commits=((row, commit_), (row, None), (row, None)))) == [
        "2 commits of it were rewritten away before being read: who took part in them is not known."
    ]


def test_a_request_that_is_open_is_no_doubt_of_its_outcome() -> None:
    facts = history(commit("a"), requests=[request(7, head="a")], contributions=[credit("a")])
    told = said(explained(facts, at(24)))
    assert not any("outcome" in what or "Git alone" in what for what in told)


def test_a_claim_that_does_not_count_asks_for_no_calls() -> None:
    found = sure()
    claims = (*found.contributions, replace(credit("a", "gpt"), evidence="footer"))
    other = replace(credit("a", None), evidence="author")
    partial = replace(found, contributions=(*claims, other), change=replace(found.change, cost_known="partial"))
    assert said(partial) == [
        "Its cost is a lower bound: calls are missing or have no price.",
        "Who did implement a is contradicted: opus (trailer) and claude-code (author) and gpt (footer). "
        "The surest counts.",
    ]
