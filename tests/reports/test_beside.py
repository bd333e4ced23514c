"""What stands beside a report's tables."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.report import Filters, ordered, with_fallbacks
from ledger.reports.beside import beside
from ledger.reports.json import as_object
from tests.domain.test_report import sums
from tests.reports.test_table import REPORT

GROUPS = ordered([sums("opus"), sums("haiku", each=0.2, accepted=15), sums("few", n=3, accepted=2)])


def test_what_a_refused_change_costs_is_told_of_whoever_can_be_ranked() -> None:
    filters = Filters(fallback_nusd=20 * 10**9)
    report = replace(REPORT, groups=with_fallbacks(GROUPS, filters.fallback_nusd), filters=filters)
    lines = list(beside(report))
    assert [line.partition(":")[0] for line in lines] == ["haiku", "opus"]
    assert lines[1].startswith("opus: $8.00 (")
    assert lines[1].endswith(" per accepted change, with $20.00 for each that was not accepted.")
    told = as_object(report)
    assert told["filters"]["fallback_cost_usd"] == "20.00"
    few = next(group for group in told["groups"] if group["key"]["model"] == "few")
    assert few["with_fallback_cost"]["point"] is None


def test_without_it_nothing_is_told() -> None:
    report = replace(REPORT, groups=with_fallbacks(GROUPS, None))
    assert list(beside(report)) == []
    nothing = {"point": None, "lo": None, "hi": None, "lower_bound": None, "strength": "none"}
    assert [group["with_fallback_cost"] for group in as_object(report)["groups"]] == [nothing] * len(
        report.groups + report.by_part
    )


def test_chosen_changes_are_named_harmlessly() -> None:
    only = (("model", ("x\x1b[31m", "")), ("task_type", ("fix",)))
    (line,) = beside(replace(REPORT, filters=Filters(only=only)))
    assert line == (
        "Only changes of model x·[31m or (unknown); task type fix are in the tables; the sums of all calls are of "
        "everything."
    )
    told = as_object(replace(REPORT, filters=Filters(only=only)))
    assert told["filters"]["only"]["task_type"] == ["fix"]
    assert {group["unattributed_usd"] for group in told["groups"]} == {None}


def test_who_stands_in_a_row_is_told_under_its_own_key() -> None:
    key = as_object(replace(REPORT, filters=Filters(whom="agent")))["groups"][0]["key"]
    assert (key["agent"], key["model"]) == ("claude-opus-4-8", None)
