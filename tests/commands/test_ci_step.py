"""`ledger ci step`, typed: a job goes on whatever it comes to."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from ledger.commands.ci_step import Several
from tests.commands.running import run


@pytest.mark.parametrize(
    ("said", "steps"),
    [("pull report", ("pull", "report")), ("report,  pull\n", ("report", "pull")), (("sync",), ("sync",))],
)
def test_steps_are_words_between_blanks_or_commas(said: object, steps: tuple[str, ...]) -> None:
    assert Several().convert(said, None, None) == steps


def test_no_steps_are_the_usual_ones_and_another_word_is_wrong_usage() -> None:
    assert Several().convert("", None, None) == ("pull", "sync", "record", "update", "report")
    with pytest.raises(click.BadParameter, match="'push' is none of pull, sync"):
        Several().convert("pull push", None, None)


def test_where_nothing_can_be_written_the_job_goes_on_unless_it_is_strict(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    into = str(tmp_path / "taken" / "report")
    before = dict(os.environ)
    done = run("-C", str(tmp_path), "ci", "step", "--steps", "report", "--into", into)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"ledger: report: {into} cannot be written: Not a directory.\n")
    assert run("-C", str(tmp_path), "ci", "step", "--steps", "report", "--into", into, "--strict").code == 1
    assert dict(os.environ) == before


def test_a_job_without_a_report_has_in_its_summary_what_could_not_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    arguments = ("-C", str(tmp_path), "ci", "step", "--into", str(tmp_path / "into"), "--steps", "update")
    run(*arguments, "--no-summary")
    assert not summary.exists()
    run(*arguments)
    assert summary.read_text().startswith("What could not be done:\n\n- update: ")
    assert not (tmp_path / "into" / "report.md").exists()


def test_each_step_says_what_it_came_to_and_none_keeps_the_others_from_their_work(tmp_path: Path) -> None:
    into = tmp_path / "into"
    done = run("-C", str(tmp_path), "ci", "step", "--steps", "update report", "--into", str(into))
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].startswith("ledger: update: ")
    assert [line.partition(":")[0] for line in lines] == ["ledger", "update", "report"]
    assert all("is not in a git repository" in line for line in lines)
