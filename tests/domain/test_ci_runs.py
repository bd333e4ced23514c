"""The runs that a job tells of: their keys and names, which of several words decides, a whole workflow's needs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.ci_context import CiContext
from ledger.domain.ci_runs import Ending, check_name, read_needs, run_key, runs_told
from ledger.domain.forge_facts import Run
from ledger.domain.test_reports import Counts, Results, unreadable
from ledger.errors import LedgerError
from tests.domain.triggering import HEAD, NOW, job

GREEN = Results(form="junit", counts=Counts(tests=3, skipped=1, flaky=1), duration_ms=40)
RED = Results(form="junit", counts=Counts(tests=3, failures=1, errors=1), outside=1)
BROKEN = Results(form="junit", counts=Counts(tests=3), problems=("a.xml is broken.",))
MISSING = unreadable("no report was written.")


def told(ending: Ending, context: CiContext | None = None) -> tuple[Run, ...]:
    return runs_told(context or job(), ending, "R", NOW)


def one(ending: Ending, context: CiContext | None = None) -> Run:
    (run,) = told(ending, context)
    return run


def test_a_job_is_one_run_on_the_change_s_own_commit() -> None:
    run = one(Ending(outcome="success", results=GREEN, is_required=True), job(attempt=2, leg="3.12"))
    assert (run.run, run.attempt, run.oid, run.request_number) == ("github/1001/test/3.12", 2, HEAD, 7)
    assert (run.name, run.conclusion, run.evidence, run.reported) == ("CI / test (3.12)", "passed", "outcome", "passed")
    assert (run.tests, run.failures, run.errors, run.skipped, run.flaky, run.duration_ms) == (3, 0, 0, 1, 1, 40)
    assert (run.is_required, run.is_dirty, run.at) == (True, False, NOW)


def test_what_is_said_decides_before_what_ci_says_and_that_before_reports() -> None:
    context = job(status="success", exit_code=1)
    assert one(Ending(outcome="cancelled", exit_code=0), context).conclusion == "cancelled"
    assert one(Ending(exit_code=0), context).conclusion == "passed"
    assert one(Ending(exit_code=0), context).evidence == "exit-code"
    assert one(Ending(), context).evidence == "outcome"
    assert one(Ending(), job(exit_code=1)).evidence == "exit-code"
    assert one(Ending(results=RED), job(status="success")).conclusion == "passed"
    told_by_forge = one(Ending(results=RED), job(conclusion="success"))
    assert (told_by_forge.conclusion, told_by_forge.evidence) == ("passed", "api")
    red = one(Ending(results=RED))
    assert (red.conclusion, red.evidence, red.errors) == ("failed", "report", 2)


def test_both_are_kept_where_they_disagree() -> None:
    green = one(Ending(outcome="failure", results=GREEN))
    assert (green.conclusion, green.reported) == ("failed", "passed")
    red = one(Ending(outcome="success", results=RED))
    assert (red.conclusion, red.reported) == ("passed", "failed")


def test_a_missing_report_of_a_failed_job_is_a_failure_and_of_an_unknown_one_unknown() -> None:
    assert one(Ending(outcome="failure", results=MISSING)).conclusion == "failed"
    unknown = one(Ending(results=MISSING))
    assert (unknown.conclusion, unknown.evidence, unknown.reported, unknown.tests) == ("unknown", "", "unknown", None)


def test_counts_of_a_broken_report_are_none() -> None:
    run = one(Ending(outcome="success", results=BROKEN))
    assert (run.tests, run.failures, run.errors, run.duration_ms) == (None, None, None, None)


@pytest.mark.parametrize("status", ["", "running", "pending", "\x1b"])
def test_without_any_word_there_is_no_run(status: str) -> None:
    assert told(Ending(), job(status=status)) == ()
    assert told(Ending(), CiContext()) == ()


def test_a_word_that_nobody_knows_is_a_run_that_nobody_knows() -> None:
    assert one(Ending(outcome="what")).conclusion == "unknown"


def test_without_a_commit_or_a_run_nothing_can_be_kept() -> None:
    ended = Ending(outcome="success")
    with pytest.raises(LedgerError, match="--run"):
        told(ended, job(run_id=""))
    with pytest.raises(LedgerError, match="from the event issue_comment; say it with --sha"):
        told(ended, job(change_oid="", event="issue_comment"))
    with pytest.raises(LedgerError, match="may be a merge made for the test"):
        told(ended, job(change_oid="", may_be_merge=True))


def test_needs_are_a_run_for_each_job() -> None:
    needs = read_needs('{"unit": {"result": "success", "outputs": {}}, "e2e": {"result": "cancelled"}}')
    runs = told(Ending(needs=needs), job(job="ledger", leg="0", try_id="9"))
    assert [(run.run, run.name, run.conclusion) for run in runs] == [
        ("github/1001/unit/", "CI / unit", "passed"),
        ("github/1001/e2e/", "CI / e2e", "cancelled"),
    ]


def test_a_job_that_records_itself_and_one_that_needed_it_tell_of_one_run() -> None:
    own = one(Ending(outcome="failure"), job(job="unit"))
    (needed,) = told(Ending(needs={"unit": "failure"}), job(job="ledger"))
    assert (own.run, own.attempt, own.name) == (needed.run, needed.attempt, needed.name)


def test_reports_are_of_the_only_job_or_of_the_one_that_is_said() -> None:
    (only,) = told(Ending(needs={"unit": "success"}, results=GREEN), job(job="ledger"))
    assert only.tests == 3
    both = {"unit": "success", "lint": "success"}
    unit, lint = told(Ending(needs=both, results=GREEN), job(job="unit"))
    assert (unit.tests, lint.tests) == (3, None)
    with pytest.raises(LedgerError, match="--job with one of unit, lint"):
        told(Ending(needs=both, results=GREEN), job(job="ledger"))


def test_no_needs_are_none_and_needed_jobs_without_any_are_no_run() -> None:
    assert read_needs("") is read_needs("null") is None
    assert read_needs("{}") == {}
    assert told(Ending(needs={}, outcome="success")) == ()


@pytest.mark.parametrize(
    "said", ["{", "[]", '"x"', "1", '{"a": "success"}', '{"a": {}}', '{"a": {"result": 1}}', "[" * 9999]
)
def test_what_is_no_needs_is_refused(said: str) -> None:
    with pytest.raises(LedgerError, match=r"--needs must be what toJSON\(needs\) gives"):
        read_needs(said)


def test_more_jobs_than_a_workflow_has_are_refused() -> None:
    with pytest.raises(LedgerError, match="500"):
        read_needs(json.dumps({str(number): {"result": "success"} for number in range(501)}))


def test_keys_of_different_jobs_differ_whatever_their_parts_hold() -> None:
    keys = {
        run_key(job(job="a", leg="b")),
        run_key(job(job="a/b")),
        run_key(job(job="a%2Fb")),
        run_key(job(job="a", try_id="b")),
        run_key(job(job="a"), name="b/c"),
        run_key(job(job="a", try_id="b"), name="c"),
    }
    assert len(keys) == 6


def test_names_are_those_of_the_check() -> None:
    assert check_name(job()) == "CI / test"
    assert check_name(job(leg="mac")) == "CI / test (mac)"
    assert check_name(job(leg="mac"), "unit") == "unit (mac)"
    assert check_name(CiContext(provider="bitbucket")) == "bitbucket"
    assert check_name(CiContext()) == "ci"
    assert len(check_name(job(workflow="w" * 300))) == 200


@given(st.text(), st.text(), st.text())
def test_a_key_is_one_line_that_begins_with_its_run(name: str, part: str, leg: str) -> None:
    key = run_key(job(job=part, leg=leg), name=name)
    assert key.startswith("github/1001/")
    assert key.count("/") == (4 if name else 3)
