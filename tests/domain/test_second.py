"""When a second model's review pays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.estimates import Interval, Sums
from ledger.domain.second import ReviewSums, seconds
from tests.domain.test_estimates import sums

NANO = 10**9


def reviewed(when: str, n: int, accepted: int, each: float, review: float = 0, part: str = "feat") -> ReviewSums:
    base = sums([(each, index < accepted) for index in range(n)])
    return ReviewSums("request", part, when, n, base, round(review * n * NANO), 0)


def test_the_break_even_is_one_plus_the_review_s_cost_by_the_rest_s() -> None:
    rows = [reviewed("final", 100, 90, 1.2, 0.2), reviewed("none", 100, 50, 1.0)]
    part, whole = seconds(rows)
    assert part.review_cost == pytest.approx(0.2)
    assert part.other_cost == pytest.approx(1.0)
    assert part.break_even == pytest.approx(1.2)
    assert part.gain.point == pytest.approx(1.8)
    assert (part.gain.lo or 0) > 1.2
    assert part.verdict == "pays"
    assert (part.comparison.ratio.point or 2) < 1
    assert replace(whole, part="feat") == part


@pytest.mark.parametrize(
    ("with_it", "without", "review", "verdict"),
    [(90, 50, 0.2, "pays"), (52, 50, 0.9, "does not pay"), (60, 50, 0.2, "open"), (50, 50, 0.05, "open")],
)
def test_it_pays_only_where_the_gain_is_surely_above(with_it: int, without: int, review: float, verdict: str) -> None:
    rows = [reviewed("early", 100, with_it, 1 + review, review), reviewed("none", 100, without, 1.0)]
    assert seconds(rows)[0].verdict == verdict


def test_reviews_before_the_decision_count_and_others_stand_aside() -> None:
    rows = [
        reviewed("final", 10, 9, 1),
        reviewed("early", 5, 4, 1),
        reviewed("late", 7, 7, 1),
        reviewed("undated", 2, 2, 1),
        reviewed("unknown", 3, 3, 1),
        reviewed("none", 20, 10, 1),
        reviewed("none", 30, 9, 1, part="fix"),
    ]
    feat, fix, whole = seconds(rows)
    assert (feat.reviewed.n, feat.alone.n, feat.aside) == (15, 20, 12)
    assert (fix.part, fix.reviewed.n, fix.alone.n) == ("fix", 0, 30)
    assert (whole.part, whole.reviewed.n, whole.alone.n, whole.aside) == (None, 15, 50, 12)


def test_what_is_not_known_gives_no_verdict() -> None:
    free = [reviewed("final", 50, 45, 1.0), reviewed("none", 50, 25, 1.0)]
    assert (seconds(free)[0].break_even, seconds(free)[0].verdict) == (None, "")
    few = [reviewed("final", 4, 4, 1.2, 0.2), reviewed("none", 50, 25, 1.0)]
    assert (seconds(few)[0].gain, seconds(few)[0].verdict) == (Interval(None, None, None), "")
    refused = [reviewed("final", 20, 0, 1.2, 0.2), reviewed("none", 50, 25, 1.0)]
    assert seconds(refused)[0].gain.point is None
    assert seconds([]) == ()
    assert seconds([reviewed("none", 5, 3, 1)])[0].reviewed == Sums(0, 0, 0, 0.0, 0)
