"""Reviews of a change: who, known from what, and whether they came in time to matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ledger.domain.attribution import Booking
from ledger.domain.charges import Booked
from ledger.domain.conclusions import Review
from ledger.domain.facts import Contribution
from ledger.domain.forge_facts import Event
from ledger.domain.reviews import Course, reviews, when
from tests.domain.building import at, call, credit


def course(commits: Sequence[float] = (1, 4), decided: float | None = 10, lead: str | None = "opus") -> Course:
    made = [at(hours) for hours in commits]
    return Course(change_id="c", lead_model=lead, commits=made, decided_at=None if decided is None else at(decided))


def part(hours: float, role: str = "review", *, model: str = "gpt", session: str = "r", **changed: Any) -> Booked:
    made = replace(call(f"k{hours}", hours, session=session, model=model, output=7), agent="codex", **changed)
    return Booked(Booking(made, ("c",), "branch"), "c", role, "inferred", 7000)


def said(hours: float | None, **changed: Any) -> tuple[Contribution, datetime | None]:
    row = replace(credit("x", "gpt", "review", "codex"), **changed)
    return row, None if hours is None else at(hours)


def event(hours: float, actor: str = "gemini-code-assist[bot]", kind: str = "reviewed", verdict: str = "") -> Event:
    return Event(repository_id="R", subject="request:7", kind=kind, at=at(hours), actor=actor, verdict=verdict, oid="")


def found(
    parts: Sequence[Booked] = (),
    events: Sequence[Event] = (),
    contributions: Sequence[tuple[Contribution, datetime | None]] = (),
    **known: Any,
) -> list[Review]:
    return reviews(course(**known), parts, events, contributions)


@pytest.mark.parametrize(
    ("hours", "after", "before", "word"),
    [(2, False, True, "early"), (4, False, True, "early"), (5, True, True, "final"), (11, True, False, "late")],
)
def test_a_review_comes_before_or_after_the_last_commit_and_the_decision(
    hours: float, after: bool, before: bool, word: str
) -> None:
    (review,) = found([part(hours)])
    assert (review.is_after_last_commit, review.is_before_decision, review.is_second) == (after, before, True)
    assert when([review]) == word


def test_nothing_is_decided_yet_is_before_the_decision() -> None:
    assert when(found([part(99)], decided=None)) == "final"


def test_the_calls_of_a_session_are_one_review_with_their_cost() -> None:
    (review,) = found([part(2), part(2.5), part(2.2, "implement"), part(2.1, "scout")])
    assert (review.model, review.agent, review.session, review.evidence) == ("gpt", "codex", "r", "calls")
    assert (review.calls, review.nusd, review.reviewed_at) == (2, 14_000, at(2))


def test_a_commit_in_a_pause_divides_a_session_into_two_reviews() -> None:
    rows = found([part(2), part(2.05), part(5), part(5.05)])
    assert [(row.number, row.reviewed_at, row.calls) for row in rows] == [(1, at(2), 2), (2, at(5), 2)]
    assert when(rows) == "final"


def test_a_commit_that_is_made_while_it_reviews_does_not_make_it_a_review_of_that_commit() -> None:
    (review,) = found([part(3.98), part(4.02)])
    assert when([review]) == "early"
    assert len(found([part(2), part(3)])) == 1  # a pause without a commit


def test_sessions_subagents_and_models_review_each_for_themselves() -> None:
    parts = [part(2), part(2.1, session="q"), part(2.2, subagent="a"), part(2.3, model="opus")]
    assert [row.is_second for row in found(parts)] == [True, True, True, False]


def test_the_lead_s_own_review_is_no_second_one() -> None:
    rows = found([part(5, model="opus")])
    assert (len(rows), when(rows)) == (1, "")


def test_an_unknown_model_or_lead_leaves_it_unknown_unless_another_review_is_known() -> None:
    assert when(found([part(5)], lead=None)) == "unknown"
    assert when(found([part(5, model="")])) == "unknown"
    assert when(found([part(5, model=""), part(2)])) == "early"


def test_of_several_the_most_telling_counts() -> None:
    assert when(found([part(2), part(5, session="q"), part(12, session="p")])) == "final"
    assert when(found([part(2), part(12, session="p")])) == "early"
    assert when([]) == ""


def test_a_trailer_reviews_the_commit_it_stands_in() -> None:
    assert [when(found(contributions=[said(hours)])) for hours in (1, 4)] == ["early", "final"]
    assert when(found(contributions=[said(12)])) == "final"  # a squash, which was written when it landed
    assert when(found(contributions=[said(10)], commits=())) == "final"
    assert found(contributions=[(credit("x"), at(1))]) == []


def test_a_tag_or_a_statement_says_who_and_not_when() -> None:
    (tagged,) = found(contributions=[said(4, evidence="tag")])
    assert (tagged.is_dated, tagged.is_after_last_commit, tagged.is_before_decision) == (False, None, None)
    assert when([tagged]) == "undated"
    assert when(found(contributions=[said(None, subject="request:7", evidence="statement")])) == "undated"


def test_one_commit_told_twice_is_reviewed_once_and_two_commits_twice() -> None:
    assert len(found(contributions=[said(1), said(1, evidence="journal")])) == 1
    assert len(found(contributions=[said(1), said(4)])) == 2


def test_a_trailer_of_a_model_whose_calls_are_known_is_no_second_review() -> None:
    (review,) = found([part(2)], contributions=[said(1)])
    assert (review.evidence, when([review])) == ("calls", "early")
    assert len(found([part(2)], contributions=[said(4, model="gemini", agent="gemini-cli")])) == 2
    assert len(found([part(2)], contributions=[said(4, model=None)])) == 1


def test_a_commit_that_names_its_reviewer_holds_what_was_reviewed_before_it() -> None:
    (review,) = found([part(3.9)], contributions=[said(4)])
    assert (review.reviewed_at, review.is_after_last_commit, when([review])) == (at(3.9), True, "final")
    (again,) = found([part(3.9)], contributions=[said(1)])  # of an earlier commit
    assert again.is_after_last_commit is False
    first, second = found([part(0.9), part(3.9)], contributions=[said(1), said(4)])
    assert (first.is_after_last_commit, second.is_after_last_commit) == (False, True)
    assert when(found([part(3.9)], contributions=[said(4, evidence="tag")])) == "early"
    assert when(found([part(3.9)], contributions=[said(4, model="gemini", agent="codex")])) == "final"  # gemini's own
    assert when(found([part(12)], contributions=[said(4)])) == "late"


def test_a_known_bot_s_event_is_a_review_and_anybody_else_s_is_none() -> None:
    (review,) = found(events=[event(5, verdict="approved"), event(5, "ann"), event(6, kind="closed")])
    assert (review.agent, review.model, review.evidence, review.verdict) == (
        "gemini-code-assist",
        "",
        "event",
        "approved",
    )
    assert (review.is_second, review.is_after_last_commit) == (None, True)
    assert when([review]) == "unknown"


def test_a_bot_s_model_is_the_event_s_own_or_the_one_its_agent_is_said_to_have() -> None:
    assert [row.model for row in found(events=[event(5, "codex:gpt-5.4")])] == ["gpt-5.4"]
    bot = {"agent": "gemini-code-assist", "model": "gemini-2-5-pro"}
    rows = found(events=[event(5)], contributions=[said(4, **bot)])
    assert [(row.evidence, row.model, row.is_second) for row in rows] == [("event", "gemini-2-5-pro", True)]
    two = found(events=[event(5)], contributions=[said(4, **bot), said(4, **bot | {"model": "gemini-3-pro"})])
    assert [row.model for row in two if row.evidence == "event"] == [""]


def test_reviews_are_numbered_in_time_whatever_order_they_are_told_in() -> None:
    parts, events = [part(5), part(2, session="q")], [event(3), event(1)]
    rows = found(parts, events)
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [row.reviewed_at for row in rows] == [at(1), at(2), at(3), at(5)]
    assert found(parts[::-1], events[::-1]) == rows


def test_an_agent_that_the_log_names_otherwise_reviewed_once() -> None:
    run = part(5, model="")
    run = replace(run, booking=replace(run.booking, call=replace(run.booking.call, agent="copilot-cli")))
    rows = found([run], contributions=[said(4, agent="copilot", model_raw="", model=None)])
    assert [row.evidence for row in rows] == ["calls"]
