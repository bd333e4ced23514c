"""What is said of an earlier day is what one would have said then: nothing later is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.conclude import conclude
from ledger.domain.conclusions import Change, ChangeBefore
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.history import History
from ledger.domain.outcomes import outcome
from ledger.domain.standing import as_it_stood
from tests.domain.building import at, branch, commit, credit, history, request, run, target

DAY = 24.0


def event(kind: str, hours: float, number: int = 7) -> Event:
    return Event(repository_id="R", subject=f"request:{number}", kind=kind, at=at(hours), actor="", verdict="", oid="")


def drawn(facts: History) -> tuple[dict[str, Change], dict[str, list[ChangeBefore]]]:
    found = conclude(facts)
    rows: dict[str, list[ChangeBefore]] = {change.id: [] for change in found.change}
    for row in found.change_before:
        rows[row.change_id].append(row)
    return {change.id: change for change in found.change}, rows


def said(change: Change, day: datetime) -> tuple[object, ...]:
    """All that a report tells of a change that it judges from a day."""
    verdict = outcome(change, day)
    is_reverted = bool(change.reverted_at and change.reverted_at <= day) and change.reverted_after
    is_old = bool(change.durable_at and change.durable_at <= day)
    is_accepted = verdict == "accepted"
    return (
        verdict,
        is_accepted and change.is_verified,
        is_accepted and is_reverted,
        is_accepted and is_old,
        change.first_pass,
    )


def on(facts: History, day: datetime, number: int = 7) -> tuple[object, ...]:
    changes, rows = drawn(facts)
    change = changes[f"R/request:{number}"]
    return said(as_it_stood(change, rows[change.id], day), day)


def test_a_request_that_was_closed_reopened_and_merged_was_each_in_its_time() -> None:
    facts = history(
        commit("a"), commit("x", "a", 1), commit("m", "a x", 200, number=7), tips=[target("m")],
        requests=[request(7, head="x", opened=1, merged=200, merge_oid="m")],
        events=[event("closed", 10), event("reopened", 20)],
    )  # fmt: skip
    days = {5: "open", 15: "rejected", 25: "open", 199: "open", 201: "accepted"}
    assert {hours: on(facts, at(hours))[0] for hours in days} == days


def test_a_request_that_is_found_open_was_closed_until_it_was_found() -> None:
    facts = history(commit("a"), requests=[request(7, described=30)], events=[event("closed", 10)], tips=[target("a")])
    assert [on(facts, at(hours))[0] for hours in (5, 15, 29, 31)] == ["open", "rejected", "rejected", "open"]


def test_what_was_reverted_and_restored_was_reverted_in_between() -> None:
    facts = history(
        commit("a"), commit("x", "a", 1), commit("m", "a x", 2, number=7), commit("r", "m", 4, reverts=("m",)),
        commit("q", "r", 6, reverts=("r",)), tips=[target("q")],
        requests=[request(7, head="x", opened=1, merged=2, merge_oid="m")],
    )  # fmt: skip
    assert [on(facts, at(hours))[2] for hours in (3, 5, 7)] == [False, 0, False]


def test_a_run_tells_nothing_of_the_days_before_it() -> None:
    facts = history(
        commit("a"), commit("x", "a", 1), commit("m", "a x", 4, number=7), tips=[target("m")],
        requests=[request(7, head="x", opened=1, merged=4, merge_oid="m")],
        runs=[run("x", 2, "failed"), run("x", 3, attempt=2), run("m", 6, "failed"), run("m", 8, attempt=2)],
    )  # fmt: skip
    told = [(said[1], said[4]) for said in (on(facts, at(hours)) for hours in (1.5, 2.5, 3.5, 5, 7, 9))]
    assert told == [(False, None), (False, False), (False, True), (True, True), (False, True), (True, True)]


def test_a_branch_that_was_silent_for_long_was_abandoned_until_it_was_taken_up_again() -> None:
    facts = history(
        commit("a"), commit("x", "a", 1), commit("y", "x", 20 * DAY), tips=[target("a"), branch("y", "feat")]
    )
    changes, rows = drawn(facts)
    change = changes["R/branch:feat@x"]
    days = {13: "open", 17: "abandoned", 21: "open", 35: "abandoned"}
    stood = {day: as_it_stood(change, rows[change.id], at(day * DAY)) for day in days}
    assert {day: outcome(found, at(day * DAY)) for day, found in stood.items()} == days


def test_what_its_dates_tell_needs_no_stretch_of_time() -> None:
    facts = history(
        commit("a"), commit("x", "a", 1), commit("m", "a x", 4, number=7), tips=[target("m")],
        requests=[request(7, head="x", opened=1, merged=4, merge_oid="m")],
        events=[event("opened", 1), event("merged", 4)],
    )  # fmt: skip
    assert conclude(facts).change_before == ()


# -- nothing later is known ------------------------------------------------------------------------------------------


def until(facts: History, day: datetime) -> History:
    """The facts that are dated up to a day; a request as the forge would have described it."""
    commits = {oid: row for oid, row in facts.commits.items() if row.committed_at <= day}
    tips = [replace(tip, oid=_last(facts, tip.oid, commits)) for tip in facts.tips]
    return replace(
        facts,
        commits=commits,
        tips=tuple(tip for tip in tips if tip.oid),
        requests=tuple(_then(row, day) for row in facts.requests if row.opened_at <= day),
        events=tuple(row for row in facts.events if row.at <= day),
        runs=tuple(row for row in facts.runs if row.at <= day),
    )


def _last(facts: History, oid: str, commits: object) -> str:
    return next((each for each in facts.first_parents(oid) if each in commits), "")  # type: ignore[operator]


def _then(row: Request, day: datetime) -> Request:
    if row.at <= day:
        return row
    merged, closed = (when if when and when <= day else None for when in (row.merged_at, row.closed_at))
    return replace(
        row,
        merged_at=merged,
        closed_at=closed,
        merge_oid=row.merge_oid if merged else "",
        state="merged" if merged else "closed" if closed else "open",
        at=row.opened_at,
    )


HOURS = st.integers(3, 60).map(lambda number: number * 12.0)
RUNS = st.lists(st.tuples(st.sampled_from(["x", "y", "m"]), HOURS, st.sampled_from(["passed", "failed"])), max_size=4)
EVENTS = st.lists(st.tuples(st.sampled_from(["closed", "reopened"]), HOURS), max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.none() | HOURS, st.none() | HOURS, HOURS, EVENTS, RUNS, st.integers(0, 3), st.integers(0, 64))
def test_as_of_a_day_is_what_a_ledger_of_that_day_says(
    merged: float | None,
    closed: float | None,
    described: float,
    events: list[tuple[str, float]],
    runs: list[tuple[str, float, str]],
    reverts: int,
    day: int,
) -> None:
    commits = [commit("a"), commit("x", "a", 1), commit("y", "x", 2)]
    trunk = "a"
    if merged is not None:
        commits.append(commit("m", "a y", merged))
        trunk = "m"
        for number, named in zip("rst", "mrs", strict=True):
            if ord(number) - ord("r") < reverts:
                commits.append(commit(number, trunk, merged + 30 * (ord(number) - ord("q")), reverts=(named,)))
                trunk = number
    row = request(
        7, head="y", opened=2, merged=merged, closed=closed if merged is None else None,
        described=max(described, merged or 0, closed or 0), merge_oid="m" if merged is not None else "",
    )  # fmt: skip
    facts = history(
        *commits,
        tips=[target(trunk)],
        requests=[row],
        events=[event(kind, hours) for kind, hours in events],
        runs=[
            run(oid, max(hours, merged or 0) if oid == "m" else hours, word)
            for oid, hours, word in runs
            if oid != "m" or merged is not None
        ],
        contributions=[credit("x")],
    )
    moment = at(24 + day * 12.0)
    assert on(facts, moment) == on(until(facts, moment), moment)


def test_the_cut_knows_no_later_facts() -> None:
    facts = history(commit("a"), commit("b", "a", 5), tips=[target("b")], runs=[run("b", 6)])
    cut = until(facts, at(3))
    assert (set(cut.commits), cut.runs, cut.tips[0].oid) == ({"a"}, (), "a")
    assert isinstance(facts.runs[0], Run)


@pytest.mark.parametrize("hours", [3, 9])
def test_a_stretch_holds_from_its_first_moment_and_not_at_its_last(hours: float) -> None:
    (change,) = conclude(history(commit("a"), tips=[target("a")], contributions=[credit("a")])).change
    row = ChangeBefore(
        change_id=change.id, since_at=at(3), until_at=at(9), state="closed", decided_at=at(3), abandoned_at=None,
        reverted_at=None, reverted_after=None, is_verified=True, first_pass=False,
    )  # fmt: skip
    stood = as_it_stood(change, [row], at(hours))
    assert (stood.state, stood.is_verified) == (("closed", True) if hours == 3 else (change.state, change.is_verified))
