"""What a step tells, where: the log, the files, the job's summary and its outputs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.commands.ci_telling import say, write_files, write_outputs
from ledger.domain.ci_step import Done
from ledger.posting.commenting import Told
from tests.action.harness import outputs
from tests.reports.test_change import HOSTILE, whole
from tests.reports.test_table import REPORT

FINE, BROKEN = Done("update", 0, ("Posted 3 new facts.",)), Done("sync", 1, ("asking", "ledger: no way to it"))


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a runner, in a directory where the report goes too."""
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path


def told_outputs(job: Path, told: Told | None, *done: Done) -> dict[str, str]:
    write_outputs(told, job, done)
    found = outputs((job / "GITHUB_OUTPUT").read_text())
    (job / "GITHUB_OUTPUT").unlink()
    return found


def test_the_summary_is_the_page_and_below_it_what_could_not_be_done(job: Path) -> None:
    write_files(Told(REPORT, whole()), job, [FINE, BROKEN])
    summary = (job / "GITHUB_STEP_SUMMARY").read_text()
    assert summary == (job / "report.md").read_text()
    assert summary.startswith("**Request 12 (A gate): accepted")
    assert summary.endswith("What could not be done:\n\n- sync: no way to it\n")
    assert json.loads((job / "report.json").read_text())["headline"] == REPORT.headline


def test_what_other_steps_of_the_job_wrote_stays(job: Path) -> None:
    (job / "GITHUB_STEP_SUMMARY").write_text("theirs\n")
    write_files(None, job, [Done("pull", 1, (HOSTILE,))])
    summary = (job / "GITHUB_STEP_SUMMARY").read_text()
    assert summary.startswith("theirs\nWhat could not be done:\n\n- pull: x·")
    assert "<b>" not in summary
    assert not (job / "report.json").exists()


def test_a_step_that_did_all_it_was_to_and_reports_nothing_writes_nothing(job: Path) -> None:
    write_files(None, job, [FINE])
    assert (job / "GITHUB_STEP_SUMMARY").read_text() == ""


def test_outputs_are_known_or_empty(job: Path) -> None:
    request = whole()
    known = Told(REPORT, replace(request, change=replace(request.change, cost_known="full")))
    unknown = Told(REPORT, replace(request, change=replace(request.change, cost_known="none")))
    found = told_outputs(job, known, FINE)
    assert (found["cost-usd"], found["problem"], found["record-path"]) == ("0.002", "", "")
    assert found["report-path"] == str(job / "report.json")
    assert float(found["cost-per-accepted-usd"]) > 0
    assert told_outputs(job, unknown)["cost-usd"] == ""
    assert "pr-number" not in found
    nothing = told_outputs(job, None, BROKEN)
    assert (nothing["cost-usd"], nothing["cost-per-accepted-usd"], nothing["report-path"]) == ("", "", "")
    assert nothing["problem"] == "sync: no way to it"


def test_a_record_is_named_only_where_it_could_not_be_put_elsewhere(job: Path) -> None:
    (job / "record.jsonl").write_text("{}\n")
    assert told_outputs(job, None, Done("record", 0, ("Recorded tests passed.",)))["record-path"] == ""
    failed = Done("record", 1, ("Recorded tests passed.", "ledger: Permission to a/b denied to bot."))
    assert told_outputs(job, None, failed)["record-path"] == str(job / "record.jsonl")


def test_the_request_s_number_is_the_job_s(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "12")
    assert told_outputs(job, None)["pr-number"] == "12"


def test_the_log_begins_with_what_matters_most(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(replace(REPORT, headline=f"::add-mask::{HOSTILE}"), None)
    say([FINE], told)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("ledger: ::add-mask::x·[2J")
    assert rest[-1] == "update: Posted 3 new facts."
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    say([FINE, BROKEN], None)
    assert capsys.readouterr().out.splitlines() == [
        "ledger: sync: no way to it",
        "update: Posted 3 new facts.",
        "sync: asking",
        "sync: ledger: no way to it",
        "::warning title=ledger::sync: no way to it",
    ]
    say([FINE], None)
    assert capsys.readouterr().out.splitlines() == ["ledger: Done.", "update: Posted 3 new facts."]
