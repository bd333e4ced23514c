"""The report on a screen of eighty columns, and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.domain.credit import CREDITS
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


def typed(*kinds: tuple[str, int]) -> Report:
    """A report whose parts are of these types and sizes, all by one model."""
    rows = ordered([replace(sums("opus", n=n, accepted=n - 1), part=kind) for kind, n in kinds])
    return replace(REPORT, groups=ordered([sums("opus", n=30)]), by_part=rows)


def test_types_too_few_to_tell_apart_are_one_in_the_table_and_apart_in_json() -> None:
    report = typed(("feat", 9), ("chore", 4), ("ci", 3))
    text = render(report, "table")
    assert "maint: ci, chore, too few of each to tell apart." in text
    assert [line.strip() for line in text.splitlines() if line.strip() in ("feat", "maint", "chore", "ci")] == [
        "feat",
        "maint",
    ]
    parts = {group["key"]["task_type"] for group in json.loads(render(report, "json"))["groups"]}
    assert parts == {None, "feat", "chore", "ci"}


def test_types_of_enough_changes_are_not_grouped_nor_are_other_parts() -> None:
    assert "maint" not in render(typed(("chore", 9), ("ci", 8)), "table")
    other = replace(typed(("chore", 4), ("ci", 3)), filters=Filters(by="package"))
    assert "maint" not in render(other, "table")
    assert "package, model" in render(other, "table")


def test_the_share_of_types_by_weak_rules_is_told() -> None:
    report = replace(REPORT, coverage=replace(COVERAGE, changes=40, type_inferred_weakly=10))
    text = " ".join(render(report, "table").split())
    assert "Task type by a weak rule (paths, commits, keywords) or by none: 10 changes, 25% of all." in text
    assert as_object(report)["coverage"]["type_inferred_weakly_share"] == 0.25
    nothing = replace(REPORT, coverage=replace(COVERAGE, changes=40))
    assert "weak rule" not in render(nothing, "table")
    assert as_object(nothing)["coverage"]["type_inferred_weakly_share"] == 0.0
    assert as_object(REPORT)["coverage"]["type_inferred_weakly_share"] is None


@pytest.mark.parametrize(("credit", "column"), [("lead", "model"), ("first", "first model"), ("lineup", "line-up")])
def test_a_credit_is_named_above_its_column_and_told_below(credit: str, column: str) -> None:
    report = replace(REPORT, filters=Filters(credit=credit))
    text = render(report, "table")
    assert any(line.startswith(f"{column} ") for line in text.splitlines())
    assert f"task type, {column}" in text
    assert f"Credit {credit}: {CREDITS[credit]}." in " ".join(text.split())


def test_a_line_up_is_no_model_in_json() -> None:
    first = as_object(replace(REPORT, filters=Filters(credit="lineup")))["groups"][0]["key"]
    assert (first["model"], first["lineup"]) == (None, "claude-opus-4-8")


@pytest.mark.parametrize("by", ["task_type", "area", "stakes", "package", "label:team"])
def test_a_part_stands_under_its_own_key(by: str) -> None:
    found = as_object(replace(REPORT, filters=Filters(by=by)))["groups"][-1]["key"]
    assert {name for name, part in found.items() if part} - {"basis", "model"} == {by.partition(":")[0]}


def test_colour_is_for_terminals() -> None:
    assert "\x1b[" in render(REPORT, "table", color=True)


def test_a_narrow_screen_still_gets_it() -> None:
    assert "claude-opus-4-8" in render(REPORT, "table", width=70).replace("\n", "")


def test_an_unsettled_ledger_says_so() -> None:
    assert "Not all is counted yet" in render(replace(REPORT, is_settled=False), "table")


def test_no_line_ends_in_blanks_in_a_pipe() -> None:
    assert [line for line in render(REPORT, "table").splitlines() if line != line.rstrip()] == []


def test_a_line_up_is_never_cut_short_and_hangs_under_its_part() -> None:
    names = " + ".join(["claude-opus-4-8", "claude-sonnet-4-6 review", "gpt-5.4 review", "claude-haiku-4-5 scout"])
    row = replace(sums(names), part="fix")
    report = replace(REPORT, filters=Filters(credit="lineup", by="area"), groups=(), by_part=ordered([row]))
    report = replace(report, groups=ordered([sums(names)]))
    lines = render(report, "table").splitlines()
    after = lines[lines.index("fix") + 1 :]
    below = after[: next(place for place, line in enumerate(after) if "scout" in line) + 1]
    assert all(line.startswith(" ") for line in below)
    width = next(line for line in lines if line.startswith("area, line-up")).index(" n ")
    assert " ".join(line[:width].strip() for line in below) == names


def test_the_footer_stands_apart_where_no_cost_is_known() -> None:
    bare = replace(REPORT, buckets=replace(BUCKETS, total=0))
    lines = render(bare, "table").splitlines()
    assert lines[next(place for place, line in enumerate(lines) if line.startswith("As of ")) - 1] == ""


@pytest.mark.parametrize(
    ("unknown", "partial", "said"),
    [
        (2, 0, "2 changes of unknown cost."),
        (0, 1, "1 change of partly known cost."),
        (1, 3, "1 change of unknown cost and 3 changes of partly known cost."),
    ],
)
def test_what_is_left_out_is_counted_without_a_nought(unknown: int, partial: int, said: str) -> None:
    coverage = replace(COVERAGE, changes_cost_unknown=unknown, changes_cost_partial=partial)
    text = " ".join(render(replace(REPORT, coverage=coverage), "table").split())
    assert f"Left out of cost per accepted: {said}" in text


def test_a_query_s_columns_stay_whole_as_long_as_they_fit() -> None:
    day = "2026-03-01"
    text = as_table([f"column {n}" for n in range(7)], [[day] * 7], 82)
    assert text.splitlines()[-1].split() == [day] * 7


def test_markup_and_controls_in_names_are_inert() -> None:
    hostile = "[red]x[/red]\x1b]0;pwned\x07\u202e"
    report = replace(REPORT, groups=ordered([sums(hostile)]), headline=hostile)
    for form in FORMATS:
        text = render(report, form)
        assert "\x1b" not in text
        assert "\u202e" not in text or form == "json"
    assert "[red]x" in render(report, "table")


def test_where_there_is_room_verified_and_durable_stand_beside_accepted() -> None:
    report = replace(REPORT, groups=ordered([replace(sums("opus"), verified=21, durable=17)]), by_part=())
    wide, narrow = (render(report, "table", width=width) for width in (100, 99))
    assert "model         n acc verified durable rej open acc %" in wide
    assert "opus         40  30       21      17  10    0   75%" in wide
    assert "model         n acc rej open acc %" in narrow


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
        "at_one_mix",
        "spend",
        "spending",
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
        "acceptance_bounds",
        "cost_per_accepted",
        "with_fallback_cost",
        "repositories",
        "unattributed_usd",
        "all_in_per_accepted",
        "verified",
        "durable",
        "reverted",
        "pending",
        "first_pass",
        "attempts_per_accepted",
    }
    for group in report["groups"]:
        assert set(group) == keys
        assert set(group["cost_per_accepted"]) == {"point", "lo", "hi", "lower_bound", "strength"}
        assert isinstance(group["base"]["cost_usd"], str)
    first = report["groups"][0]
    names = "family agent provider lineup task_type area stakes package repository month author label"
    nothing = dict.fromkeys(names.split())
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
