"""`ledger report` in the forms that are for other programs: CSV, and the page that a browser opens."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from tests.commands.running import run, run_process

DAY = "2026-04-01"


def test_every_credit_is_the_same_as_json_as_csv_and_as_one_whole_page(posted: Path) -> None:
    for credit in ("lead", "own", "first", "lineup"):
        asked = ("-C", str(posted), "report", "--as-of", DAY, "--credit", credit, "--format")
        report = json.loads(run(*asked, "json").out)
        done = run(*asked, "csv")
        assert (done.code, done.err) == (0, "")
        models = [each["key"]["model"] or each["key"]["lineup"] for each in report["spend"] or report["groups"]]
        rows = csv.DictReader(done.out.splitlines())
        assert [row["model"] or row.get("lineup") for row in rows] == models
        done = run(*asked, "html")
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("<!doctype html>")
        assert done.out.endswith("</html>\n")
        figures = json.loads(re.findall(r'id="figures">(.*?)</script>', done.out)[0])
        assert figures["report"] == report
        assert sum(float(amount) for *_, amount in figures["timeline"]["portions"]) == pytest.approx(27)
        assert sum(loop["decided"] for loop in figures["loops"]) == 24


def browser(folder: Path, code: int) -> str:
    """A program that writes down what it was asked to open, and ends so."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >{folder}/opened\nexit {code}\n')
    program.chmod(0o755)
    return f"{program} %s"


def test_open_writes_the_page_beside_the_database_and_shows_it(posted: Path, tmp_path: Path) -> None:
    environment = {"BROWSER": browser(tmp_path, 0)}
    done = run_process("report", "--as-of", DAY, "--open", cwd=posted, env=environment)
    place = posted / ".git" / "ledger" / "report.html"
    assert (done.code, done.out, done.err) == (0, "", f"The page is {place}\n")
    assert (tmp_path / "opened").read_text() == f"{place.as_uri()}\n"
    assert place.read_text().startswith("<!doctype html>")
    assert [path.name for path in place.parent.glob("report*")] == ["report.html"]


def test_open_says_what_to_do_where_there_is_no_browser_and_where_nothing_can_be_written(
    posted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    place = posted / ".git" / "ledger" / "report.html"
    done = run("-C", str(posted), "report", "--open")
    assert (done.code, done.out) == (1, "")
    assert f"No browser could be started here; open {place} in one." in done.err
    place.unlink()
    place.mkdir()
    done = run("-C", str(posted), "report", "--open")
    assert (done.code, done.out) == (1, "")
    assert "cannot be written" in done.err
    assert "ledger report --format html > report.html" in done.err


@pytest.mark.parametrize("arguments", [("--format", "csv"), ("--format", "html"), ("--open",)])
def test_the_list_of_what_reached_no_change_is_no_page(repository: Path, arguments: tuple[str, ...]) -> None:
    done = run("-C", str(repository), "report", "--unattributed", *arguments)
    assert (done.code, done.out) == (1, "")
    assert "write it with --format table or json" in done.err
