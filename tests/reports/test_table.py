"""The report on a screen of eighty columns, and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from ledger.domain.report import Filters, Report, ordered
from ledger.reports import FORMATS, render
from ledger.reports.json import as_object
from ledger.reports.rows import as_csv, as_json, as_table
from tests.domain.test_report import BUCKETS, COVERAGE, sums

REPORT = Report(
    as_of=datetime(2026, 3, 1, tzinfo=UTC),
    filters=Filters(),
    cost_kind="list",
    maturity=timedelta(days=14),
    headline="opus costs least.",
    groups=ordered(
        [
            sums("claude-opus-4-8"),
            sums("claude-haiku-4-5", each=3, accepted=15),
            sums("none", n=6, accepted=0),
            sums(None, n=2),
        ]
    ),
    by_part=ordered(
        [replace(sums("claude-opus-4-8", n=20, accepted=15), part=kind) for kind in ("fix", "feat")]
        + [replace(sums("claude-haiku-4-5", n=2, accepted=1), part="docs")]
        + [replace(sums(name, n=1, accepted=1), part="feat") for name in ("none", None)]
    ),
    buckets=BUCKETS,
    coverage=replace(
        COVERAGE,
        skipped=(("line", "file at 3", "because"),),
        unattributed=(("no reason", 4 * 10**9),),
        calls_unpriced=2,
        unpriced_models=(("odd", 2),),
    ),
    is_settled=True,
    next_step="",
)


def test_it_fits_eighty_columns_and_names_everything() -> None:
    text = render(REPORT, "table")
    assert max(len(line) for line in text.splitlines()) <= 80
    for words in (
        "opus costs least.",
        "claude-opus-4-8",
        "solid",
        "≥ $",
        "(0 of 6)",
        "too few",
        "unattributed $4.00",
        "40% is unattributed",
        "file at 3",
        "odd (2)",
    ):
        assert words in " ".join(text.split()), words
    assert "\x1b" not in text


def test_colour_is_for_terminals() -> None:
    assert "\x1b[" in render(REPORT, "table", color=True)


def test_a_narrow_screen_still_gets_it() -> None:
    assert "claude-opus-4-8" in render(REPORT, "table", width=70).replace("\n", "")


def test_an_unsettled_ledger_says_so() -> None:
    assert "not counted yet" in render(replace(REPORT, is_settled=False), "table")


def test_markup_and_controls_in_names_are_inert() -> None:
    hostile = "[red]x[/red]\x1b]0;pwned\x07\u202e"
    report = replace(REPORT, groups=ordered([sums(hostile)]), headline=hostile)
    for form in FORMATS:
        text = render(report, form)
        assert "\x1b" not in text
        assert "\u202e" not in text or form == "json"
    assert "[red]x" in render(report, "table")


def test_json_has_every_key_and_money_as_decimal_strings() -> None:
    report = json.loads(render(REPORT, "json"))
    assert list(report) == [
        "format",
        "as_of",
        "filters",
        "cost_kind",
        "population",
        "headline",
        "groups",
        "spend",
        "reconciliation",
        "costs",
        "coverage",
    ]
    assert report["format"] == 1
    keys = {
        "key",
        "n",
        "accepted",
        "rejected",
        "abandoned",
        "open",
        "stale",
        "unknown",
        "n_cost_known",
        "base",
        "acceptance",
        "cost_per_accepted",
        "unattributed_usd",
        "all_in_per_accepted",
        "verified",
        "durable",
        "reverted",
        "first_pass",
        "attempts_per_accepted",
    }
    for group in report["groups"]:
        assert set(group) == keys
        assert set(group["cost_per_accepted"]) == {"point", "lo", "hi", "lower_bound", "strength"}
        assert isinstance(group["base"]["cost_usd"], str)
    first = report["groups"][0]
    nothing = dict.fromkeys(("lineup", "task_type", "area", "stakes", "package", "label"))
    assert first["key"] == {"basis": "request", "model": "claude-opus-4-8", **nothing}
    assert Decimal(first["cost_per_accepted"]["point"]) == Decimal("1.333333")
    said = report["reconciliation"]
    assert (said["total_usd"], said["difference_usd"]) == ("10.00", "0.00")
    assert {name for name, usd in said["buckets"].items() if usd == "0.00"} == {"abandoned", "stale", "open", "unknown"}
    assert said["buckets"]["unattributed"] == "4.00"
    zero = next(group for group in report["groups"] if group["key"]["model"] == "none")
    assert zero["cost_per_accepted"]["point"] is None
    assert zero["cost_per_accepted"]["lower_bound"] is not None


def test_every_key_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
    named = set(re.findall(r"`(\w+)`", text))
    assert _keys(as_object(REPORT)) - named == set()


def _keys(found: object) -> set[str]:
    if isinstance(found, list):
        return set[str]().union(*map(_keys, found))
    return set(found).union(*map(_keys, found.values())) if isinstance(found, dict) else set()


def test_rows_are_written_safely() -> None:
    columns, rows = ("a", "b"), [("=1+1", 2.5), (None, 3), ("x\x1b[31m,y", 4)]
    assert as_csv(columns, rows) == 'a,b\n\'=1+1,2.5\n,3\n"x\x1b[31m,y",4\n'
    exact = [(Decimal("5.3500"), Decimal(100))]
    assert "5.35 " in as_table(columns, exact, 80)
    assert as_csv(columns, exact) == "a,b\n5.35,100\n"
    assert json.loads(as_json(columns, exact)) == [{"a": 5.35, "b": 100}]
    assert json.loads(as_json(columns, rows))[1] == {"a": None, "b": 3}
    assert "\x1b" not in as_table(columns, rows, 80)
