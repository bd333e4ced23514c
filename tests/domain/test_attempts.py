"""A try ends when a run fails or another model takes over."""

from __future__ import annotations

from ledger.domain.attempts import attempts
from tests.domain.building import at, call, run


def ended(*events: tuple[str, float, str], failures: tuple[float, ...] = ()) -> list[tuple[str, str]]:
    calls = [(call(f"c{hours}", hours, model=model), role) for model, hours, role in events]
    found = attempts(calls, [run("x", hours, "failed") for hours in failures], [])
    return [(each.model, each.ended_by) for each in found.tries]


def test_one_go() -> None:
    assert ended(("opus", 1, "implement"), ("opus", 2, "implement")) == [("opus", "end")]


def test_a_failed_run_then_work_is_a_new_attempt() -> None:
    assert ended(("opus", 1, "implement"), ("opus", 3, "implement"), failures=(2,)) == [
        ("opus", "failed-run"),
        ("opus", "end"),
    ]


def test_a_failed_run_that_nothing_follows_ends_the_last() -> None:
    assert ended(("opus", 1, "implement"), failures=(2, 2.5)) == [("opus", "failed-run")]


def test_another_model_taking_over_is_a_new_attempt() -> None:
    assert ended(("haiku", 1, "implement"), ("opus", 2, "implement")) == [("haiku", "other-model"), ("opus", "end")]


def test_a_review_or_scout_in_between_is_not() -> None:
    assert ended(("opus", 1, "implement"), ("gpt", 2, "review"), ("haiku", 3, "scout"), ("opus", 4, "implement")) == [
        ("opus", "end")
    ]


def test_a_subagent_s_model_does_not_take_over() -> None:
    calls = [(call("a", 1), "implement"), (call("b", 2, model="haiku", subagent=True), "implement")]
    assert len(attempts(calls, [], []).tries) == 1


def test_calls_fall_into_the_attempt_they_accompany() -> None:
    calls = [
        (call("r", 0.5), "scout"),
        (call("a", 1), "implement"),
        (call("b", 3), "review"),
        (call("c", 4), "implement"),
    ]
    found = attempts(calls, [run("x", 2, "failed")], [])
    assert found.number_of == {"r": 1, "a": 1, "b": 1, "c": 2}


def test_commits_count_as_work() -> None:
    found = attempts([], [run("x", 2, "failed")], [(at(1), ""), (at(3), "")])
    assert [each.ended_by for each in found.tries] == ["failed-run", "end"]


def test_commits_name_the_model_where_no_call_does() -> None:
    worked = [(at(1), "haiku"), (at(2), "opus"), (at(3), "")]
    assert [(each.model, each.ended_by) for each in attempts([], [], worked).tries] == [
        ("haiku", "other-model"),
        ("opus", "end"),
    ]
    (only,) = attempts([(call("a", 1, model="opus-4-8"), "implement")], [], worked).tries
    assert only.model == "opus-4-8"
