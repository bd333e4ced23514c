"""Where the CI has a place for it, there it is said; a place that cannot be written costs the job nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.commands.ci_saying import tell
from ledger.commands.options import Options
from ledger.domain.ci_context import CiContext
from ledger.domain.ci_runs import Ending, runs_told
from ledger.posting.recording import Recorded
from tests.domain.triggering import NOW, job


def recorded(*problems: str) -> Recorded:
    facts = list(runs_told(job(), Ending(outcome="failure"), "R", NOW))
    return Recorded(facts=[*facts], places=["x.jsonl"], problems=list(problems))


def places(folder: Path) -> dict[str, str]:
    return {"GITHUB_STEP_SUMMARY": str(folder / "summary"), "GITHUB_OUTPUT": str(folder / "output")}


def test_a_line_a_summary_and_two_outputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell(Options(), places(tmp_path), job(), recorded())
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Recorded CI / test failed on bbbbbbbbbb of #7 in x.jsonl.\n")
    assert "CI / test failed" in (tmp_path / "summary").read_text()
    lines = (tmp_path / "output").read_text().splitlines()
    assert [lines[1], lines[4]] == ["failed", "7"]
    assert lines[0] == f"verdict<<{lines[2]}"
    assert lines[3] == f"pr-number<<{lines[5]}"
    assert lines[2] != lines[5]


def test_each_delimiter_is_drawn_anew(tmp_path: Path) -> None:
    for _ in range(2):
        tell(Options(quiet=True), places(tmp_path), job(), recorded())
    lines = (tmp_path / "output").read_text().splitlines()
    assert len({lines[number] for number in (2, 5, 8, 11)}) == 4


def test_problems_are_lines_and_on_github_one_annotation(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Options(quiet=True), {}, CiContext(), recorded("One.", "Two."))
    assert capsys.readouterr().err.splitlines() == ["ledger: One.", "ledger: Two."]
    tell(Options(quiet=True), {"GITHUB_ACTIONS": "true"}, CiContext(), recorded("One.", "Two."))
    assert capsys.readouterr().err.splitlines()[-1] == ("::warning title=ledger::One. (1 more in the job's summary.)")


def test_a_summary_that_would_be_thrown_away_for_its_size_is_not_added_to(tmp_path: Path) -> None:
    full = "x" * ((1 << 20) - 10)
    (tmp_path / "summary").write_text(full)
    tell(Options(quiet=True), places(tmp_path), job(), recorded())
    assert (tmp_path / "summary").read_text() == full


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell(Options(quiet=True), places(tmp_path / "gone"), job(), recorded())
    assert capsys.readouterr().err.splitlines() == [
        "ledger: summary cannot be written (No such file or directory).",
        "ledger: output cannot be written (No such file or directory).",
    ]


def test_nothing_recorded_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Options(), {}, CiContext(), Recorded())
    assert capsys.readouterr().err == "Recorded nothing.\n"
