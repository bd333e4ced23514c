"""Flat seats: read from settings, and spread over the calls so that nothing of what was paid is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.seats import Listed, Seat, amortise, months, parse_seat
from ledger.errors import BadSetting

USD = 10**9
SEATS = (Seat("claude-code", 200 * USD, "2026-01", "2026-03"), Seat("claude-code", 100 * USD, "2026-02"))


@pytest.mark.parametrize(
    ("said", "seat"),
    [
        ("codex 20 from=2026-03", Seat("codex", 20 * USD, "2026-03")),
        ("codex 19.99 seats=3 from=2026-03 until=2027-01", Seat("codex", 59_970_000_000, "2026-03", "2027-01")),
        ({"agent": "codex", "usd": "20", "seats": 2, "from": "2026-03"}, Seat("codex", 40 * USD, "2026-03")),
    ],
)
def test_a_seat_is_a_line_or_a_table(said: object, seat: Seat) -> None:
    assert parse_seat(said) == seat


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("", "cannot be read"),
        ("codex", "cannot be read"),
        ("codex $20 from=2026-03", "no readable price"),
        ("codex -20 from=2026-03", "no readable price"),
        ("codex 20 seats=0 from=2026-03", "no readable price or number of seats"),
        ("codex 20", "needs from=YYYY-MM"),
        ("codex 20 from=2026-13", "needs from=YYYY-MM"),
        ("codex 20 from=2026-03 until=2026-03", "an until after it"),
        ("codex 20 from=2026-03 each", "has 'each'"),
        ("codex 20 from=2026-03 price=3", "has 'price=3'"),
        ({"agent": "codex", "usd": 20, "form": "2026-03"}, "has 'form'"),
        ({"usd": 20, "from": "2026-03"}, "cannot be read"),
        (7, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_with_how_to_write_it(said: object, says: str) -> None:
    with pytest.raises(BadSetting) as caught:
        parse_seat(said)
    assert says in str(caught.value)
    assert "from=2026-01" in str(caught.value)


def test_months_go_over_the_end_of_a_year() -> None:
    assert list(months("2025-11", "2026-02")) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(months("2026-02", "2026-01")) == []


def test_a_month_s_price_falls_to_the_calls_by_their_list_cost() -> None:
    listed = {
        ("claude-code", "2026-01"): Listed(30 * USD, 10 * USD),
        ("claude-code", "2026-02"): Listed(5 * USD, 0),
        ("codex", "2026-01"): Listed(99 * USD, 0),
        ("claude-code", "2025-12"): Listed(7 * USD, 0),
    }
    (found,) = amortise(SEATS, listed, "2026-03")
    assert found.paid == (200 + 300 + 100) * USD
    assert found.effective == (150 + 300) * USD
    assert (found.elsewhere, found.idle, found.listed) == (50 * USD, 100 * USD, 35 * USD)


def test_seats_that_begin_later_cost_nothing_yet() -> None:
    (found,) = amortise((Seat("codex", USD, "2026-09"),), {("codex", "2026-03"): Listed(USD, 0)}, "2026-03")
    assert (found.paid, found.effective, found.listed) == (0, 0, 0)


AMOUNT = st.integers(0, 10**13)


@given(
    st.lists(st.tuples(st.integers(1, 10**13), st.integers(1, 12), st.integers(0, 12)), min_size=1, max_size=4),
    st.dictionaries(st.integers(1, 12), st.tuples(AMOUNT, AMOUNT), max_size=12),
)
def test_the_parts_sum_to_what_was_paid_to_the_nano(
    seats: list[tuple[int, int, int]], calls: dict[int, tuple[int, int]]
) -> None:
    made = [
        Seat("a", price, f"2026-{first:02}", f"2026-{last:02}" if last > first else "") for price, first, last in seats
    ]
    (found,) = amortise(made, {("a", f"2026-{month:02}"): Listed(*each) for month, each in calls.items()}, "2026-12")
    assert found.effective + found.elsewhere + found.idle == found.paid
    assert min(found.effective, found.elsewhere, found.idle) >= 0
    assert found.paid == sum(
        seat.monthly_nusd for seat in made for month in months("2026-01", "2026-12") if seat.is_paid(month)
    )
