"""`ledger query`: what comes out, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands.running import run

MODELS = (
    "SELECT DISTINCT lead_model AS model, 1.5 AS figure, NULL AS empty FROM changes "
    "WHERE lead_model IS NOT NULL ORDER BY 1"
)


def test_the_three_formats_say_the_same(posted: Path) -> None:
    table, text, rows = (
        run("-C", str(posted), "query", "--format", form, MODELS).out for form in ("table", "csv", "json")
    )
    assert json.loads(rows) == [
        {"model": model, "figure": 1.5, "empty": None} for model in ("claude-haiku-4-5", "claude-opus-4-8")
    ]
    assert list(csv.reader(io.StringIO(text))) == [
        ["model", "figure", "empty"],
        ["claude-haiku-4-5", "1.5", ""],
        ["claude-opus-4-8", "1.5", ""],
    ]
    assert [line.split() for line in table.splitlines()[2:]] == [
        ["claude-haiku-4-5", "1.5"],
        ["claude-opus-4-8", "1.5"],
    ]


def test_parameters_are_values_and_never_sql(posted: Path) -> None:
    text = "x' OR '1'='1"
    done = run("-C", str(posted), "query", "-p", f"t={text}", "--format", "json", "SELECT :t AS t")
    assert json.loads(done.out) == [{"t": text}]


@pytest.mark.parametrize("param", ["novalue", ""])
def test_a_parameter_needs_its_form(posted: Path, param: str) -> None:
    done = run("-C", str(posted), "query", "--param", param, "SELECT 1")
    assert done.code == 1
    assert "NAME=TEXT" in done.err


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM call", "refused"),
        ("ATTACH 'x.db' AS x", "refused"),
        ("SELECT load_extension('x')", "refused"),
        ("PRAGMA user_version = 3", "refused"),
        ("SELEKT 1", "not valid"),
        ("SELECT 1; SELECT 2", "not valid"),
        ("SELECT :missing", "not valid"),
        ("", "no rows"),
        ("-- nothing", "no rows"),
    ],
)
def test_what_is_no_reading_is_refused_in_a_sentence(posted: Path, sql: str, says: str) -> None:
    before = (posted / ".git" / "ledger" / "ledger.db").read_bytes()
    done = run("-C", str(posted), "query", "--", sql)
    assert (done.code, done.out) == (1, "")
    assert says in done.err
    assert (posted / ".git" / "ledger" / "ledger.db").read_bytes() == before


def test_a_long_query_is_given_up(posted: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    done = run("-C", str(posted), "query", "--seconds", "0.1", endless)
    assert done.code == 1
    assert "longer than 0.1 seconds" in done.err


def test_a_formula_does_not_reach_a_spreadsheet(posted: Path) -> None:
    done = run("-C", str(posted), "query", "--format", "csv", "SELECT '=HYPERLINK(1)' AS a, -5 AS b")
    assert done.out.splitlines()[1] == "'=HYPERLINK(1),-5"


def test_the_table_cannot_steer_the_terminal(posted: Path) -> None:
    assert "\x1b" not in run("-C", str(posted), "query", "SELECT char(27) || '[2J' AS a").out


def test_the_empty_answer_has_its_columns(posted: Path) -> None:
    sql = "SELECT model FROM call WHERE 0"
    assert run("-C", str(posted), "query", "--format", "csv", sql).out == "model\n"
    assert json.loads(run("-C", str(posted), "query", "--format", "json", sql).out) == []
    assert "model" in run("-C", str(posted), "query", sql).out


def test_rows_too_wide_for_the_screen_are_lists(posted: Path) -> None:
    lines = run("-C", str(posted), "query", "SELECT * FROM changes ORDER BY number LIMIT 2").out.splitlines()
    assert [line for line in lines if line.startswith("──")] == ["── row 1 ──", "── row 2 ──"]
    assert len([line for line in lines if line.startswith("lead_model ")]) == 2
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("sql", ["SELECT 1e999 AS a", "SELECT 1 AS a, 2 AS a"])
def test_json_is_json_and_loses_no_column(posted: Path, sql: str) -> None:
    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    done = run("-C", str(posted), "query", "--format", "json", sql)
    (row,) = json.loads(done.out, parse_constant=refuse)
    assert len(row) == sql.count(" AS ")
