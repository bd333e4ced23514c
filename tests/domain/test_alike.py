"""A second review's gain among changes alike: what who led would otherwise make of it."""

from __future__ import annotations

import random
from math import exp, log, sqrt

import pytest

from ledger.domain.alike import NOT_KNOWN, Alike, Stratum, alike, ratio
from ledger.domain.estimates import Sums, acceptance, wilson
from ledger.domain.second import ReviewSums, seconds
from tests.domain.test_estimates import sums

NANO = 10**9
NOTHING = Sums(0, 0, 0, 0.0, 0)


def side(n: int, accepted: int, each: float = 1.0) -> Sums:
    return sums([(each, index < accepted) for index in range(n)])


def stratum(reviewed: tuple[int, int], alone: tuple[int, int], review: float = 0.2) -> Stratum:
    """(n, accepted) with and without a review of so many USD, on changes that cost 1 USD besides."""
    return Stratum(side(*reviewed, each=1 + review), side(*alone), round(review * reviewed[0] * NANO))


def told(*strata: Stratum) -> Alike:
    found = alike(strata)
    assert found is not None
    return found


def test_the_gain_is_that_of_the_mix_by_hand() -> None:
    """Strong: 40 of 40 + 10 at 90 % either way; weak: 10 and 40 at 50 % and 40 %. Each is half of the mix."""
    found = told(stratum((40, 36), (10, 9)), stratum((10, 5), (40, 16)))
    assert (found.covered, found.reviewed, found.alone) == (1, 50, 50)
    assert found.rates == pytest.approx(((0.9 + 0.5) / 2, (0.9 + 0.4) / 2))
    assert found.gain.point == pytest.approx(1.4 / 1.3)
    assert found.break_even == pytest.approx(1.2)
    assert found.verdict == "open"


def test_the_interval_is_that_of_as_many_changes_as_the_weighted_ones_are_worth() -> None:
    found = told(stratum((40, 36), (10, 9)), stratum((10, 5), (40, 16)))
    worth = 1 / (0.25 / 40 + 0.25 / 10)
    low, high = wilson(0.7 * worth, worth, 1.959963984540054)
    other_low, other_high = wilson(0.65 * worth, worth, 1.959963984540054)
    down = sqrt(log(0.7 / low) ** 2 + log(other_high / 0.65) ** 2)
    up = sqrt(log(high / 0.7) ** 2 + log(0.65 / other_low) ** 2)
    assert found.gain.lo == pytest.approx(0.7 / 0.65 * exp(-down))
    assert found.gain.hi == pytest.approx(0.7 / 0.65 * exp(up))


def test_a_strong_model_that_is_reviewed_more_often_is_no_gain() -> None:
    """Pooled 83 of 100 with a review are accepted and 41 without; within each model it makes no difference."""
    strong, weak = (90, 81), (10, 2)
    rows = [
        *(review_sums("strong", *each) for each in (("final", strong), ("none", (30, 27)))),
        *(review_sums("weak", *each) for each in (("final", weak), ("none", (70, 14)))),
    ]
    part, whole = seconds(rows)
    assert whole.gain.point == pytest.approx(83 / 41)
    assert whole.verdict == "pays"
    assert part.at_one_mix == whole.at_one_mix
    assert whole.at_one_mix is not None
    assert whole.at_one_mix.gain.point == pytest.approx(1)
    assert whole.at_one_mix.verdict == "open"


def review_sums(lead: str | None, when: str, counts: tuple[int, int], part: str = "feat") -> ReviewSums:
    review = 0.2 if when == "final" else 0.0
    return ReviewSums(
        "request", part, when, counts[0], side(*counts, each=1 + review), round(review * counts[0] * NANO), 0, lead
    )


def test_parts_are_strata_too_and_within_one_only_the_leads() -> None:
    rows = [
        *(review_sums("opus", when, (20, 15), part) for when in ("final", "none") for part in ("feat", "fix")),
        review_sums("haiku", "final", (20, 15)),
    ]
    feat, fix, whole = seconds(rows)
    assert (fix.part, fix.at_one_mix) == ("fix", None), "one stratum is the row itself"
    assert feat.at_one_mix is not None
    assert feat.at_one_mix.covered == pytest.approx(40 / 60)
    assert feat.at_one_mix.reviewed == 20
    assert whole.at_one_mix is not None
    assert whole.at_one_mix.covered == pytest.approx(80 / 100)
    assert whole.at_one_mix.reviewed == 40


def test_too_little_in_common_too_few_or_an_unknown_lead_tell_no_gain() -> None:
    apart = told(stratum((40, 36), (0, 0)), stratum((10, 5), (5, 4)))
    assert apart.covered == pytest.approx(15 / 55)
    assert (apart.gain, apart.verdict) == (NOT_KNOWN, "")
    few = told(stratum((2, 2), (2, 1)), stratum((2, 2), (2, 1)))
    assert (few.covered, few.gain) == (1, NOT_KNOWN)
    refused = told(stratum((9, 0), (9, 3)), stratum((9, 0), (9, 3)))
    assert refused.gain == NOT_KNOWN
    assert refused.rates == pytest.approx((0, 1 / 3))
    assert alike([stratum((40, 36), (10, 9))]) is None
    assert alike([stratum((40, 36), (0, 0)), stratum((0, 0), (5, 4))]) is None
    unknown = [review_sums(None, when, (20, 15)) for when in ("final", "none")]
    assert seconds([*unknown, review_sums("opus", "final", (5, 4))])[-1].at_one_mix is None


def test_all_accepted_on_both_sides_still_leaves_doubt() -> None:
    found = told(stratum((20, 20), (20, 20)), stratum((20, 20), (20, 20)))
    assert found.gain.point == pytest.approx(1)
    assert 0.8 < (found.gain.lo or 0) < 0.99
    assert found.verdict == "does not pay" if (found.gain.hi or 0) < 1.2 else "open"


def test_free_reviews_have_no_break_even() -> None:
    found = told(stratum((20, 15), (20, 9), 0), stratum((20, 15), (20, 9), 0))
    assert (found.break_even, found.verdict) == (None, "")


def test_without_an_effect_the_interval_holds_1_as_often_as_it_promises() -> None:
    """Three models of which the stronger are reviewed more often; pooled, nearly every history would claim a gain."""
    chance, held, pooled, rounds = random.Random(5), 0, 0, 300
    plan = ((0.9, 0.8), (0.7, 0.5), (0.4, 0.2))
    for _ in range(rounds):
        strata = []
        for rate, reviewed in plan:
            n = sum(chance.random() < reviewed for _ in range(60))
            counts = [(each, sum(chance.random() < rate for _ in range(each))) for each in (n, 60 - n)]
            had, had_none = (Sums(each, good, each * NANO, each, good * NANO) for each, good in counts)
            strata.append(Stratum(had, had_none, n * NANO // 5))
        gain = told(*strata).gain
        held += (gain.lo or 9) <= 1 <= (gain.hi or 0)
        whole = [sum((getattr(each, name) for each in strata), NOTHING) for name in ("reviewed", "alone")]
        crude = ratio(*(acceptance(each.accepted, each.n) for each in whole))
        pooled += (crude.lo or 0) <= 1
    assert 0.94 <= held / rounds <= 1
    assert pooled / rounds < 0.2
