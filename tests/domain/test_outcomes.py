"""What became of a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from ledger.domain.changes import identify
from ledger.domain.conclude import conclude
from ledger.domain.conclusions import Change
from ledger.domain.forge_facts import Event
from ledger.domain.history import History
from ledger.domain.outcomes import outcome, reversions, verdict
from tests.domain.building import at, branch, commit, edge, history, request, request_ref, run, target


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


def test_a_revert_on_the_target_reverts_and_its_revert_restores() -> None:
    reverted = [commit("a"), commit("b", "a", 1), commit("r", "b", 2, reverts=("b",))]
    facts = history(*reverted, tips=[target("r")])
    assert reversions(identify(facts), facts) == {"R/commit:b": at(2)}
    again = history(*reverted, commit("rr", "r", 3, reverts=("r",)), tips=[target("rr")])
    assert reversions(identify(again), again) == {"R/commit:r": at(3)}


def test_a_revert_inside_its_own_branch_does_not_count() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 2, reverts=("x",)),
        commit("m", "a y", 3, merged="feat"),
        tips=[target("m")],
    )
    assert reversions(identify(facts), facts) == {}


def test_reverting_the_merge_reverts_the_request() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("m", "a x", 3, number=7),
        commit("r", "m", 4, reverts=("m",)),
        tips=[target("r")],
    )
    assert reversions(identify(facts), facts) == {"R/request:7": at(4)}


def test_reverting_an_octopus_reverts_each_of_its_branches() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("z", "a", 2, "other"),
        commit("m", "a x z", 3),
        commit("r", "m", 4, reverts=("m",)),
        tips=[target("r")],
    )
    assert reversions(identify(facts), facts) == {"R/commit:x": at(4), "R/commit:z": at(4)}


def test_a_forge_s_revert_names_the_request() -> None:
    facts = history(
        commit("a"),
        commit("s", "a", 3, "it (#7)", number=7),
        commit("r", "s", 4, 'Revert "it" (#9)', number=9, reverts=("request:7",)),
        tips=[target("r")],
    )
    assert reversions(identify(facts), facts) == {"R/request:7": at(4)}


def test_reverting_a_backport_reverts_the_backport_alone() -> None:
    facts = history(
        commit("a"),
        commit("s", "a", 3, "it"),
        commit("p", "a", 3, "it", committed=5),
        commit("r", "p", 6, "Revert it", reverts=("p",)),
        tips=[target("s"), target("r", "release/1")],
    )
    assert reversions(identify(facts), facts) == {}


def test_a_pick_after_the_revert_restores() -> None:
    commits = [commit("a"), commit("s", "a", 3, "it"), commit("v", "s", 4, "Revert it", reverts=("s",))]
    picked = [*commits, commit("p", "v", 3, "it", committed=6)]
    copied = [edge("s", "p", "cherry-pick")]
    facts = history(*picked, tips=[target("p")], rewrites=copied)
    assert reversions(identify(facts), facts) == {}
    elsewhere = history(
        *commits, commit("p", "a", 3, "it", committed=6), tips=[target("v"), target("p", "release/1")], rewrites=copied
    )
    assert reversions(identify(elsewhere), elsewhere) == {"R/commit:s": at(4)}


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
