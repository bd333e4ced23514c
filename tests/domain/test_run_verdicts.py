"""The verdict of a run: who tells first, and what is kept of who says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.forge_facts import Run
from ledger.domain.run_verdicts import concluded, is_disputed, of_exit_code, told_once, verdict_of
from ledger.domain.test_reports import Counts, Results
from tests.domain.building import run
from tests.domain.test_test_reports import RESULTS

GREEN = Results(form="junit", counts=Counts(tests=2))
RED = Results(form="junit", counts=Counts(tests=2, failures=1))
MISSING = Results(form="", problems=("no report was written.",))

_OUTCOME = st.sampled_from(["", "success", "failure", "cancelled", "skipped", "neutral", "stale", "x"])
_CODE = st.none() | st.integers(-40, 255)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [(None, "unknown"), (0, "passed"), (1, "failed"), (5, "failed"), (127, "failed"), (255, "failed"),
     (-2, "cancelled"), (130, "cancelled"), (-15, "cancelled"), (143, "cancelled"), (-1, "cancelled"),
     (-9, "failed"), (137, "failed"), (-11, "failed"), (139, "failed")],
)  # fmt: skip
def test_exit_codes_and_signals(code: int | None, wanted: str) -> None:
    assert of_exit_code(code) == wanted


def test_a_run_that_was_asked_to_end_and_failed_is_cancelled_but_one_that_passed_has_passed() -> None:
    assert of_exit_code(2, was_stopped=True) == "cancelled"
    assert of_exit_code(0, was_stopped=True) == "passed"


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("success", "passed"), (" Failure ", "failed"), ("timed_out", "failed"), ("canceled", "cancelled"),
     ("neutral", "skipped"), ("action_required", "unknown"), ("SucceededWithIssues", "passed"), ("UNSTABLE", "failed"),
     ("partiallySucceeded", "failed"), ("infrastructure_fail", "failed"), ("NOT_BUILT", "skipped"),
     ("stale", "unknown"), ("ABORTED", "cancelled"), ("running", "unknown"), ("", "unknown"), ("\x1b[2J", "unknown")],
)  # fmt: skip
def test_the_words_of_forges(word: str, wanted: str) -> None:
    assert concluded(word) == wanted


def test_the_first_that_tells_decides_and_reports_come_last() -> None:
    said = verdict_of(outcome="failure", exit_code=0, api="success", reports=GREEN)
    assert (said.conclusion, said.evidence, said.reported) == ("failed", "outcome", "passed")
    said = verdict_of(outcome="what", exit_code=1, api="success", reports=GREEN)
    assert (said.conclusion, said.evidence) == ("failed", "exit-code")
    said = verdict_of(api="cancelled", reports=RED)
    assert (said.conclusion, said.evidence, said.reported) == ("cancelled", "api", "failed")
    said = verdict_of(reports=RED)
    assert (said.conclusion, said.evidence) == ("failed", "report")


def test_a_missing_report_is_no_pass_and_no_report_is_unknown() -> None:
    assert verdict_of(reports=MISSING).conclusion == "unknown"
    assert verdict_of(reports=None).conclusion == "unknown"
    failed = verdict_of(exit_code=1, reports=MISSING)
    assert (failed.conclusion, failed.reported) == ("failed", "unknown")
    assert verdict_of(exit_code=0, reports=None).reported == ""


@pytest.mark.parametrize(
    ("conclusion", "reported", "wanted"),
    [("passed", "failed", True), ("failed", "passed", True), ("passed", "passed", False), ("failed", "unknown", False),
     ("passed", "", False), ("cancelled", "failed", False), ("passed", "skipped", False)],
)  # fmt: skip
def test_only_a_plain_contradiction_is_a_dispute(conclusion: str, reported: str, wanted: bool) -> None:
    assert is_disputed(replace(run("a", 1, conclusion), reported=reported)) is wanted


@given(_OUTCOME, _CODE, st.booleans(), _OUTCOME, st.none() | RESULTS)
def test_reports_never_change_what_a_better_witness_said_and_are_never_lost(
    outcome: str, code: int | None, stopped: bool, api: str, reports: Results | None
) -> None:
    said = verdict_of(outcome=outcome, exit_code=code, was_stopped=stopped, api=api, reports=reports)
    without = verdict_of(outcome=outcome, exit_code=code, was_stopped=stopped, api=api, reports=None)
    assert said.reported == (reports.conclusion if reports else "")
    if without.evidence:
        assert (said.conclusion, said.evidence) == (without.conclusion, without.evidence)
    else:
        assert said.conclusion == (said.reported or "unknown")
    assert (said.conclusion == "unknown") == (said.evidence == "")
    if code and concluded(outcome) != "passed":
        assert said.conclusion != "passed"


def job(run: str, name: str = "CI / test", **changed: Any) -> Run:
    made = {"oid": "a" * 40, "request_number": 7, "conclusion": "failed", "is_required": False, "attempt": 1}
    counts = {"tests": None, "failures": None, "at": datetime(2026, 3, 1, tzinfo=UTC)}
    return Run(**{"repository_id": "R", "run": run, "name": name, **made, **counts, **changed})


def test_a_job_that_recorded_itself_is_not_told_again_by_the_forge() -> None:
    recorded = job("github/31/test", evidence="outcome", tests=5)
    api = job("github/31/5", evidence="api", is_required=True)
    assert list(told_once([api, recorded])) == [replace(recorded, is_required=True)]
    assert list(told_once([recorded, api])) == list(told_once([api, recorded])), "in any order"


@pytest.mark.parametrize(
    "other",
    [{"run": "github/32/5"}, {"run": "github/31/5", "name": "CI / lint"}, {"run": "github/31/5", "oid": "b" * 40}],
)
def test_another_run_check_or_commit_is_another_run(other: dict[str, Any]) -> None:
    recorded, api = job("github/31/test", evidence="outcome"), job(**{**other, "evidence": "api"})
    assert list(told_once([recorded, api])) == [recorded, api]
