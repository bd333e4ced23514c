"""Spend by week or by month, and retries in order: no nano-USD is lost, and no order matters."""

from __future__ import annotations

from random import Random

import pytest

from ledger.domain.page import BUCKETS, Loop, Portion, Timeline, by_size, over_time


def loop(basis: str, model: str | None, decided: int) -> Loop:
    return Loop(
        basis=basis,
        model=model,
        decided=decided,
        accepted=1,
        attempts=2,
        failed_runs=1,
        failed_attempts=1,
        failed_nusd=5,
        first_pass_yes=0,
        first_pass_no=1,
        first_pass_unknown=0,
    )


def test_days_of_one_week_are_one_and_begin_on_monday() -> None:
    rows = [("2026-03-01", "accepted", 5), ("2026-02-23", "accepted", 7), ("2026-03-02", "accepted", 11)]
    assert over_time(rows) == Timeline(
        "week", (Portion("2026-02-23", "accepted", 12), Portion("2026-03-02", "accepted", 11))
    )


def test_a_week_over_the_turn_of_a_year_is_one() -> None:
    rows = [("2025-12-31", "open", 1), ("2026-01-01", "open", 2)]
    assert over_time(rows).portions == (Portion("2025-12-29", "open", 3),)


@pytest.mark.parametrize(("last", "unit"), [("2026-10-07", "week"), ("2026-10-08", "month")])
def test_forty_weeks_and_more_are_told_by_the_month(last: str, unit: str) -> None:
    found = over_time([("2026-01-01", "accepted", 1), (last, "rejected", 2)])
    assert found.unit == unit
    starts = {portion.start for portion in found.portions}
    assert starts == ({"2025-12-29", "2026-10-05"} if unit == "week" else {"2026-01-01", "2026-10-01"})


def test_months_stay_months_however_few() -> None:
    rows = [("2026-03", "accepted", 5), ("2026-03", "accepted", 6), ("2026-04", "unattributed", 1)]
    assert over_time(rows) == Timeline(
        "month", (Portion("2026-03-01", "accepted", 11), Portion("2026-04-01", "unattributed", 1))
    )


def test_what_cost_nothing_is_no_part_and_stretches_nothing() -> None:
    assert over_time([("1970-01-01", "accepted", 0), ("2026-03-02", "open", 3)]).unit == "week"
    assert over_time([]) == Timeline("week", ())


def test_parts_stand_in_the_order_of_the_page_whatever_order_they_come_in() -> None:
    rows = [(f"2026-03-{day:02}", bucket, day) for day in range(1, 29) for bucket in BUCKETS]
    found = over_time(rows)
    assert [portion.bucket for portion in found.portions[:7]] == list(BUCKETS)
    assert sum(portion.nusd for portion in found.portions) == sum(nusd for *_, nusd in rows)
    Random(3).shuffle(rows)
    assert over_time(rows) == found


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_borne(day: str) -> None:
    assert over_time([(day, "open", 1)]).portions[0].nusd == 1


def test_loops_stand_by_basis_and_size_and_the_nameless_last() -> None:
    rows = [loop("request", None, 5), loop("request", "b", 5), loop("request", "c", 9), loop("branch", "z", 1)]
    wanted = [("branch", "z"), ("request", "c"), ("request", "b"), ("request", None)]
    assert [(each.basis, each.model) for each in by_size(rows)] == wanted
    assert by_size(reversed(rows)) == by_size(rows)
