"""Cursor's table in every generation and its Admin API, rule by rule; and the real sample against its own count."""

from __future__ import annotations

import csv
import json
import random
from decimal import Decimal
from functools import reduce
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.charges import call_costs
from ledger.domain.cursor import calls as cursor_calls
from ledger.domain.merging import merge_calls
from ledger.domain.session_facts import Call
from ledger.sources.cursor import read_named
from tests import naming
from tests.domain.building import sure
from tests.naming import written

HEADERS = {
    1: "Date,User,Kind,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output,Total Tokens,Cost ($)",
    2: "Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),"
    "Cache Read,Output Tokens,Total Tokens,Cost",
    3: "Date,Cloud Agent ID,Automation ID,User,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),"
    "Cache Read,Output Tokens,Total Tokens,Requests",
    4: "Date,User,Kind,Max Mode,Model,Tokens,Cost ($)",
}

_COSTS = ("Included", "Free", "-", "0.07", "0.08", "0.09")


def row(form: int = 2, /, **changed: object) -> str:
    """A row of the dashboard's table."""
    cells: dict[str, object] = {
        "Date": "2026-03-03T10:00:00.123Z",
        "User": "ann@example.org",
        "Kind": "On-Demand",
        "Model": "claude-4.6-opus-high-thinking",
        "Max Mode": "No",
        "Input (w/ Cache Write)": "4000",
        "Input (w/o Cache Write)": "300",
        "Cache Read": "20000",
        "Output": "70",
        "Output Tokens": "70",
        "Total Tokens": "24370",
        "Tokens": "24370",
        "Cost": "0.32",
        "Cost ($)": "$0.32",
        "Requests": "2",
        "Cloud Agent ID": "",
        "Automation ID": "",
    }
    return ",".join(f'"{({**cells, **changed})[name]}"' for name in HEADERS[form].split(","))


def table(*rows: str, form: int = 2) -> str:
    return "\r\n".join([HEADERS[form], *rows]) + "\r\n"


def calls(*paths: Path) -> list[Call]:
    return naming.calls(read_named, *paths)


def one(folder: Path, content: object) -> Call:
    (call,) = calls(written(folder, "usage.csv", content))
    return call


def test_with_and_without_cache_write_are_disjoint(tmp_path: Path) -> None:
    call = one(tmp_path, table(row()))
    assert (call.input, call.cache_write_5m, call.cache_read, call.output) == (300, 4000, 20_000, 70)
    assert sure(call.input) + call.cache_write_5m + call.cache_read + sure(call.output) == 24_370
    assert call.cache_write_5m != 4000 - 300, "the naive difference of the two columns"
    assert (call.model, call.agent, call.provider) == ("claude-opus-4-6", "cursor", "anthropic")


@pytest.mark.parametrize("form", [1, 2, 3])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_generation_of_the_table_tells_the_same_tokens(tmp_path: Path, form: int, mark: str) -> None:
    call = one(tmp_path, mark + table(row(form), form=form))
    assert (call.input, call.cache_write_5m, call.cache_read, call.output) == (300, 4000, 20_000, 70)
    assert call.event_key == "cursor/1772532000123/claude-4.6-opus-high-thinking/24370"
    assert call.reported_nusd == (None if form == 3 else 320_000_000)
    assert "ann@" not in repr(call)


def test_a_total_alone_is_worth_what_the_row_says(tmp_path: Path) -> None:
    call = one(tmp_path, table(row(4), form=4))
    assert (call.quality, call.reported_nusd, call.reported_kind) == ("aggregate", 320_000_000, "billed")
    assert (call.input, call.output) == (None, None), "which of it went in, nobody told"
    assert call_costs([call], [])[call.event_key].nusd == 320_000_000


@pytest.mark.parametrize("order", [(2, 4), (4, 2), (1, 4), (4, 3)])
def test_generations_of_the_table_about_one_call_are_one_call_with_its_parts(
    tmp_path: Path, order: tuple[int, int]
) -> None:
    paths = [written(tmp_path, f"{form}.csv", table(row(form), form=form)) for form in order]
    (call,) = calls(*paths)
    assert (call.quality, call.input, call.output) == ("final", 300, 70)


@pytest.mark.parametrize("order", list(permutations((("", 2), ("0.07", 4), ("", 3)))))
def test_a_cost_that_only_a_table_of_totals_tells_is_the_call_s(
    tmp_path: Path, order: tuple[tuple[str, int], ...]
) -> None:
    paths = [
        written(
            tmp_path, f"{form}.csv", table(row(form, Kind="Included", **{"Cost": cost, "Cost ($)": cost}), form=form)
        )
        for cost, form in order
    ]
    (call,) = calls(*paths)
    assert (call.input, call.output, call.quality) == (300, 70, "final")
    assert (call.reported_nusd, call.reported_kind) == (70_000_000, "list")


@pytest.mark.parametrize(
    ("kind", "cost", "nusd", "means"),
    [
        ("On-Demand", "0.32", 320_000_000, "billed"),
        ("Usage-based", "$0.32", 320_000_000, "billed"),
        ("Included", "0.32", 320_000_000, "list"),
        ("Included in Pro", "$1,000.50", 1_000_500_000_000, "list"),
        ("Included in Business", "Included", None, ""),
        ("Included", "-", None, ""),
        ("Included", "NaN", None, ""),
        ("Included", "", None, ""),
        ("Free", "Free", 0, "billed"),
        ("User API Key", "-", None, ""),
        ("Unknown", "0.1", 100_000_000, "list"),
    ],
)
def test_paid_is_what_was_on_demand_and_worth_what_was_included(
    tmp_path: Path, kind: str, cost: str, nusd: int | None, means: str
) -> None:
    call = one(tmp_path, table(row(Kind=kind, Cost=cost)))
    assert (call.reported_nusd, call.reported_kind) == (nusd, means)


@pytest.mark.parametrize("kind", ["Errored, Not Charged", "Aborted, Not Charged", "Errored, No Charge"])
def test_what_was_not_charged_is_no_call(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, "usage.csv", table(row(Kind=kind), row(Date="2026-03-04T00:00:00Z")))
    assert (len(calls(path)), naming.skips(read_named, path)) == (1, [])


@pytest.mark.parametrize("costs", [("Included", "0.32"), ("0.32", "Included"), ("-", "0.32"), ("0.32", "0.10")])
def test_the_same_row_in_another_export_differs_in_its_cost_and_the_number_wins(
    tmp_path: Path, costs: tuple[str, str]
) -> None:
    paths = [written(tmp_path, f"{cost}.csv", table(row(Kind="Included", Cost=cost))) for cost in costs]
    for order in (paths, paths[::-1]):
        (call,) = calls(*order)
        assert call.reported_nusd == 320_000_000


def test_what_only_cursor_sells_is_worth_what_cursor_says(tmp_path: Path) -> None:
    sold = one(tmp_path, table(row(Model="composer-1", Kind="Included")))
    assert call_costs([sold], [])[sold.event_key].nusd == 320_000_000
    unsaid = one(tmp_path, table(row(Model="auto", Kind="Included", Cost="Included")))
    assert (call_costs([unsaid], [])[unsaid.event_key].nusd, unsaid.model, unsaid.model_raw) == (None, None, "auto")


def event(**changed: Any) -> dict[str, Any]:
    """An event of the Admin API."""
    usage = {"inputTokens": 300, "outputTokens": 70, "cacheWriteTokens": 4000, "cacheReadTokens": 20_000}
    base = {
        "timestamp": "1772532000123",
        "model": "claude-4.6-opus-high-thinking",
        "kind": "USAGE_EVENT_KIND_USAGE_BASED",
        "tokenUsage": {**usage, "totalCents": 28},
        "userEmail": "ann@example.org",
        "isChargeable": True,
        "chargedCents": 32,
        "cursorTokenFee": 4,
    }
    return {**base, **changed}


def test_an_event_of_the_admin_api_is_the_row_of_the_table(tmp_path: Path) -> None:
    api = written(tmp_path, "page.json", {"totalUsageEventsCount": 1, "usageEventsDisplay": [event()]})
    (call,) = calls(api, written(tmp_path, "usage.csv", table(row())))
    assert (call.input, call.cache_write_5m, call.reported_nusd, call.reported_kind) == (
        300,
        4000,
        320_000_000,
        "billed",
    )
    assert "ann@" not in repr(call)


def test_an_included_event_paid_nothing_and_is_worth_its_list_value(tmp_path: Path) -> None:
    included = event(kind="USAGE_EVENT_KIND_INCLUDED_IN_BUSINESS", isChargeable=False, chargedCents=0)
    call = one(tmp_path, [included])
    assert (call.reported_nusd, call.reported_kind) == (280_000_000, "list")
    unsaid = one(tmp_path, [{**included, "tokenUsage": {"inputTokens": 1, "outputTokens": 2, "totalCents": 0}}])
    assert (unsaid.reported_nusd, unsaid.input, unsaid.output) == (None, 1, 2)


def test_an_event_without_tokens_is_worth_what_was_charged(tmp_path: Path) -> None:
    call = one(tmp_path, [event(tokenUsage=None)])
    assert (call.quality, call.reported_nusd) == ("aggregate", 320_000_000)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (table(row(Model="")), "it names no model"),
        (table(row(Date="soon")), "the time is no time"),
        (table(row(**{"Cache Read": "-1"})), "cache read is no number of tokens"),
        ([event(timestamp=None)], "the time is no time"),
        ("a,b\n1,2\n", "it has no Date and Model"),
    ],
)
def test_a_row_that_cannot_be_counted_is_named(tmp_path: Path, content: object, reason: str) -> None:
    path = written(tmp_path, "usage.csv", content)
    assert calls(path) == []
    (why,) = naming.skips(read_named, path)
    assert f"1 because {reason}" in why


@given(st.integers(1, 10), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shuffled_split_and_repeated_exports_end_in_the_same_calls(tmp_path: Path, number: int, seed: int) -> None:
    dice = random.Random(seed)
    cells = [{"Date": f"2026-03-03T10:00:{each:02d}.000Z", "Cache Read": each} for each in range(number)]
    rows = [row(**each) for each in cells]
    copies = rows + [row(**{**each, "Cost": "Included"}) for each in cells]
    dice.shuffle(copies)
    cut = dice.randint(0, len(copies))
    paths = [written(tmp_path, "a.csv", table(*copies[:cut])), written(tmp_path, "b.csv", table(*copies[cut:]))]
    assert calls(*paths, paths[0]) == calls(written(tmp_path, "c.csv", table(*rows)))


@given(st.lists(st.tuples(st.sampled_from([1, 2, 4]), st.sampled_from(_COSTS)), min_size=2, max_size=5), st.randoms())
@settings(max_examples=30, deadline=None)
def test_tables_of_all_kinds_end_in_the_same_call_in_any_order(
    told: list[tuple[int, str]], dice: random.Random
) -> None:
    rows = [
        dict(zip(HEADERS[form].split(","), next(csv.reader([row(form, **_cost(cost))])), strict=True))
        for form, cost in told
    ]
    whole = [call for each in rows for call in cursor_calls(each)]
    shuffled = dice.sample(whole, len(whole))
    halves = shuffled[: len(whole) // 2 + 1], shuffled[len(whole) // 2 :]
    assert reduce(merge_calls, whole) == reduce(merge_calls, shuffled)
    assert reduce(merge_calls, whole) == merge_calls(*(reduce(merge_calls, half) for half in halves))


def _cost(cost: str) -> dict[str, str]:
    return {"Cost": cost, "Cost ($)": cost, "Kind": "Included" if cost != "0.09" else "On-Demand"}


def test_the_sample_page_equals_the_independent_count(samples: Path) -> None:
    truth = json.loads((samples / "usage/ground_truth.json").read_text())["cursor/admin_usage_page.json"]
    found = calls(samples / "usage/cursor/admin_usage_page.json")
    assert len(found) == truth["events"]
    paid = sum(call.reported_nusd or 0 for call in found if call.reported_kind == "billed")
    assert paid == int(Decimal(str(truth["chargedCents"])) * 10**7)
    assert paid != int(Decimal(str(truth["totalCents"])) * 10**7), "the list value, without the fee"
    assert [call.reported_kind for call in found if call.reported_nusd is None] == [""]


def test_cursor_s_own_reviewer_is_named_like_a_review_command(tmp_path: Path) -> None:
    found = calls(written(tmp_path, "usage.csv", table(row(), row(Model="agent_review"))))
    assert sorted((call.model_raw, call.agent_name) for call in found) == [
        ("agent_review", "/review"),
        ("claude-4.6-opus-high-thinking", ""),
    ]
