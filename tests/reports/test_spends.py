"""Credit `own` on a screen and as JSON: where the money went, and no cost per accepted change."""

from __future__ import annotations

import json
from dataclasses import replace

from ledger.domain.credit import by_cost, in_whole
from ledger.domain.report import Filters, Report
from ledger.reports import render
from tests.domain.test_credit import spend
from tests.reports.test_table import REPORT

ROWS = [
    spend("claude-opus-4-8", "implement", "auth", accepted=6, failed=2),
    spend("claude-opus-4-8", "implement", "none", undecided=3),
    spend("gpt-5.4", "review", "auth", accepted=1),
    spend("gpt-5.4", "review", None, unattributed=5),
    replace(spend(None, None, "none"), calls_unpriced=2),
]


def own(by: str = "area", rows: list[object] | None = None) -> Report:
    spends = ROWS if rows is None else []
    return replace(
        REPORT,
        filters=Filters(by=by, credit="own"),
        groups=(),
        by_part=(),
        spends=in_whole(spends),
        spends_by_part=by_cost(row for row in spends if row.part is not None),
    )


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_each_model_stands_with_its_roles_and_a_sum_below() -> None:
    found = lines(render(own(), "table"))
    assert ["model", "role", "calls", "accepted", "failed", "undecided", "no", "change", "cost"] in found
    assert ["claude-opus-4-8", "implement", "4", "$6.00", "$2.00", "$3.00", "–", "$11.00"] in found
    assert ["gpt-5.4", "review", "4", "$1.00", "–", "–", "$5.00", "$6.00"] in found
    assert ["all", "10", "$7.00", "$2.00", "$3.00", "$5.00", "$17.00"] in found


def test_a_cost_that_is_not_known_is_not_none() -> None:
    assert ["(unknown)", "(unknown)", "2", "–", "–", "–", "–", "unknown"] in lines(render(own(), "table"))


def test_parts_stand_below_the_dearest_first() -> None:
    found = lines(render(own(), "table"))
    assert found.index(["auth"]) < found.index(["none"])
    below = found[found.index(["auth"]) :]
    assert below[1] == ["claude-opus-4-8", "implement", "2", "$6.00", "$2.00", "–", "–", "$8.00"]
    assert "area, model" in render(own(), "table")


def test_a_repository_without_the_label_stands_under_none() -> None:
    report = own("label:team")
    report = replace(report, spends_by_part=tuple(replace(row, part="") for row in report.spends_by_part))
    assert ["(none)"] in lines(render(report, "table"))


def test_it_says_what_its_columns_mean_and_divides_by_nothing() -> None:
    text = " ".join(render(own(), "table").split())
    assert "Credit own: each model's own calls, by role" in text
    assert "cost per accepted change is told" in text
    assert "solid" not in text


def test_it_fits_eighty_columns() -> None:
    assert max(map(len, render(own(), "table").splitlines())) <= 80


def test_json_has_the_same_rows() -> None:
    found = json.loads(render(own(), "json"))
    assert found["groups"] == []
    assert found["filters"]["credit"] == "own"
    first = found["spend"][0]
    nothing = dict.fromkeys(["task_type", "area", "stakes", "package", "repository", "month", "author", "label"])
    assert first == {
        "key": {"model": "claude-opus-4-8", "role": "implement", **nothing},
        "changes": 2,
        "calls": 4,
        "calls_unpriced": 2,
        "accepted_usd": "6.00",
        "failed_usd": "2.00",
        "undecided_usd": "3.00",
        "unattributed_usd": "0.00",
        "total_usd": "11.00",
    }
    parts = [row["key"]["area"] for row in found["spend"]]
    assert parts == [None, None, None, "auth", "none", "auth", "none"]


def test_nothing_spent_is_an_empty_table() -> None:
    text = render(own(rows=[]), "table")
    assert "all" not in [word for line in lines(text) for word in line[:1]][:6]


def test_hostile_names_are_inert() -> None:
    report = replace(own(), spends=(spend("\x1b[31m", "x\x1b"),), spends_by_part=())
    assert "\x1b" not in render(report, "table")
