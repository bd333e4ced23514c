"""`ledger report`: the same figures in both formats, for any slice, changing nothing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import run

DAY = "2026-04-01"


def report(repository: Path, *arguments: str) -> dict[str, Any]:
    done = run("-C", str(repository), "report", "--format", "json", *arguments)
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_json_is_format_1_and_counts_every_statement(posted: Path) -> None:
    found = report(posted, "--as-of", DAY)
    models = {group["key"]["model"]: group for group in found["groups"] if group["key"]["task_type"] is None}
    assert found["format"] == 1
    assert found["as_of"].startswith("2026-04-01T23:59:59")
    assert {name: group["n"] for name, group in models.items()} == {"claude-opus-4-8": 12, "claude-haiku-4-5": 12}
    assert sum(group["accepted"] for group in models.values()) == 16
    assert sum(group["rejected"] for group in models.values()) == 8
    assert found["reconciliation"]["difference_usd"] == "0.00"


def test_the_total_is_what_the_rows_say(posted: Path) -> None:
    wanted = sum(100 + number for number in range(1, 25)) / 100
    assert float(report(posted, "--as-of", DAY)["reconciliation"]["total_usd"]) == pytest.approx(wanted, abs=1e-9)


def test_the_table_says_the_same_headline(posted: Path) -> None:
    table = run("-C", str(posted), "report", "--as-of", DAY).out
    headline = report(posted, "--as-of", DAY)["headline"]
    assert " ".join(table.split()).startswith(headline)
    assert "claude-opus-4-8" in table
    assert "claude-haiku-4-5" in table


def test_a_slice_counts_what_was_opened_in_it(posted: Path) -> None:
    inside = report(posted, "--as-of", DAY, "--since", "2026-03-01", "--until", "2026-03-02")
    before = report(posted, "--as-of", DAY, "--until", "2026-03-01")
    after = report(posted, "--as-of", DAY, "--since", "2026-03-02")
    assert sum(group["n"] for group in inside["groups"]) > 0
    assert [sum(group["n"] for group in part["groups"]) for part in (before, after)] == [0, 0]


def test_before_anything_was_decided_everything_is_open(posted: Path) -> None:
    found = report(posted, "--as-of", "2026-03-01")
    assert sum(group["accepted"] + group["rejected"] for group in found["groups"]) == 0


def test_it_changes_nothing(posted: Path) -> None:
    database = posted / ".git" / "ledger" / "ledger.db"
    before = database.read_bytes()
    first = run("-C", str(posted), "report", "--as-of", DAY).out
    assert run("-C", str(posted), "report", "--as-of", DAY).out == first
    assert database.read_bytes() == before


def test_without_a_ledger_it_says_how_to_make_one(committed: Path) -> None:
    done = run("-C", str(committed), "report")
    assert (done.code, done.out) == (1, "")
    assert "does not exist; run ledger init" in done.err
    assert not (committed / ".git" / "ledger" / "ledger.db").exists()


def test_a_day_that_does_not_exist_is_wrong_usage(posted: Path) -> None:
    done = run("-C", str(posted), "report", "--as-of", "2026-02-30")
    assert done.code == 2
    assert "write it like 2026-03-01" in done.err


def test_no_colour_reaches_a_pipe(posted: Path) -> None:
    assert "\x1b" not in run("-C", str(posted), "report").out


@pytest.mark.parametrize("columns", ["1", "40", "80", "200", "many"])
def test_any_width_of_the_screen_is_borne(posted: Path, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    done = run("-C", str(posted), "report", "--as-of", DAY)
    assert done.code == 0
    assert "claude-opus-4-8" in done.out


@pytest.mark.parametrize("day", ["0001-01-05", "9999-12-31"])
def test_the_ends_of_the_calendar_are_borne(posted: Path, day: str) -> None:
    assert run("-C", str(posted), "report", "--as-of", day).code == 0


def test_a_label_tells_repositories_apart(posted: Path) -> None:
    run("-C", str(posted), "db", "label", "team=payments & more")
    found = report(posted, "--as-of", DAY, "--by", "label:team")
    assert found["filters"]["by"] == "label:team"
    labels = {(group["key"]["model"], group["key"]["label"]): group["n"] for group in found["groups"]}
    assert labels == {
        (model, label): 12 for model in ("claude-opus-4-8", "claude-haiku-4-5") for label in (None, "payments & more")
    }
    table = run("-C", str(posted), "report", "--as-of", DAY, "--by", "label:team").out
    assert "team, model" in table
    assert "payments & more" in table
    assert "(none)" in run("-C", str(posted), "report", "--by", "label:cost_centre").out
    wrong = run("-C", str(posted), "report", "--by", "colour")
    assert (wrong.code, wrong.out) == (2, "")


@pytest.mark.parametrize("credit", ["lead", "own", "first", "lineup"])
def test_every_credit_sums_to_the_total_of_the_calls(posted: Path, credit: str) -> None:
    found = report(posted, "--as-of", DAY, "--credit", credit)
    total = found["reconciliation"]["total_usd"]
    assert found["filters"]["credit"] == credit
    if credit == "own":
        parts = sum(Decimal(row["total_usd"]) for row in found["spend"] if row["key"]["task_type"] is None)
        assert found["groups"] == []
    else:
        parts = sum(
            Decimal(group["base"]["cost_usd"]) for group in found["groups"] if group["key"]["task_type"] is None
        )
        assert found["spend"] == []
    assert parts == Decimal(total)
    table = run("-C", str(posted), "report", "--as-of", DAY, "--credit", credit)
    assert (table.code, table.err) == (0, "")
    assert f"Credit {credit}:" in table.out


def test_the_headline_says_whom_changes_are_credited_to(posted: Path) -> None:
    said = {credit: report(posted, "--as-of", DAY, "--credit", credit)["headline"] for credit in ("first", "lineup")}
    assert said["first"].endswith(", each change credited to the model that tried first.")
    assert "each change credited to its line-up of models" in said["lineup"]
    assert report(posted, "--credit", "own")["headline"].startswith("$27.00 was spent: ")


@pytest.mark.parametrize("by", ["area", "stakes", "package"])
def test_a_part_that_no_diff_tells_is_unknown(posted: Path, by: str) -> None:
    found = report(posted, "--as-of", DAY, "--by", by)
    assert {group["key"][by] for group in found["groups"]} == {None, "unknown"}
    assert f"{by}, model" in run("-C", str(posted), "report", "--by", by).out


def test_another_credit_is_wrong_usage(posted: Path) -> None:
    done = run("-C", str(posted), "report", "--credit", "mine")
    assert (done.code, done.out) == (2, "")


def test_another_maturity_and_no_drafts_are_told_with_what_they_change(posted: Path) -> None:
    usual, long = report(posted), report(posted, "--maturity", "365", "--drafts", "out")
    assert (usual["population"]["maturity_days"], usual["population"]["drafts"]) == (14, "in")
    assert (long["population"]["maturity_days"], long["population"]["drafts"]) == (365, "out")
    assert sum(group["accepted"] for group in long["groups"]) == sum(group["accepted"] for group in usual["groups"])
    assert sum(group["durable"] for group in long["groups"]) <= sum(group["durable"] for group in usual["groups"])
    assert run("-C", str(posted), "report", "--maturity", "0").code == 2
    assert run("-C", str(posted), "report", "--unattributed", "--maturity", "30").code == 1


def test_markdown_says_the_same_headline_and_lists_nothing_else(posted: Path) -> None:
    page = run("-C", str(posted), "report", "--as-of", DAY, "--format", "markdown").out
    assert page.startswith(f"**{report(posted, '--as-of', DAY)['headline']}**\n")
    refused = run("-C", str(posted), "report", "--unattributed", "--format", "markdown")
    assert (refused.code, refused.out) == (1, "")
    assert "write it with --format table or json" in refused.err
