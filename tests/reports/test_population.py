"""What is said below a report of its changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ledger.domain.report import Filters, ordered
from ledger.reports.json import as_object
from ledger.reports.population import population_lines
from tests.domain.test_report import sums
from tests.reports.test_table import REPORT

ROW = replace(sums(n=40, accepted=30), n=50, open=4, stale=5, unknown=1, verified=20, durable=21, reverted=3, pending=6)


def test_the_undecided_are_told_with_what_would_become_of_the_share() -> None:
    report = replace(REPORT, groups=ordered([ROW]))
    assert list(population_lines(report)) == [
        "Requests: 75% of 40 decided are accepted; 60% if none of the undecided (4 open, 5 stale, 1 unknown) comes to "
        "be.",
        "Requests accepted: 30, of them 20 verified, 21 durable (14 days), 3 reverted by then, 6 too young to tell.",
    ]


def test_what_there_is_none_of_is_not_told_but_that_nothing_is_verified_is() -> None:
    bare = replace(ROW, n=40, open=0, stale=0, unknown=0, verified=0, durable=0, reverted=0)
    report = replace(REPORT, groups=ordered([replace(bare, basis="branch")]), maturity=timedelta(days=30))
    assert list(population_lines(report)) == ["Branches accepted: 30, of them 0 verified, 6 too young to tell."]
    trunk = replace(REPORT, groups=ordered([replace(bare, basis="trunk")]))
    assert list(population_lines(trunk)) == []


def test_drafts_are_told_whether_they_are_in_or_out() -> None:
    report = replace(REPORT, groups=(), coverage=replace(REPORT.coverage, drafts=3))
    assert list(population_lines(report)) == ["Among the requests: 3 drafts (--drafts out leaves them out)."]
    assert list(population_lines(replace(report, filters=Filters(has_drafts=False)))) == ["Left out: 3 drafts."]


def test_json_tells_the_same() -> None:
    report = replace(REPORT, groups=ordered([ROW, replace(ROW, basis="trunk")]), maturity=timedelta(days=30))
    told = as_object(replace(report, filters=Filters(has_drafts=False), coverage=replace(REPORT.coverage, drafts=3)))
    request, trunk, *_ = told["groups"]
    assert (request["acceptance_bounds"], request["pending"]) == ({"lo": 0.6, "hi": 0.75}, 6)
    assert trunk["acceptance_bounds"] == {"lo": None, "hi": None}
    assert (told["population"]["maturity_days"], told["population"]["drafts"]) == (30, "out")
    assert told["coverage"]["drafts"] == 3
