"""What a report counts below its tables: the same as counted one by one, and read in the order of an index."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from ledger.domain.conclusions import Change, Charge
from ledger.domain.rules import AMBIGUOUS, RULES
from ledger.domain.sums import CallTotals
from ledger.domain.tasks import WEAK_SOURCES
from ledger.posting.reporting import make_report
from ledger.store import figures
from ledger.store.coverage import coverage
from ledger.store.engine import Ledger, open_ledger
from tests.store.changing import NOW, OPENED, change, charge, fill

MARKED = [rule + mark for rule in RULES for mark in ("", AMBIGUOUS)]
"""Every rule, as it is and split between equal claims."""
SLICES = [figures.Slice(repository_id=repository) for repository in ("R", "S", None)]


def drawn() -> list[Change]:
    chance = random.Random(1)
    return [
        change(
            number,
            round(chance.uniform(0.5, 3), 4),
            repository_id=chance.choice("RS"),
            cost_known=chance.choice(("known", "partial", "none")),
            type_source=chance.choice(("title", "trailer", "paths", "keywords")),
            is_draft=chance.random() < 0.3,
            has_model=chance.random() < 0.8,
            lead_evidence=chance.choice(("only", "lines", "mixed")),
            opened_at=NOW + timedelta(days=chance.choice((-9, -9, 1))),
            lead_model=("opus", "haiku")[number % 2],
        )
        for number in range(90)
    ]


def booked(of: Change) -> Charge:
    return charge(of, MARKED[(of.number or 0) % len(MARKED)])


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    fill(opened, drawn(), booked=booked)
    yield opened
    opened.close()


def inside(part: figures.Slice) -> list[Change]:
    return [row for row in drawn() if part.repository_id in (row.repository_id, None)]


@pytest.mark.parametrize("part", SLICES)
def test_one_pass_counts_changes_as_one_by_one(ledger: Ledger, part: figures.Slice) -> None:
    with ledger.read() as connection:
        found = coverage(connection, NOW, part, CallTotals(calls=7, calls_told=3))
    mine = inside(part)
    seen = [row for row in mine if row.has_model and row.opened_at <= NOW]
    wanted = {
        "changes": len(seen),
        "changes_cost_unknown": sum(row.cost_known == "none" for row in seen),
        "changes_cost_partial": sum(row.cost_known == "partial" for row in seen),
        "type_inferred_weakly": sum(row.type_source in WEAK_SOURCES for row in seen),
        "drafts": sum(row.is_draft for row in seen),
        "human_changes": sum(not row.has_model for row in mine),
        "changes_mixed": sum(row.lead_evidence == "mixed" for row in mine),
        "calls": 7,
        "calls_told": 3,
    }
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert len(set(wanted.values())) > 6


def test_changes_are_counted_of_the_time_and_the_names_that_were_asked_about(ledger: Ledger) -> None:
    day = NOW - timedelta(days=9)
    parts = {
        "late": figures.Slice(since=day + timedelta(hours=1)),
        "early": figures.Slice(until=day),
        "then": figures.Slice(since=day, until=NOW, only=(("model", ("haiku",)),), has_drafts=False),
    }
    with ledger.read() as connection:
        found = {name: coverage(connection, NOW, part, CallTotals()) for name, part in parts.items()}
    seen = [row for row in drawn() if row.has_model and row.opened_at <= NOW and row.lead_model == "haiku"]
    mine = [row for row in seen if not row.is_draft]
    assert (found["late"].changes, found["early"].changes) == (0, 0)
    assert (found["then"].changes, found["then"].drafts) == (len(mine), len(seen) - len(mine))
    assert 0 < len(mine) < len(seen), "what is left out is told, and is in no other count"
    assert found["then"].changes_cost_unknown == sum(row.cost_known == "none" for row in mine) > 0
    people = sum(not row.has_model for row in drawn())
    assert [each.human_changes for each in found.values()] == [people] * 3, "people's changes are of all time"


@pytest.mark.parametrize("part", SLICES)
def test_what_was_booked_is_summed_by_how_sure_its_rule_is(ledger: Ledger, part: figures.Slice) -> None:
    with ledger.read() as connection:
        found = coverage(connection, NOW, part, CallTotals())
    costs = [(booked(row).rule, row.nusd) for row in inside(part)]
    assert found.inferred_nusd == sum(nusd for rule, nusd in costs if rule.split()[0] in ("file", "branch")) > 0
    assert found.weak_nusd == sum(nusd for rule, nusd in costs if rule.split()[0] in ("next-commit", "fed")) > 0
    assert found.ambiguous_nusd == sum(nusd for rule, nusd in costs if " " in rule) > 0


@pytest.mark.parametrize("part", SLICES)
def test_all_calls_are_summed_at_once(ledger: Ledger, part: figures.Slice) -> None:
    mine = inside(part)
    total = sum(row.nusd for row in mine)
    with ledger.read() as connection:
        called = figures.call_totals(connection, part)
        empty = figures.call_totals(connection, figures.Slice(repository_id="nowhere"))
        dearest = figures.dearest(connection, NOW, part)
    assert called == CallTotals(calls=len(mine), nusd=total, list_nusd=total)
    assert (called.costs.list_nusd, called.cost_kind, empty) == (total, "list", CallTotals())
    begun = [row for row in mine if row.opened_at <= NOW]
    assert dearest == max(((row.title, row.nusd) for row in begun), key=lambda pair: pair[1])


def test_calls_are_told_by_who_made_them_in_a_time_of_whole_days(ledger: Ledger) -> None:
    day = OPENED.replace(hour=0)

    def made(
        whom: str = "model", since: datetime | None = None, until: datetime | None = None
    ) -> list[tuple[str, int, int]]:
        with ledger.read() as connection:
            return figures.called_by(connection, figures.Slice(since, until, "R"), whom)

    mine = inside(SLICES[0])
    whole = (len(mine), sum(row.nusd for row in mine))
    assert made() == [("opus", *whole)], "a name as the log has it, whoever led the changes"
    assert made("agent") == [("claude-code", *whole)]
    assert made(since=day, until=day + timedelta(days=1)) == [("opus", *whole)]
    assert made(since=day + timedelta(hours=9), until=day + timedelta(hours=10)), "the calls' hours are not known"
    assert not made(until=day)
    assert not made(since=day + timedelta(days=1))


def test_costs_are_as_billed_only_where_every_priced_call_was_paid() -> None:
    assert CallTotals(calls=5, calls_unpriced=1, calls_reported=4).cost_kind == "billed"
    assert CallTotals(calls=5, calls_unpriced=1, calls_reported=3).cost_kind == "list"
    assert CallTotals(calls=5, calls_unpriced=5).cost_kind == "list"


def read_by(ledger: Ledger, repository: str | None) -> list[str]:
    """How the engine reads changes and charges for a report, as it says itself."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_c: object, _cursor: object, sql: str, values: object, *_: object) -> None:
        if isinstance(values, tuple) and ("FROM change " in sql or "FROM charge " in sql):
            asked.append((sql, values))

    event.listen(ledger.engine, "before_cursor_execute", note)
    make_report(ledger, NOW, repository_id=repository)
    event.remove(ledger.engine, "before_cursor_execute", note)
    with ledger.read() as connection:
        steps = [
            str(step[3])
            for sql, values in asked
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    return [step.split(" USING ")[-1] for step in steps if step.startswith(("SCAN", "SEARCH")) and " USING " in step]


def test_a_report_reads_changes_and_charges_in_the_order_of_an_index(ledger: Ledger) -> None:
    assert sorted(read_by(ledger, None)) == [
        "COVERING INDEX ix_change_report",
        "COVERING INDEX ix_change_report",
        "COVERING INDEX ix_change_report",
        "COVERING INDEX ix_charge_booked",
        "INDEX ix_change_dearest (nusd>?)",
        "INDEX ix_charge_change_id (change_id=?)",
        "INDEX ix_charge_change_id (change_id=?)",
        "INDEX ix_charge_change_id (change_id=?)",
    ]


def test_a_report_of_one_repository_reads_no_other_ones(ledger: Ledger) -> None:
    assert all("repository_id=?" in step or "change_id=?" in step for step in read_by(ledger, "R"))
