"""Figures as JSON has them: what is unknown is null, and never 0."""

from __future__ import annotations

from ledger.domain.estimates import Interval, Sums, estimate
from ledger.reports.json_figures import bounded, estimated, interval, money, rounded, unrounded, usd_text

THIRD = Interval(1 / 3, 0.1234567, None)


def test_money_is_text_and_a_ratio_has_six_digits() -> None:
    assert (usd_text(1.5), usd_text(0.0), usd_text(None)) == ("1.500000", "0.000000", None)
    assert (rounded(1 / 3), rounded(1234567.0), rounded(None)) == (0.333333, 1234570.0, None)
    assert interval(THIRD) == {"point": 0.333333, "lo": 0.123457, "hi": None}
    assert unrounded(THIRD) == {"point": 1 / 3, "lo": 0.1234567, "hi": None}
    assert money(THIRD) == {"point": "0.333333", "lo": "0.123457", "hi": None}


def test_where_nothing_was_accepted_there_is_a_lower_bound_and_no_point() -> None:
    found = bounded(estimate(Sums(9, 0, 9_000_000_000, 9.0, 0)))
    assert (found["point"], found["lo"], found["hi"]) == (None, None, None)
    assert float(found["lower_bound"] or 0) > 1
    assert list(estimated(estimate(Sums(0, 0, 0, 0.0, 0)))) == ["point", "lo", "hi", "lower_bound", "strength"]
