"""Figures at one mix of work: what the crude ones hide."""

from __future__ import annotations

import random
from collections.abc import Hashable
from math import exp, inf

import pytest

from ledger.domain.estimates import Sums, interval
from ledger.domain.standard import reversals, standardise
from tests.domain.test_estimates import sums


def stratum(n: int, accepted: int, each: float) -> Sums:
    return sums([(each * (0.5 + (index % 3) * 0.5), index < accepted) for index in range(n)])


def crude(strata: dict[Hashable, Sums]) -> float:
    return sum(each.cost for each in strata.values()) / sum(each.accepted for each in strata.values())


HARD: dict[Hashable, Sums] = {"feat": stratum(60, 30, 2), "docs": stratum(9, 9, 0.1)}
EASY: dict[Hashable, Sums] = {"feat": stratum(9, 3, 3), "docs": stratum(60, 48, 0.2)}


def test_the_figure_is_that_of_the_mix_by_hand() -> None:
    found = standardise({"hard": HARD, "easy": EASY}, {"feat": 3, "docs": 1})
    assert found["hard"].mean == pytest.approx(0.75 * 2 + 0.25 * 0.1)
    assert found["hard"].rate == pytest.approx(0.75 * 0.5 + 0.25)
    assert found["hard"].cost_per_accepted.point == pytest.approx(1.525 / 0.625)
    assert found["easy"].cost_per_accepted.point == pytest.approx((0.75 * 3 + 0.05) / (0.75 / 3 + 0.2))
    assert found["easy"].covered == 1


def test_whoever_was_given_the_easy_work_looks_cheap() -> None:
    found = standardise({"hard": HARD, "easy": EASY}, {"feat": 69, "docs": 69})
    plain = {"hard": crude(HARD), "easy": crude(EASY)}
    assert plain["easy"] < plain["hard"]
    assert reversals(plain, found) == [("easy", "hard")]
    assert reversals({"hard": 1.0, "easy": 2.0}, found) == []


def test_a_stratum_without_anything_accepted_stays_finite() -> None:
    groups: dict[str, dict[Hashable, Sums]] = {"a": {"feat": stratum(5, 0, 1), "fix": stratum(5, 4, 1)}}
    found = standardise(groups, {"feat": 1, "fix": 1})["a"].cost_per_accepted
    assert found.point == pytest.approx(1 / 0.4, rel=0.2)
    nothing = standardise({"a": {"feat": stratum(5, 0, 1)}}, {"feat": 1})["a"]
    assert (nothing.cost_per_accepted.point, nothing.rate) == (None, 0)


def test_only_what_all_have_worked_on_is_compared_and_the_rest_is_told() -> None:
    groups: dict[str, dict[Hashable, Sums]] = {"a": {"feat": stratum(8, 4, 1), "ci": stratum(3, 3, 9)}, "b": HARD}
    found = standardise(groups, {"feat": 6, "docs": 2, "ci": 2})
    assert {figure.covered for figure in found.values()} == {0.6}
    assert found["a"].mean == pytest.approx(groups["a"]["feat"].cost / 8)
    assert standardise({"a": {"ci": stratum(3, 3, 1)}, "b": HARD}, {"ci": 1, "docs": 1}) == {}
    assert standardise({}, {"ci": 1}) == {}


def test_one_stratum_is_told_about_as_the_group_itself() -> None:
    chance = random.Random(1)
    one = sums([(exp(chance.gauss(0, 0.6)), chance.random() < 0.7) for _ in range(200)])
    found, plain = standardise({"a": {"fix": one}}, {"fix": 5})["a"].cost_per_accepted, interval(one)
    assert found.point == pytest.approx(plain.point)
    assert found.lo == pytest.approx(plain.lo, rel=0.02)
    assert found.hi == pytest.approx(plain.hi, rel=0.02)


def test_a_stratum_of_one_change_lends_its_doubt_and_alone_has_no_bounds() -> None:
    chance = random.Random(2)
    many = sums([(exp(chance.gauss(0, 0.6)), chance.random() < 0.7) for _ in range(30)])
    mixed = standardise({"a": {"fix": many, "ci": stratum(1, 1, 1)}}, {"fix": 1, "ci": 1})["a"].cost_per_accepted
    assert 0 < (mixed.lo or 0) < (mixed.point or 0) < (mixed.hi or inf) < inf
    alone = standardise({"a": {"ci": stratum(1, 1, 1)}}, {"ci": 1})["a"].cost_per_accepted
    assert alone.point == pytest.approx(0.5)
    assert (alone.lo, alone.hi) == (None, None)


@pytest.mark.slow
def test_the_interval_covers_what_it_promises() -> None:
    chance, rounds, covered = random.Random(3), 500, 0
    truth = (0.5 * 3 + 0.5) * exp(0.125) / (0.5 * 0.5 + 0.5 * 0.9)
    for _ in range(rounds):
        strata: dict[Hashable, Sums] = {
            name: sums([(each * exp(chance.gauss(0, 0.5)), chance.random() < rate) for _ in range(n)])
            for name, n, each, rate in (("feat", 20, 3, 0.5), ("fix", 30, 1, 0.9))
        }
        found = standardise({"a": strata}, {"feat": 1, "fix": 1})["a"].cost_per_accepted
        covered += (found.lo or 0) <= truth <= (found.hi or inf)
    assert 0.92 <= covered / rounds <= 0.98
