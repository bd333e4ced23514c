"""The words in a report's cells, which every format for people takes as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.report import Filters, Group, judge
from ledger.domain.sums import GroupSums
from ledger.reports import cells
from tests.domain.test_report import NANO, sums


def judged(row: GroupSums | None = None) -> Group:
    return judge(sums() if row is None else row)


def test_changes_are_counted_by_what_became_of_them() -> None:
    row = replace(sums(n=40, accepted=30), abandoned=2, open=3, stale=4, unknown=5)
    assert list(cells.counts(judged(row))) == ["40", "30", "12", "12", "71%", "$40.00"]
    assert len(cells.counted()) == 6


def test_unknown_cost_and_acceptance_are_said_and_no_zero() -> None:
    nothing = replace(sums(n=3, known=0), charged_nusd=0, accepted=0, rejected=0, unknown=3)
    assert list(cells.counts(judged(nothing)))[-2:] == ["–", "unknown"]
    free = replace(sums(n=3), charged_nusd=0)
    assert list(cells.counts(judged(free)))[-1] == "$0.00"


def test_trunk_commits_are_counted_by_survival() -> None:
    row = replace(sums(n=8, accepted=8, basis="trunk"), durable=4, reverted=1, pending=3)
    assert list(cells.survival(judged(row))) == ["8", "4", "1", "3", "$7.25", "$1.81"]
    partly = replace(row, n_cost_known=7)
    assert list(cells.survival(judged(partly)))[-1] == "–"
    assert list(cells.survival(judged(replace(row, durable=0))))[-1] == "–"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (sums(), "$1.33 (1.11–1.73) solid"),
        (sums(n=6, accepted=0), "≥ $2.33 (0 of 6)"),
        (sums(n=4, accepted=3), "too few"),
        (sums(known=3), "not shown"),
        (sums(basis="trunk"), "not shown"),
    ],
)
def test_cost_per_accepted_is_a_number_with_its_doubt_or_why_there_is_none(row: GroupSums, words: str) -> None:
    assert cells.cost(judged(row)) == words


def test_below_the_table_stands_what_a_row_cannot_say() -> None:
    assert list(cells.notes(judged(sums(wasted=20 * NANO)), "opus")) == [
        "opus: $2.00 all-in, with its work that reached no change."
    ]
    assert list(cells.notes(judged(sums(known=3)), "a\\|b")) == [
        "a\\|b: not shown, because the cost of fewer than half of its decided changes is known."
    ]
    assert list(cells.notes(judged(), "opus")) == []


def test_the_part_with_the_most_changes_stands_first_and_keeps_its_order() -> None:
    rows = [("docs", 9), ("fix", 5), ("feat", 7), ("fix", 6), (None, 1)]
    found = cells.in_order([judged(replace(sums(n=n, accepted=n), part=part)) for part, n in rows], Filters())
    assert [(group.sums.part, group.sums.n) for group in found] == [
        *(("fix", 5), ("fix", 6), ("docs", 9), ("feat", 7), (None, 1)),
    ]


@pytest.mark.parametrize(
    ("filters", "whom", "part"),
    [
        (Filters(), "model", "task type"),
        (Filters(credit="first", by="area"), "first model", "area"),
        (Filters(credit="lineup", by="label:cost_centre"), "line-up", "cost centre"),
    ],
)
def test_columns_are_called_by_what_was_asked_for(filters: Filters, whom: str, part: str) -> None:
    assert (cells.whom(filters), cells.part_name(filters)) == (whom, part)
