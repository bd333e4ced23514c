"""The demo, posted by the one pipeline: the ledger finds what the plan put there, by evidence alone."""

import csv
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import text

from ledger.demo.cast import CAST
from ledger.demo.make import Demo, make_demo
from ledger.demo.plan import Scenario, Turn
from ledger.demo.scenario import draw_scenario
from ledger.demo.surroundings import at_home
from ledger.demo.transcripts import count_calls
from ledger.domain.reading import Named
from ledger.domain.report import decided
from ledger.posting.reporting import make_report
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.reports import render
from ledger.reports.html import page_data
from ledger.store.engine import Ledger, open_ledger
from tests.commands.running import ROOT

CHANGES = 24


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return draw_scenario(seed=7, changes=CHANGES)


@pytest.fixture(scope="module")
def posted(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = _post(make_demo(scenario, tmp_path_factory.mktemp("demo")), scenario)
    yield ledger
    ledger.close()


def test_every_change_has_the_outcome_that_was_planned(scenario: Scenario, posted: Ledger) -> None:
    found = {row[0]: row[1:] for row in _rows(posted, "SELECT number, state, basis FROM change WHERE number > 0")}
    words = {"accepted": "landed", "rejected": "closed", "open": "undecided"}
    assert found == {change.number: (words[change.outcome], "request") for change in scenario.changes}


def test_every_change_is_led_by_the_model_that_did_the_work(scenario: Scenario, posted: Ledger) -> None:
    found = dict(_rows(posted, "SELECT number, lead_model FROM change WHERE number > 0"))
    for change in scenario.changes:
        models = {turn.model or None for turn in change.turns if turn.role == "implement"}
        assert found[change.number] in models, change.title


def test_every_change_costs_what_its_calls_cost(scenario: Scenario, posted: Ledger) -> None:
    found = dict(_rows(posted, "SELECT number, nusd FROM change WHERE number > 0"))
    for change in scenario.changes:
        assert found[change.number] == pytest.approx(_usd(change.turns) * 1e9, rel=1e-9), change.title


def test_charges_sum_to_the_calls_in_scope_and_the_stranger_is_out(scenario: Scenario, posted: Ledger) -> None:
    buckets = dict(_rows(posted, "SELECT bucket, nusd FROM reconciliation"))
    total = buckets.pop("all calls")
    assert sum(buckets.values()) == total > 0
    lost = [turn for turn in scenario.strays if not turn.is_elsewhere]
    assert buckets["unattributed"] == pytest.approx(_usd(lost) * 1e9, rel=1e-9)
    ((calls,),) = _rows(posted, "SELECT count(*) FROM call")
    assert calls == count_calls(scenario)


def test_types_come_from_titles_and_reverts_are_seen(scenario: Scenario, posted: Ledger) -> None:
    found = {row[0]: row[1:] for row in _rows(posted, "SELECT number, task_type, reverted_at FROM change")}
    for change in scenario.changes:
        assert found[change.number][0] == change.kind
        assert (found[change.number][1] is not None) == (change.reverted_at is not None)


def test_its_report_holds_to_the_schema_and_its_page_adds_up(scenario: Scenario, posted: Ledger) -> None:
    report = make_report(posted, scenario.as_of, has_page=True)
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    assert list(Draft202012Validator(schema).iter_errors(json.loads(render(report, "json")))) == []
    page = page_data(report)
    assert sum(Decimal(amount) for *_, amount in page["timeline"]["portions"]) == Decimal(report.buckets.total) / 10**9
    assert sum(loop["decided"] for loop in page["loops"]) == sum(decided(group.sums) for group in report.groups)
    assert any(loop["failed_attempts"] for loop in page["loops"])
    assert len(list(csv.DictReader(render(report, "csv").splitlines()))) == len(report.groups) + len(report.by_part)


def test_another_directory_gives_the_same_conclusions(scenario: Scenario, posted: Ledger, tmp_path: Path) -> None:
    again = _post(make_demo(scenario, tmp_path / "elsewhere"), scenario)
    for sql in ("SELECT * FROM change", "SELECT * FROM attempt", "SELECT * FROM change_spend"):
        # As a set of texts, because rows without an order come in any.
        assert sorted(map(str, _rows(again, sql))) == sorted(map(str, _rows(posted, sql)))
    again.close()


def _post(demo: Demo, scenario: Scenario) -> Ledger:
    with at_home(demo.home) as environ:
        workplace = open_workplace(str(demo.repository), environ)
        ledger = open_ledger(workplace.database, create=True)
        posted = update(workplace, ledger, now=scenario.as_of, named={"entries": Named((str(demo.entries),))})
    assert posted.skipped == 0
    return ledger


def _rows(ledger: Ledger, sql: str) -> list[Any]:
    with ledger.read() as connection:
        return [tuple(row) for row in connection.execute(text(sql)).all()]


def _usd(turns: Sequence[Turn]) -> float:
    """At list price: the rates of the plan are the real ones."""
    usd = 0.0
    for turn in turns:
        write = 2.0 if turn.has_long_cache else 1.25
        for call in turn.calls:
            tokens = call.input + 0.1 * call.cache_read + write * call.cache_write + 5 * call.output
            usd += CAST[call.model].rate * tokens / 1e6
    return usd
