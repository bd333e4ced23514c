"""The JSON Schema of the report holds for what is printed, names every key, and refuses what breaks a promise."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ledger.domain.report import Filters, Report
from ledger.domain.seats import SeatCost
from ledger.domain.sums import Costs
from ledger.reports import render
from tests.commands.running import ROOT
from tests.reports.paging import EMPTY, OWN, REPORT, hostile

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "report.schema.json").read_text())
SEAT = SeatCost(agent="codex", paid=3 * 10**9, effective=1, elsewhere=2, idle=10**9, listed=5)


def strict(schema: Any) -> Any:
    """The schema that lets no further key through: each that is printed has to be written down."""
    if isinstance(schema, dict):
        closed = {"additionalProperties": False} if "properties" in schema else {}
        return {name: strict(value) for name, value in schema.items()} | closed
    return [strict(each) for each in schema] if isinstance(schema, list) else schema


def printed(report: Report) -> Any:
    return json.loads(render(report, "json"))


@pytest.mark.parametrize(
    "report",
    [
        REPORT,
        OWN,
        EMPTY,
        hostile(),
        replace(REPORT, filters=Filters(since=REPORT.as_of, by="label:team", credit="lineup"), cost_kind="effective"),
        replace(REPORT, costs=Costs(list_nusd=1, nano_credits=15 * 10**8, seats=(SEAT,))),
    ],
    ids=["groups", "own", "empty", "hostile", "filtered", "seats"],
)
def test_every_report_holds_to_it_and_has_no_key_that_it_does_not_name(report: Report) -> None:
    assert [error.message for error in Draft202012Validator(strict(SCHEMA)).iter_errors(printed(report))] == []


def test_it_is_a_schema_and_lets_further_keys_come() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert Draft202012Validator(SCHEMA).is_valid(printed(REPORT) | {"something": "new"})


BROKEN: dict[str, Any] = {
    "another format": lambda found: found.update(format=2),
    "a key too few": lambda found: found["groups"][0].pop("stale"),
    "money as a number": lambda found: found["reconciliation"].update(total_usd=10.0),
    "money that does not add up": lambda found: found["reconciliation"].update(difference_usd="0.01"),
    "a share above one": lambda found: found["groups"][0]["acceptance"].update(hi=1.2),
    "an unknown strength": lambda found: found["groups"][0]["cost_per_accepted"].update(strength="sure"),
    "a count below nought": lambda found: found["coverage"].update(commits=-1),
    "a time without a zone": lambda found: found.update(as_of="2026-04-01T23:59:00"),
    "no time": lambda found: found.update(as_of=None),
    "pooled bases": lambda found: found["groups"][0]["key"].update(basis="all"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_promise_is_refused(name: str) -> None:
    found = deepcopy(printed(REPORT))
    BROKEN[name](found)
    assert not Draft202012Validator(SCHEMA).is_valid(found)
