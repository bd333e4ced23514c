"""The sums of a page by every kind of cost: they add up to the buckets of the same report."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from ledger.domain.report import Report
from ledger.domain.seats import Seat
from ledger.posting.reporting import make_report
from ledger.store.engine import Ledger
from tests.store.test_figures import NOW, ledger

__all__ = ["ledger"]


def summed(report: Report) -> dict[str, int]:
    assert report.page is not None
    found = Counter[str]()
    for portion in report.page.timeline.portions:
        found[portion.bucket] += portion.nusd
    return dict(found)


def test_without_a_kind_of_cost_all_is_told_by_the_week(ledger: Ledger) -> None:
    report = make_report(ledger, NOW, has_page=True)
    assert report.page is not None
    assert report.page.timeline.unit == "week"
    assert {date.fromisoformat(portion.start).weekday() for portion in report.page.timeline.portions} == {0}
    assert sum(summed(report).values()) == report.buckets.total > 0
    assert any(loop.failed_nusd for loop in report.page.loops)


@pytest.mark.parametrize("cost", ["list", "billed", "effective"])
def test_one_kind_of_cost_adds_up_by_the_month_and_is_not_told_of_tries(ledger: Ledger, cost: str) -> None:
    seats = (Seat(agent="claude-code", monthly_nusd=20 * 10**9, first="2026-03", until="2026-04"),)
    report = make_report(ledger, NOW, cost=cost, seats=seats, has_page=True)
    assert report.page is not None
    found = summed(report)
    assert sum(found.values()) == report.buckets.total
    assert {name: nusd for name, nusd in found.items() if nusd} == {
        name: nusd for name in found if (nusd := getattr(report.buckets, name))
    }
    assert {loop.failed_nusd for loop in report.page.loops} == {None}
    if cost != "billed":
        assert report.page.timeline.unit == "month"
        assert report.buckets.total > 0
