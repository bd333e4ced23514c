"""The sentences about the kinds of cost and about what is not known of the calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.seats import SeatCost
from ledger.domain.sums import Costs
from ledger.reports.footer import cost_lines, quality_lines
from tests.domain.test_report import COVERAGE

USD = 10**9


def test_nothing_is_said_where_nothing_is_missing() -> None:
    assert list(quality_lines(COVERAGE)) == []
    assert list(cost_lines(Costs(list_nusd=5 * USD), "list")) == []


@pytest.mark.parametrize(
    ("name", "count", "says"),
    [
        ("calls_placeholder", 12, "12% of calls have placeholder output: cost is a lower bound."),
        ("calls_estimated", 3, "3% of calls are estimated: their logs round or leave out tokens, or name no model."),
        (
            "calls_rollup",
            1,
            "1 row are sums over a session's calls, at the lowest tier's price: cost is a lower bound.",
        ),
        ("calls_aggregate", 2, "2 rows are sums over many calls, at the cost that was told of them."),
        (
            "calls_told",
            2,
            "2 calls without a known price at the cost that their agent told, which nobody else confirms.",
        ),
    ],
)
def test_what_is_not_known_of_calls_is_counted(name: str, count: int, says: str) -> None:
    changed: dict[str, Any] = {name: count}
    assert list(quality_lines(replace(COVERAGE, **changed))) == [says.replace("1 row are sums", "1 row is a sum")]


def test_a_small_share_is_not_none() -> None:
    few = replace(COVERAGE, calls=1000, calls_placeholder=1)
    assert list(quality_lines(few)) == ["Fewer than 1% of calls have placeholder output: cost is a lower bound."]


def test_kinds_of_cost_stand_beside_each_other() -> None:
    costs = Costs(list_nusd=9 * USD, billed_nusd=2 * USD, proxy_nusd=3 * USD, told_nusd=4 * USD)
    assert list(cost_lines(costs, "list")) == [
        "Told beside list price, of some of the calls: $2.00 by bills and statements, $3.00 by gateways, "
        "$4.00 by agents themselves."
    ]
    assert list(cost_lines(replace(costs, told_nusd=0), "billed")) == []


def test_credits_and_premium_requests_are_never_dollars() -> None:
    lines = list(cost_lines(Costs(nano_credits=1_500_000_000, nano_premium=1234 * USD), "list"))
    assert lines == [
        "Credits used: 1.5. They are the seller's unit and no money here.",
        "Premium requests used: 1,234. They are the seller's unit and no money here.",
    ]
    assert not any("$" in line for line in lines)


def test_seats_say_what_was_paid_and_where_it_went() -> None:
    seat = SeatCost("claude-code", 400 * USD, 150 * USD, 50 * USD, 200 * USD, 35 * USD)
    (line,) = cost_lines(Costs(seats=(seat,)), "list")
    assert line == (
        "Seats for claude-code cost $400.00: $150.00 fell to calls here, of $35.00 list value, "
        "$50.00 to calls elsewhere, $200.00 to months without priced calls."
    )
    (line,) = cost_lines(Costs(seats=(replace(seat, elsewhere=0, idle=0),)), "list")
    assert line.endswith("of $35.00 list value.")
