"""Charges by session, and contributions that contradict each other."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.explanation import Said, Tokens, by_session, contradictions, weighed
from tests.domain.building import at, call, commit, credit, history, made_on, target
from tests.domain.explaining import explained


def two_sessions() -> tuple[object, ...]:
    return (
        call("a", 0, output=100),
        call("b", 0.5, model="haiku", output=1000),
        call("c", 0.6, session="s2", output=10),
        call("d", 0.7, session="s2", model=None),
    )


def test_sessions_come_in_the_order_they_began_and_add_up() -> None:
    hooked = [made_on("x", "main", "s1"), replace(made_on("x", "main", "s2"), evidence="reflog")]
    facts = history(commit("x", hours=1), tips=[target("x")], calls=two_sessions(), seen=hooked)
    found = explained(facts)
    first, second = found.sessions
    assert (first.session, first.calls, first.first_at, first.last_at) == ("s1", 2, at(0), at(0.5))
    assert (second.session, second.calls) == ("s2", 2)
    assert first.nusd + second.nusd == found.change.nusd
    assert [work.model for work in first.work] == ["haiku", "opus"]
    assert [work.tokens for work in first.work] == [Tokens(output=1000), Tokens(output=100)]
    assert sum(work.calls_unpriced for work in second.work) == 1


def test_a_version_is_that_of_the_session() -> None:
    facts = history(commit("x", hours=1), tips=[target("x")], calls=[call("a", 0)], seen=[made_on("x", "main", "s1")])
    charges = explained(facts).charges
    assert by_session(charges, {"s1": "2.1"})[0].agent_version == "2.1"
    assert by_session(charges, {})[0].agent_version is None
    assert by_session((), {}) == ()


def test_two_witnesses_of_two_models_contradict_each_other() -> None:
    rows = [
        replace(credit(oid, model), evidence=told)
        for oid in "ab"
        for model, told in (("opus", "trailer"), ("gpt", "tag"))
    ]
    (found,) = contradictions(rows)
    assert found.said == (Said("gpt", "claude-code", "tag", True), Said("opus", "claude-code", "trailer", False))
    assert found.subjects == ("a", "b")


def test_what_does_not_contradict() -> None:
    opus, gpt = credit("a"), credit("a", "gpt")
    assert contradictions([opus, replace(opus, evidence="journal")]) == ()
    assert contradictions([opus, replace(gpt, evidence="journal", role="review")]) == ()
    assert contradictions([opus, replace(gpt, evidence="journal", subject="b")]) == ()
    assert contradictions([opus, replace(credit("a", None), evidence="author")]) == ()


def test_each_contribution_says_whether_it_counts_and_why() -> None:
    tag, trailer = replace(credit("a", "gpt"), evidence="tag"), credit("a")
    first, second = weighed([trailer, tag])
    assert (first.row, first.counts) == (tag, True)
    assert (second.row, second.counts) == (trailer, False)
    assert "which names another model" in second.why


def test_beside_a_tag_of_the_request_what_the_commits_say_does_not_count() -> None:
    tag = replace(credit("request:12", "gpt"), evidence="tag")
    counting = {
        each.row.subject: each.counts for each in weighed([credit("a"), tag, replace(credit("b"), evidence="tag")])
    }
    assert counting == {"a": False, "request:12": True, "b": True}


def test_tokens_that_one_call_does_not_tell_are_unknown_and_not_fewer() -> None:
    calls = [
        call("a", 0, output=5),
        replace(call("b", 0.1), output=None, input=3, reported_nusd=7, reported_kind="billed"),
    ]
    facts = history(commit("x", hours=1), tips=[target("x")], calls=calls, seen=[made_on("x", "main", "s1")])
    (session,) = explained(facts).sessions
    assert session.calls == 2
    assert [work.tokens for work in session.work] == [Tokens(input=3, output=None)]


def test_beside_a_tag_of_the_request_only_what_names_another_model_contradicts() -> None:
    tagged = replace(credit("request:7", agent=""), evidence="tag")
    rows = [tagged, credit("a"), credit("b", "gpt"), credit("c", None)]
    found = {each.row.subject: (each.counts, each.contradicts) for each in weighed(rows)}
    assert found == {"request:7": (True, False), "a": (False, False), "b": (False, True), "c": (False, False)}
