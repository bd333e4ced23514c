"""Foreign fields: what is no count, text, time or amount is never taken for one."""

from __future__ import annotations

import contextlib
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.fields import count, moment, money, record, records, seconds, text

WHEN = datetime(2026, 3, 1, 10, 0, 0, 500_000, UTC)


@pytest.mark.parametrize(
    "value", ["2026-03-01T10:00:00.500Z", "2026-03-01T11:00:00.5+01:00", 1772359200500, 1772359200500.0]
)
def test_a_time_has_a_zone_or_is_in_milliseconds(value: object) -> None:
    assert moment(value) == WHEN


@pytest.mark.parametrize(
    "value",
    ["2026-03-01T10:00:00", "yesterday", "", None, True, 0, -5, 10**18, math.nan, math.inf, [], "9999-01-01T00:00Z"],
)
def test_what_is_no_time_is_unknown(value: object) -> None:
    assert moment(value) is None


def test_seconds_are_told_from_milliseconds_by_who_asks() -> None:
    assert seconds(1772359200.5) == WHEN
    assert [seconds(value) for value in ("1772359200", None, True, -1)] == [None] * 4


def test_counts_texts_amounts_and_shapes() -> None:
    assert [count({"n": value}, "n") for value in (5, None, 0, 7.0)] == [5, 0, 0, 7]
    assert count({}, "n") == 0
    assert [text(value) for value in ("a\x00\nb", None, 5, "x" * 2000)] == ["ab", "", "", "x" * 1000]
    assert [money(value) for value in (0.25, 0, None, True, "1", -1, math.nan, math.inf)] == [
        250_000_000,
        0,
        *[None] * 6,
    ]
    assert (record([]), record({"a": 1})) == ({}, {"a": 1})
    assert (records("x"), records([1, {"a": 1}])) == ([], [{"a": 1}])


@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists))
def test_nothing_breaks_a_field(value: object) -> None:
    moment(value), seconds(value), money(value), text(value), record(value), records(value)
    with contextlib.suppress(ValueError):
        assert count({"n": value}, "n") >= 0


@given(st.text(max_size=30) | st.text(st.characters(max_codepoint=160), min_size=990, max_size=1010))
def test_a_text_is_what_is_left_without_control_characters(value: str) -> None:
    assert text(value) == "".join(each for each in value if ord(each) >= 32 and ord(each) != 127)[:1000]
