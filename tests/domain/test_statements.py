"""Statements: what one row of a spreadsheet becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.facts import Contribution, Place
from ledger.domain.forge_facts import Event, Request
from ledger.domain.session_facts import Call
from ledger.domain.statements import change_number, statement_facts
from ledger.errors import EntryRefused

ROW = {
    "change": "41",
    "model": "claude-opus-4-8",
    "agent": "claude-code",
    "role": "implement",
    "task_type": "feat",
    "opened": "2026-03-01",
    "decided": "2026-03-03",
    "outcome": "accepted",
    "cost": "2.40",
}
OPENED, DECIDED = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)


def facts(identity: str = "i", /, **changed: object) -> dict[type[Any], Any]:
    found = statement_facts({**ROW, **changed}, "R", identity, "rows line 2")
    assert len({type(fact) for fact in found}) == len(found)
    return {type(fact): fact for fact in found}


def refusal(**changed: object) -> str:
    with pytest.raises(EntryRefused) as refused:
        facts(**changed)
    return str(refused.value)


def test_a_row_becomes_a_request_a_contribution_an_event_and_a_placed_call() -> None:
    found = facts()
    assert set(found) == {Request, Contribution, Event, Place, Call}
    made = found[Request]
    assert (made.number, made.title, made.state, made.labels) == (41, "41", "merged", ("feat",))
    assert (made.opened_at, made.merged_at, made.closed_at, made.at) == (OPENED, DECIDED, DECIDED, DECIDED)
    part = found[Contribution]
    assert (part.subject, part.role, part.agent, part.model) == (
        "request:41",
        "implement",
        "claude-code",
        "claude-opus-4-8",
    )
    assert (part.provider, part.evidence, part.at) == ("anthropic", "statement", OPENED)
    assert (found[Event].subject, found[Event].kind, found[Event].at) == ("request:41", "merged", DECIDED)


def test_the_cost_is_a_billed_aggregate_call_of_the_change_in_the_repositorys_place() -> None:
    found = facts(role="review")
    call, place = found[Call], found[Place]
    assert (call.reported_nusd, call.reported_kind, call.quality) == (2_400_000_000, "billed", "aggregate")
    assert (call.subject, call.role, call.directory, call.at) == ("request:41", "review", "repository:R", OPENED)
    assert (call.input, call.output, call.cache_read) == (None, None, 0), "nobody told its tokens"
    assert place == Place(directory="repository:R", repository_id="R", worktree=None)


@pytest.mark.parametrize(
    ("outcome", "state", "event"),
    [("accepted", "merged", "merged"), ("rejected", "closed", "closed"), ("abandoned", "closed", "closed")],
)
def test_each_decided_outcome_has_its_state_and_event(outcome: str, state: str, event: str) -> None:
    found = facts(outcome=outcome)
    assert found[Request].state == state
    assert found[Event].kind == event
    assert (found[Request].merged_at is not None) == (outcome == "accepted")


@pytest.mark.parametrize("outcome", ["open", "", None])
def test_an_open_change_has_no_event(outcome: object) -> None:
    found = facts(outcome=outcome, decided="")
    assert Event not in found
    assert (found[Request].state, found[Request].closed_at, found[Request].at) == ("open", None, OPENED)


@pytest.mark.parametrize("cost", ["", None, "  "])
def test_without_a_cost_there_is_no_call_since_unknown_is_not_zero(cost: object) -> None:
    found = facts(cost=cost)
    assert Call not in found
    assert Place not in found


@pytest.mark.parametrize(
    ("cost", "nusd"),
    [
        ("0", 0),
        ("2.40", 2_400_000_000),
        (2.4, 2_400_000_000),
        (3, 3_000_000_000),
        ("$1.10", 1_100_000_000),
        ("1,250.50", 1_250_500_000_000),
        ("0.000000001", 1),
        ("1e-3", 1_000_000),
    ],
)
def test_costs_are_exact_to_the_nano_dollar(cost: object, nusd: int) -> None:
    assert facts(cost=cost)[Call].reported_nusd == nusd


@given(st.decimals(0, 10**6, allow_nan=False, allow_infinity=False, places=9))
def test_every_amount_with_nine_places_is_exact(cost: Any) -> None:
    assert facts(cost=format(cost, "f"))[Call].reported_nusd == int(cost * 10**9)


@pytest.mark.parametrize("cost", ["-1", "two", "2.40 EUR", "nan", "9223372037", "2.4.0"])
def test_a_cost_that_is_none_is_refused(cost: str) -> None:
    assert refusal(cost=cost).startswith("rows line 2: cost ")


@pytest.mark.parametrize("change", ["41", 41, "#41", "!41", " 41 "])
def test_a_number_is_the_requests_own(change: object) -> None:
    assert facts(change=change)[Request].number == 41


@given(st.text(min_size=1).filter(lambda name: not name.lstrip("#!").isdigit()))
def test_a_name_has_a_number_above_every_forges_and_always_the_same(name: str) -> None:
    assert 2**40 <= change_number(name) < 2**41
    assert change_number(name) == change_number(name)


def test_this_name_has_this_number_for_ever() -> None:
    assert facts(change="login rework")[Request].number == 1100877435397
    assert facts(change="login rework")[Request].title == "login rework"


def test_rows_of_one_change_are_one_request_with_two_contributions_and_two_calls() -> None:
    one, two = facts("a"), facts("b", model="gpt-5.4", agent="codex", role="review", cost="0.35")
    assert one[Request] == two[Request]
    assert one[Event] == two[Event]
    keys = [tuple(getattr(row[Contribution], name) for name in Contribution.key) for row in (one, two)]
    assert keys[0] != keys[1]
    assert one[Call].event_key != two[Call].event_key
    assert replace(one[Call], event_key="") != replace(two[Call], event_key="")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"change": ""}, "a statement needs the field 'change'."),
        ({"opened": None}, "a statement needs the field 'opened'."),
        ({"outcome": "merged"}, "outcome must be one of accepted, rejected, abandoned, open."),
        ({"role": "boss"}, "role must be one of implement, review, scout."),
        ({"opened": "03/01/2026"}, "opened '03/01/2026' is not a date; write it like 2026-03-01."),
        ({"decided": "soon"}, "decided 'soon' is not a date; write it like 2026-03-01."),
        ({"decided": ""}, 'an accepted change needs "decided", the day it was.'),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(changed: dict[str, object], said: str) -> None:
    assert refusal(**changed) == f"rows line 2: {said}"


def test_an_unknown_column_is_named_with_those_there_are() -> None:
    said = refusal(price="1")
    assert "no field 'price'" in said
    assert "cost" in said


@pytest.mark.parametrize("outcome", ["Accepted", " accepted ", "ACCEPTED"])
def test_case_and_blanks_do_not_matter(outcome: str) -> None:
    assert facts(outcome=outcome, role=" Review ") == facts(role="review")


@pytest.mark.parametrize(
    "text", ["2026-03-01T10:00:00+01:00", "2026-03-01T09:00:00Z", "2026-03-01 09:00:00", "2026-03-01T09:00"]
)
def test_a_moment_is_read_in_utc(text: str) -> None:
    assert facts(opened=text)[Request].opened_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
