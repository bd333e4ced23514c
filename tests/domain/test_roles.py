"""The role of a call: what was said, in its order, and the written rules after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.attribution import Booking
from ledger.domain.facts import Contribution, RoleRule, Tag, Use
from ledger.domain.history import History
from ledger.domain.roles import Roles
from ledger.domain.session_facts import Call, SessionReview, SessionWrite, Subagent
from tests.domain.building import HOME, START, at, call, commit, commit_call, credit, history

WROTE = SessionWrite(session="s1", path="p", at=START)


def role(facts: History, made: Call, *said: Contribution) -> tuple[str, str]:
    return Roles(facts, {"c": said}).role(Booking(made, ("c",), "branch"))


def known(**facts: Any) -> History:
    return history(commit("a"), **facts)


def use(word: str, started: float = 0, until: float = 9) -> Use:
    return Use(
        repository_id="R",
        worktree=HOME,
        started_at=at(started),
        until=at(until),
        branch="",
        agent="",
        model_raw="opus",
        role=word,
        task_type="",
    )


def mapped(pattern: str, word: str) -> RoleRule:
    return RoleRule(repository_id="R", clone_id="c", pattern=pattern, role=word, at=START)


def run_of(name: str = "", *, has_written: bool = False) -> Subagent:
    return Subagent(session="s1", id="a1", name=name, has_written=has_written, at=START)


def verdict(session: str = "s1", subagent: str = "") -> SessionReview:
    return SessionReview(id="r", session=session, subagent=subagent, directory=HOME, at=at(2), request_number=7)


def test_each_kind_of_word_yields_to_the_one_before_it() -> None:
    made = replace(call("k", 1), agent_name="code-reviewer", role="scout")
    facts = known(uses=[use("implement")], role_rules=[mapped("code-*", "implement")], session_writes=[WROTE])
    assert role(facts, made, credit("a", role="review")) == ("review", "contribution")
    assert role(facts, made) == ("implement", "explicit")
    assert role(replace(facts, uses=()), made) == ("implement", "name")
    assert role(replace(facts, uses=(), role_rules=()), made) == ("scout", "explicit")
    bare = replace(facts, uses=(), role_rules=())
    assert role(bare, replace(made, role="")) == ("review", "name")
    assert role(bare, replace(made, role="", agent_name="general-purpose"), credit("a")) == (
        "implement",
        "contribution",
    )
    assert role(bare, replace(made, role="", agent_name="general-purpose")) == ("implement", "inferred")


def test_what_a_person_said_of_the_session_comes_before_every_other_word() -> None:
    made = replace(call("k", 1), agent_name="code-reviewer", role="scout")
    facts = known(uses=[use("review")], role_rules=[mapped("code-*", "review")], session_writes=[WROTE])
    told = Tag(repository_id="R", subject="session:s1", name="role", text="implement", at=at(5))
    assert role(replace(facts, tags=(told,)), made, credit("a", role="review")) == ("implement", "explicit")
    assert role(replace(facts, tags=(replace(told, subject="session:s2"),)), made) == ("review", "explicit")


def test_a_tag_without_an_agent_is_about_every_agent() -> None:
    told = replace(credit("request:7", role="review", agent=""), evidence="tag")
    assert role(known(session_writes=[WROTE]), call("k", 1), credit("a"), told) == ("review", "contribution")
    elsewhere = replace(told, agent="codex")
    assert role(known(session_writes=[WROTE]), call("k", 1), credit("a"), elsewhere) == ("implement", "contribution")


def test_an_agent_is_the_same_by_each_of_its_names() -> None:
    made = replace(call("k", 1), agent="copilot-cli")
    both = credit("a", role="review", agent="copilot"), credit("a", agent="codex")
    assert role(known(), made, *both) == ("review", "contribution")


def test_who_assisted_with_a_commit_may_have_scouts_and_reviewers_of_its_own() -> None:
    facts = known(session_writes=[WROTE])
    assert role(facts, replace(call("k", 1), agent_name="Explore"), credit("a")) == ("scout", "name")
    assert role(facts, call("k", 1), credit("a")) == ("implement", "contribution")


def test_two_roles_said_of_one_model_decide_nothing() -> None:
    both = credit("a"), credit("b", role="review")
    assert role(known(session_writes=[WROTE]), call("k", 1), *both) == ("implement", "inferred")
    assert role(known(), call("k", 1), *both) == ("scout", "inferred")


def test_of_two_agents_with_one_model_each_has_what_is_said_of_it() -> None:
    both = credit("a"), credit("a", role="review", agent="codex")
    assert role(known(), call("k", 1), *both) == ("implement", "contribution")
    assert role(known(), replace(call("k", 1), agent="codex"), *both) == ("review", "contribution")
    assert role(known(), replace(call("k", 1), agent="aider"), both[1]) == ("review", "contribution")


def test_a_tag_corrects_the_trailer_and_a_declaration() -> None:
    tag = replace(credit("a"), evidence="tag")
    trailer = credit("a", role="review")
    facts = known(uses=[use("review")])
    assert role(facts, call("k", 1), trailer) == ("review", "contribution")
    assert role(facts, call("k", 1), trailer, tag) == ("implement", "contribution")
    assert role(facts, call("k", 1), credit("a"), replace(tag, role="scout")) == ("scout", "contribution")


def test_a_declaration_holds_in_its_worktree_and_time_only() -> None:
    facts = known(uses=[use("review", 1, 3)])
    assert role(facts, call("k", 2)) == ("review", "explicit")
    assert role(facts, call("k", 3)) == ("scout", "inferred")
    assert role(facts, call("k", 2, directory="/elsewhere")) == ("scout", "inferred")


def test_who_wrote_or_committed_implements_and_who_did_neither_scouts() -> None:
    assert role(known(session_writes=[WROTE]), call("k", 1)) == ("implement", "inferred")
    assert role(known(session_commits=[commit_call(1, 2)]), call("k", 1)) == ("implement", "inferred")
    assert role(known(), call("k", 1)) == ("scout", "inferred")


def test_a_subagent_is_judged_by_what_it_wrote_itself() -> None:
    reader = replace(call("k", 1), subagent="a1", is_subagent=True)
    assert role(known(session_writes=[WROTE]), reader) == ("scout", "inferred")
    assert role(known(session_writes=[WROTE], subagents=[run_of(has_written=True)]), reader) == (
        "implement",
        "inferred",
    )


def test_a_subagent_has_the_name_that_the_session_which_started_it_says() -> None:
    reader = replace(call("k", 1), subagent="a1", is_subagent=True)
    assert role(known(subagents=[run_of("code-reviewer")]), reader) == ("review", "name")
    rules = [mapped("code-reviewer", "scout")]
    assert role(known(subagents=[run_of("code-reviewer")], role_rules=rules), reader) == ("scout", "name")
    assert role(known(subagents=[run_of("code-reviewer")]), replace(reader, session="s2")) == ("scout", "inferred")


@pytest.mark.parametrize("name", ["/review", "/security-review", "/code-review:code-review"])
def test_a_review_command_reviews_whatever_else_the_session_wrote(name: str) -> None:
    made = replace(call("k", 1), agent_name=name)
    assert role(known(session_writes=[WROTE]), made) == ("review", "inferred")
    assert role(known(session_writes=[WROTE], role_rules=[mapped(name, "implement")]), made) == ("implement", "name")


def test_another_command_says_nothing_by_itself() -> None:
    assert role(known(session_writes=[WROTE]), replace(call("k", 1), agent_name="/fix")) == ("implement", "inferred")


def test_a_verdict_on_a_request_makes_a_reviewer_of_who_wrote_nothing() -> None:
    assert role(known(session_reviews=[verdict()]), call("k", 1)) == ("review", "inferred")
    assert role(known(session_reviews=[verdict()], session_writes=[WROTE]), call("k", 1)) == ("implement", "inferred")
    inner = replace(call("k", 1), subagent="a1")
    assert role(known(session_reviews=[verdict(subagent="a1")], session_writes=[WROTE]), inner) == (
        "review",
        "inferred",
    )
    assert role(known(session_reviews=[verdict("s2")]), call("k", 1)) == ("scout", "inferred")


def test_nothing_is_inferred_from_a_gateway_s_silence_or_without_a_session() -> None:
    for source in ("litellm", "aider", "antigravity"):
        assert role(known(), replace(call("k", 1), source=source)) == ("", "")
    assert role(known(session_commits=[commit_call(1, 2)]), replace(call("k", 1), source="aider"))[0] == "implement"
    assert role(known(), call("k", 1, session="")) == ("", "")
    assert role(known(), replace(call("k", 1), source="otlp", agent_name="Explore")) == ("scout", "name")


def test_calls_asked_after_each_other_have_the_roles_that_each_has_alone() -> None:
    facts = known(uses=[use("review", 2, 4)], session_writes=[WROTE], subagents=[run_of("scout-it", has_written=True)])
    bare = call("k", 1)
    changed: list[dict[str, Any]] = [
        {"at": at(3)},
        {"session": "s2"},
        {"session": "s2", "source": "litellm"},
        {"subagent": "a1"},
        {"agent_name": "code-reviewer"},
        {"role": "scout"},
        {"model": "gpt"},
        {"agent": "codex"},
        {"session": "s2", "model": "gpt"},
    ]
    calls = [bare, *(replace(bare, **each) for each in changed)]
    said = [credit("a", role="review"), replace(credit("a"), agent="codex")]
    for rows in (said, []):
        wanted = [role(facts, each, *rows) for each in calls]
        assert len(set(wanted)) > 2
        roles = Roles(facts, {"c": rows})
        assert [roles.role(Booking(each, ("c",), "branch")) for each in calls] == wanted
        assert [roles.role(Booking(each, ("c",), "branch")) for each in reversed(calls)] == wanted[::-1]
        assert roles.role(Booking(bare, (), "branch")) == role(facts, bare)
