"""Counts, money and times, however a gateway or a spreadsheet writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.amounts import Refused, count, moment, nusd, text


@pytest.mark.parametrize(
    ("written", "tokens"),
    [(0, 0), (12, 12), ("12", 12), (" 1,234 ", 1234), (2.0, 2), (Decimal("3"), 3), ("4.0", 4), ("1,234,567", 1234567)],
)
def test_a_count_is_read_as_it_is_meant(written: object, tokens: int) -> None:
    assert count(written, "n") == tokens


@pytest.mark.parametrize("written", [None, "", " ", "-", "NaN", "null", "None", "n/a", float("nan")])
def test_what_is_not_said_is_unknown_and_not_zero(written: object) -> None:
    assert count(written, "n") is None
    assert nusd(written, "cost") is None


@pytest.mark.parametrize("written", [-1, "-1", 1.5, "1.5", "many", True, [1], {}, 10**11, "1e99", float("inf"), "1,2"])
def test_what_is_no_count_is_refused(written: object) -> None:
    with pytest.raises(Refused, match=r"^n is no n"):
        count(written, "n")


@pytest.mark.parametrize(
    ("written", "nano"),
    [("$0.32", 320_000_000), (0.00918, 9_180_000), ("1,250.00", 1_250_000_000_000), ("3.452e-05", 34_520), ("0", 0)],
)
def test_money_is_exact_to_the_billionth(written: object, nano: int) -> None:
    assert nusd(written, "cost") == nano


def test_money_comes_in_cents_too() -> None:
    assert nusd("15.66", "cents", 100) == 156_600_000
    assert nusd(12.34, "cents", 100) == 123_400_000


@pytest.mark.parametrize("written", ["-0.01", -1, "2e6", "12 EUR", "$"])
def test_no_call_earns_money_or_costs_a_fortune(written: object) -> None:
    if written == "$":
        assert nusd(written, "cost") is None
        return
    with pytest.raises(Refused, match=r"^cost is"):
        nusd(written, "cost")


WHEN = datetime(2026, 3, 3, 10, 0, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-03 10:00:00.123",
        "2026-03-03T10:00:00.123Z",
        "2026-03-03T11:00:00.123+01:00",
        "2026-03-03 10:00:00.123000 UTC",
        1772532000.123,
        1772532000123,
        "1772532000123",
        1772532000123000,
        "1772532000123000000",
        Decimal("1772532000.123"),
    ],
)
def test_a_time_is_read_in_every_form(written: object) -> None:
    assert moment(written, "at") == WHEN


@pytest.mark.parametrize(
    "written", ["", "soon", None, True, [], "2026-13-01", "9999-01-01", "0001-01-01T00:00:00Z", 1e40]
)
def test_what_is_no_time_is_refused(written: object) -> None:
    with pytest.raises(Refused, match=r"^at is"):
        moment(written, "at")


@given(st.integers(0, 4 * 10**15))
def test_microseconds_survive_as_numbers_and_as_text(micros: int) -> None:
    at = moment(f"{micros}000", "at") if micros >= 10**15 else moment(Decimal(micros) / 10**6, "at")
    assert moment(at.isoformat(), "at") == at


def test_text_is_one_line_that_a_database_keeps() -> None:
    assert text(" a\nb\0c\ud800 ") == "abc\ufffd"
    assert (text(7), text(True), text(None), text({}), text("x" * 300)) == ("7", "", "", "", "x" * 250)
