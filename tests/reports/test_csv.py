"""CSV has every key of the JSON's groups, and nothing in it is a formula."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest

from ledger.domain.report import Report
from ledger.reports import render
from ledger.reports.json import as_object
from tests.reports.paging import EMPTY, OWN, REPORT, hostile


def read(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(render(report, "csv"))))


def leaves(value: Any) -> list[Any]:
    return [leaf for each in value.values() for leaf in leaves(each)] if isinstance(value, dict) else [value]


@pytest.mark.parametrize(("report", "kind"), [(REPORT, "groups"), (OWN, "spend")], ids=["groups", "own"])
def test_each_row_holds_what_the_json_holds(report: Report, kind: str) -> None:
    wanted = as_object(report)[kind]
    rows = read(report)
    assert len(rows) == len(wanted) > 1
    for row, group in zip(rows, wanted, strict=True):
        assert list(row.values()) == ["" if leaf is None else str(leaf) for leaf in leaves(group)]


def test_columns_are_named_as_the_keys() -> None:
    row = read(REPORT)[0]
    assert (row["basis"], row["model"], row["task_type"]) == ("request", "claude-opus-4-8", "")
    assert (row["base_n"], row["cost_per_accepted_strength"], row["first_pass_unknown"]) == ("40", "solid", "40")
    assert Decimal(row["base_cost_usd"]) == Decimal(40)
    assert {"acceptance_lo", "acceptance_hi", "cost_per_accepted_lower_bound", "unattributed_usd"} <= set(row)


def test_unknown_is_empty_and_never_nought() -> None:
    rows = {row["model"]: row for row in read(REPORT) if not row["task_type"] and row["basis"] == "request"}
    assert rows["price-unknown"]["cost_per_accepted_point"] == ""
    assert rows["nothing-accepted"]["cost_per_accepted_lower_bound"]
    assert rows[""]["accepted"] == "1"


def test_nothing_is_a_header() -> None:
    assert render(EMPTY, "csv").splitlines() == render(REPORT, "csv").splitlines()[:1]
    own = render(replace(OWN, spends=()), "csv").splitlines()
    assert own == render(OWN, "csv").splitlines()[:1]
    assert own[0].startswith("model,role,task_type,")


def test_no_cell_is_a_formula_and_no_code_reaches_a_terminal() -> None:
    text = render(hostile(), "csv")
    assert text.isprintable() or set(filter(lambda each: not each.isprintable(), text)) == {"\n"}
    cells = [cell for row in csv.reader(StringIO(text)) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert max(map(len, cells)) <= 1001
