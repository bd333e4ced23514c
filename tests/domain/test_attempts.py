"""A try ends when a run fails or another model takes over."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.attempts import Made, attempts, stale_failures
from ledger.domain.session_facts import Call
from tests.domain.building import at, call, run

Turn = tuple[str, float, str]


def of(*turns: Turn) -> list[tuple[Call, str]]:
    return [(call(f"c{hours}", hours, model=model), role) for model, hours, role in turns]


def ended(*turns: Turn, failures: tuple[float, ...] = (), commits: tuple[float, ...] = ()) -> list[tuple[str, str]]:
    made = [Made(at(hours), "") for hours in commits]
    found = attempts(of(*turns), [run("x", hours, "failed") for hours in failures], made)
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


def test_two_failing_runs_without_work_between_them_end_one_attempt() -> None:
    calls = of(("opus", 1, "implement"), ("opus", 3, "implement"))
    found = attempts(calls, [run("x", 2, "failed"), run("x", 2.5, "failed", name="lint")], [])
    assert [each.failed_runs for each in found.tries] == [2, 0]


def test_a_run_that_fails_before_any_work_is_known_counts_to_the_first() -> None:
    found = attempts(of(("opus", 1, "implement")), [run("x", 0.5, "failed")], [])
    assert [(each.ended_by, each.failed_runs) for each in found.tries] == [("end", 1)]
    only_read = attempts(of(("opus", 1, "scout")), [run("x", 0.5, "failed")], [])
    assert [(each.model, each.failed_runs) for each in only_read.tries] == [("", 1)]


def test_another_model_taking_over_is_a_new_attempt() -> None:
    assert ended(("haiku", 1, "implement"), ("opus", 2, "implement")) == [("haiku", "other-model"), ("opus", "end")]


def test_each_model_that_takes_over_after_a_commit_begins_an_attempt() -> None:
    turns = [("haiku", 1.0, "implement"), ("opus", 2.0, "implement"), ("haiku", 3.0, "implement")]
    assert ended(*turns, commits=(1.5, 2.5)) == [("haiku", "other-model"), ("opus", "other-model"), ("haiku", "end")]


def test_models_that_take_turns_before_a_commit_work_together() -> None:
    turns = [(("opus", "sonnet")[hour % 2], float(hour), "implement") for hour in range(1, 7)]
    (only,) = attempts(of(*turns), [], []).tries
    assert (only.model, only.models) == ("sonnet", ("sonnet", "opus"))


def test_who_put_out_most_leads_a_party_and_goes_on_leading_it() -> None:
    big = replace(call("b", 2, model="opus"), output=9000)
    turns = [*of(("haiku", 1, "implement"), ("haiku", 3, "implement")), (big, "implement")]
    later = of(("haiku", 5, "implement"), ("opus", 6, "implement"), ("haiku", 7, "implement"))
    (only,) = attempts([*turns, *later], [], [Made(at(4), "")]).tries
    assert (only.model, only.models) == ("opus", ("opus", "haiku"))


def test_a_review_or_scout_in_between_is_not() -> None:
    assert ended(("opus", 1, "implement"), ("gpt", 2, "review"), ("haiku", 3, "scout"), ("opus", 4, "implement")) == [
        ("opus", "end")
    ]


def test_a_subagent_s_model_does_not_take_over() -> None:
    calls = [(call("a", 1), "implement"), (call("b", 2, model="haiku", subagent=True), "implement")]
    assert len(attempts(calls, [], []).tries) == 1


def test_a_second_session_of_the_same_model_goes_on_with_the_attempt() -> None:
    calls = [(call("a", 1, session="s1"), "implement"), (call("b", 30, session="s2"), "implement")]
    assert [(each.model, each.ended_by) for each in attempts(calls, [], []).tries] == [("opus", "end")]


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
    found = attempts([], [run("x", 2, "failed")], [Made(at(1), ""), Made(at(3), "")])
    assert [each.ended_by for each in found.tries] == ["failed-run", "end"]


def test_commits_name_the_model_where_no_call_does() -> None:
    worked = [Made(at(1), "haiku"), Made(at(2), "opus"), Made(at(3), "")]
    assert [(each.model, each.ended_by) for each in attempts([], [], worked).tries] == [
        ("haiku", "other-model"),
        ("opus", "end"),
    ]
    (only,) = attempts([(call("a", 0.5, model="opus-4-8"), "implement")], [], worked).tries
    assert only.model == "opus-4-8"


def test_a_commit_whose_calls_are_lost_names_its_model_beside_others_calls() -> None:
    calls = of(("opus", 30, "implement"))
    found = attempts(calls, [], [Made(at(1), "haiku"), Made(at(31), "claude-opus")])
    assert [(each.model, each.ended_by) for each in found.tries] == [("haiku", "other-model"), ("opus", "end")]
    long_after = attempts(calls, [], [Made(at(31), "claude-opus"), Made(at(60), "haiku")])
    assert [each.model for each in long_after.tries] == ["opus", "haiku"]


def test_a_run_on_a_head_that_was_replaced_ends_nothing_and_counts_where_its_head_was_made() -> None:
    made = [Made(at(1), "opus"), Made(at(2), "opus"), Made(at(4), "opus")]
    heads = {"x": at(1), "y": at(2), "z": at(4)}
    late = run("x", 3, "failed")
    stale = stale_failures([late], heads, ["x", "y"])
    assert [(each.ended_by, each.failed_runs) for each in attempts([], [late], made, stale).tries] == [("end", 1)]
    not_pushed = stale_failures([late], heads, ["x", "z"])
    assert not_pushed == {}
    assert [each.ended_by for each in attempts([], [late], made, not_pushed).tries] == ["failed-run", "end"]


def test_a_stale_run_counts_to_the_attempt_that_made_its_head() -> None:
    """The first head fails, the second is tested and replaced before its own run fails."""
    made = [Made(at(1), "opus"), Made(at(3), "opus"), Made(at(4), "opus")]
    failures = [run("x", 2, "failed"), run("y", 5, "failed")]
    stale = stale_failures(failures, {"x": at(1), "y": at(3), "z": at(4)}, ["x", "y", "z"])
    found = attempts([], failures, made, stale)
    assert [(each.ended_by, each.failed_runs) for each in found.tries] == [("failed-run", 1), ("end", 1)]


def test_only_the_attempt_of_a_run_that_came_too_late_is_stale() -> None:
    first, again = run("x", 1.5, "failed"), replace(run("x", 1.5, "failed", attempt=2), at=at(3))
    assert stale_failures([first, again], {"x": at(1), "y": at(2)}, ["x", "y"]) == {(first.run, 2): at(1)}


MODELS = st.sampled_from(["opus", "haiku", "gpt", ""])
TURNS = st.lists(st.tuples(MODELS, st.integers(0, 40), st.sampled_from(["implement", "review", "scout", ""])))
HOURS = st.lists(st.integers(0, 40), max_size=8)


@given(turns=TURNS, failures=HOURS, commits=st.lists(st.tuples(st.integers(0, 40), MODELS), max_size=8))
def test_every_call_and_failing_run_falls_into_exactly_one_attempt(
    turns: list[tuple[str, int, str]], failures: list[int], commits: list[tuple[int, str]]
) -> None:
    calls = [(call(f"c{n}", hour, model=model or None), role) for n, (model, hour, role) in enumerate(turns)]
    failed = [replace(run("x", hour, "failed"), run=f"r{n}") for n, hour in enumerate(failures)]
    made = [Made(at(hour), model) for hour, model in commits]
    found = attempts(calls, failed, made)
    numbers = [each.number for each in found.tries]
    assert numbers == list(range(1, len(numbers) + 1))
    assert found.number_of.keys() == {each.event_key for each, _ in calls}
    assert set(found.number_of.values()) <= set(numbers)
    if numbers:
        assert sum(each.failed_runs for each in found.tries) == len(failed)
    assert attempts(calls[::-1], failed[::-1], made[::-1]) == found
