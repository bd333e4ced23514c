"""What became of a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from ledger.domain.conclude import conclude
from ledger.domain.conclusions import Change
from ledger.domain.forge_facts import Event
from ledger.domain.history import History
from ledger.domain.outcomes import outcome, verdict
from tests.domain.building import (
    at,
    branch,
    call,
    commit,
    commit_call,
    history,
    kept_range,
    made_on,
    request,
    request_ref,
    run,
    target,
)


def changes(facts: History) -> dict[str, Change]:
    return {change.id.removeprefix("R/"): change for change in conclude(facts).change}


def event(kind: str, hours: float, subject: str = "request:7") -> Event:
    return Event(repository_id="R", subject=subject, kind=kind, at=at(hours), actor="", verdict="", oid="")


DAY = 24.0


@pytest.mark.parametrize(
    ("as_of", "said"),
    [(at(0), "open"), (at(13 * DAY), "open"), (at(15 * DAY), "abandoned")],
)
def test_a_silent_branch_is_abandoned_after_a_fortnight(as_of: datetime, said: str) -> None:
    facts = history(commit("a"), commit("x", "a", 1), tips=[target("a"), branch("x", "feat")])
    assert outcome(changes(facts)["branch:feat@x"], as_of) == said


def test_where_a_forge_closes_requests_git_cannot_call_a_branch_abandoned() -> None:
    facts = history(commit("a"), commit("x", "a", 1), tips=[target("a"), branch("x", "feat")], is_forge=True)
    assert outcome(changes(facts)["branch:feat@x"], at(100 * DAY)) == "unknown"


@pytest.mark.parametrize(
    ("row", "events", "said"),
    [
        (request(7, merged=5), [], "accepted"),
        (request(7, closed=5), [], "rejected"),
        (request(7), [], "stale"),
        (request(7, opened=19 * DAY), [], "open"),
        (request(7, described=5), [event("closed", 5)], "rejected"),
        (request(7, described=6), [event("closed", 5)], "stale"),
        (request(7, closed=3, described=3), [event("closed", 5)], "rejected"),
        (request(7, described=6), [event("closed", 5), event("closed", 7)], "rejected"),
        (request(7), [event("closed", 5), event("reopened", 6)], "stale"),
        (request(7), [event("closed", 5), event("reopened", 6), event("merged", 7)], "accepted"),
    ],
)
def test_a_request_is_what_the_forge_says(row: object, events: list[Event], said: str) -> None:
    facts = history(commit("a"), tips=[target("a")], requests=[row], events=events)
    assert outcome(changes(facts)["request:7"], at(20 * DAY)) == said


def test_before_it_was_decided_it_was_open() -> None:
    facts = history(commit("a"), tips=[target("a")], requests=[request(7, merged=50)])
    assert outcome(changes(facts)["request:7"], at(40)) == "open"


def test_a_request_of_which_nobody_was_heard_is_unknown() -> None:
    facts = history(commit("a"), commit("x", "a", 1), tips=[target("a"), request_ref(7, "x")])
    assert outcome(changes(facts)["request:7"], at(100 * DAY)) == "unknown"


def test_merged_into_a_branch_that_is_no_target_is_not_accepted() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        tips=[target("a"), branch("x", "develop")],
        requests=[request(7, head="x", merged=2, base_ref="develop")],
        events=[event("merged", 2)],
    )
    assert outcome(changes(facts)["request:7"], at(3)) == "open"


def test_runs_give_first_pass_failures_and_verified() -> None:
    loop = verdict([run("x", 1, "failed"), run("y", 2, "failed"), run("z", 3)], ["z"])
    assert (loop.first_pass, loop.failed_runs, loop.is_verified) == (False, 2, True)
    clean = verdict([run("z", 3)], ["z"])
    assert (clean.first_pass, clean.failed_runs, clean.is_verified) == (True, 0, True)
    assert verdict([], ["z"]).is_verified is None
    assert verdict([run("z", 3)], ["other"]).is_verified is None
    assert verdict([run("z", 3), run("z", 4, "failed", name="lint")], ["z"]).is_verified is False


def test_the_same_commit_failing_then_passing_is_flaky_and_nobody_s_fault() -> None:
    flaky = verdict([run("x", 1, "failed"), run("x", 2)], ["x"])
    assert (flaky.first_pass, flaky.failed_runs, flaky.is_verified) == (True, 0, True)


def test_cancelled_is_not_failed() -> None:
    assert verdict([run("x", 1, "cancelled"), run("x", 2)], ["x"]).failed_runs == 0


def test_a_commit_passes_when_each_of_its_checks_has() -> None:
    quick_linter = [run("x", 1, name="lint"), run("x", 2, "failed"), run("y", 3, name="lint"), run("y", 4)]
    loop = verdict(quick_linter, ["y"])
    assert (loop.first_pass, loop.failed_runs, loop.is_verified) == (False, 1, True)
    assert [failure.oid for failure in loop.failures] == ["x"]


def test_where_checks_are_required_only_those_count() -> None:
    needed = replace(run("x", 2), is_required=True)
    found = verdict([run("x", 1, "failed", name="preview"), needed], ["x"])
    assert (found.first_pass, found.failed_runs, found.is_verified) == (True, 0, True)


def test_what_fails_after_the_first_commit_that_passed_is_no_part_of_the_loop() -> None:
    assert verdict([run("x", 1), run("y", 2, "failed")], ["y"]).failed_runs == 0
    assert verdict([run("x", 2), run("x", 3, name="slow"), run("y", 2.5, "failed")], ["x"]).failed_runs == 1


def test_a_try_that_was_reset_costs_what_landed_and_opened_it() -> None:
    facts = history(
        commit("a0"),
        commit("b0b0b0", "a0", 1, "a first try"),
        commit("c0c0c0", "a0", 3, "a second"),
        commit("d0", "a0 c0c0c0", 5, merged="feat"),
        tips=[target("d0")],
        seen=[made_on("b0b0b0", "feat", evidence="reflog"), made_on("c0c0c0", "feat", evidence="reflog")],
        ranges=[kept_range("feat", "b0b0b0")],
        calls=[call("1", 0.5, branch="feat", output=4000), call("2", 2, branch="feat", output=500)],
        session_commits=[
            commit_call(0.9, 1.1, printed="b0b0b0", subject="a first try"),
            commit_call(2.9, 3.1, printed="c0c0c0", subject="a second"),
        ],
    )
    (found,) = changes(facts).values()
    assert (found.nusd, found.opened_at) == (4_500_000, at(1))
