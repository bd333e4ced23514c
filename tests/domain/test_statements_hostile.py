"""Rows as spreadsheets of every kind write them: read right, or refused in a sentence."""

from __future__ import annotations

import pytest

from ledger.domain.statements import change_number
from tests.domain.test_statements import refusal


@pytest.mark.parametrize("cost", ["Infinity", "-inf", "1e999999", "1e99999999999"])
def test_an_endless_cost_is_refused(cost: str) -> None:
    assert refusal(cost=cost).startswith("rows line 2: cost ")


@pytest.mark.parametrize("cost", ["2,40", "1.250,00", "1_0", "12,5"])
def test_a_decimal_comma_is_refused_because_it_would_cost_a_hundredfold(cost: str) -> None:
    assert refusal(cost=cost).startswith("rows line 2: cost ")


@pytest.mark.parametrize("change", ["²", "#³", "4²"])
def test_a_raised_digit_is_a_name_not_a_number(change: str) -> None:
    assert change_number(change) >= 2**40


@pytest.mark.parametrize("change", [True, [1], {"a": 1}])
def test_a_change_is_a_number_or_a_text(change: object) -> None:
    assert "change" in refusal(change=change)
