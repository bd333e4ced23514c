"""Figures at one mix of work: what the crude ones hide."""

from __future__ import annotations

import random
from collections.abc import Hashable
from math import exp, inf, sqrt

import pytest

from ledger.domain.clusters import Totals, error_at_mix, ratio_bounds, spread_over
from ledger.domain.estimates import NANO, Sums, interval
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


def clustered(
    chance: random.Random, repositories: int, n: int = 8
) -> tuple[dict[Hashable, Sums], dict[Hashable, dict[str, Totals]]]:
    """Two types of work in each repository, which share how much it accepts and what it costs there."""
    rows: dict[Hashable, dict[str, list[tuple[float, bool]]]] = {"feat": {}, "fix": {}}
    for number in range(repositories):
        lift, dear = chance.choice((-0.25, 0.25)), exp(chance.gauss(0, 0.3))
        for name, each, rate in (("feat", 3.0, 0.5), ("fix", 1.0, 0.7)):
            rows[name][f"{number}"] = [
                (dear * each * exp(chance.gauss(0, 0.5)), chance.random() < rate + lift) for _ in range(n)
            ]
    strata = {name: added([row for mine in held.values() for row in mine]) for name, held in rows.items()}
    held = {
        name: {key: (n, sum(is_in for _, is_in in mine), sum(cost for cost, _ in mine)) for key, mine in each.items()}
        for name, each in rows.items()
    }
    return strata, held


def added(rows: list[tuple[float, bool]]) -> Sums:
    accepted = [cost for cost, is_in in rows if is_in]
    costs = [cost for cost, _ in rows]
    squares = sum(cost * cost for cost in costs)
    return Sums(len(rows), len(accepted), round(sum(costs) * NANO), squares, round(sum(accepted) * NANO))


def test_one_stratum_over_repositories_is_told_as_the_group_itself() -> None:
    strata, held = clustered(random.Random(1), 6)
    one, mine = strata["fix"], held["fix"]
    spread = spread_over(
        (name, cost / n, index < accepted) for name, (n, accepted, cost) in mine.items() for index in range(n)
    )
    found = standardise({"a": {"fix": one}}, {"fix": 5}, clusters={"a": {"fix": mine}})["a"].cost_per_accepted
    low, high = ratio_bounds(one.cost / one.accepted, one.accepted, spread, 0.95)
    assert (found.lo, found.hi) == pytest.approx((low, high))


def test_repositories_that_agree_or_are_one_leave_the_interval_of_the_changes() -> None:
    strata, held = clustered(random.Random(2), 1)
    groups = {"a": strata}
    mix: dict[Hashable, int] = {"feat": 1, "fix": 1}
    assert standardise(groups, mix, clusters={"a": held}) == standardise(groups, mix)
    twice: dict[str, dict[Hashable, Sums]] = {"a": {name: one + one for name, one in strata.items()}}
    same = {name: dict.fromkeys("xy", mine["0"]) for name, mine in held.items()}
    assert standardise(twice, mix, clusters={"a": same}) == standardise(twice, mix)


def test_a_repository_that_is_dear_in_one_type_and_cheap_in_the_other_takes_nothing_from_the_sum() -> None:
    """Its residuals add up over types before they are squared: here they cancel, and alike they double."""
    opposed = {"feat": {"A": (4, 2, 6.0), "B": (4, 2, 2.0)}, "fix": {"A": (4, 2, 2.0), "B": (4, 2, 6.0)}}
    alike = {"feat": opposed["feat"], "fix": opposed["feat"]}
    parts = {"feat": (8, 4, 8.0), "fix": (8, 4, 8.0)}

    def error(held: dict[str, dict[str, Totals]]) -> tuple[float, int]:
        return error_at_mix([(0.5, parts[name], held[name]) for name in parts], 2.0)

    assert error(opposed) == (0, 1)
    assert error(alike)[0] == pytest.approx(sqrt(2 * (2 / 8) ** 2 * 2))
    assert error_at_mix([(1.0, parts["feat"], {})], 2.0) == (0, 0)


def test_a_repository_that_has_more_of_the_dear_type_is_not_taken_for_a_dear_one() -> None:
    """Beyond 2 for each accepted one: A is 3 below the model's own mean in either type, and B as much above it."""
    feat = {"A": (6, 3, 12.0), "B": (2, 1, 8.0)}
    fix = {"A": (2, 2, 1.0), "B": (6, 3, 9.0)}
    found = error_at_mix([(0.5, (8, 4, 20.0), feat), (0.5, (8, 5, 10.0), fix)], 2.0)
    assert found == (sqrt(2 * (2 * 0.5 / 8 * 3) ** 2 * 2), 1)


def test_over_repositories_that_differ_the_interval_covers_what_it_promises() -> None:
    """What changes alone would say misses far more often: so many repositories are so many draws, and no more."""
    truth = (0.5 * 3 + 0.5) * exp(0.125 + 0.045) / 0.6
    chance, covered, alone, rounds = random.Random(4), 0, 0, 200
    for _ in range(rounds):
        strata, held = clustered(chance, 14)
        for clusters in ({"a": held}, None):
            found = standardise({"a": strata}, {"feat": 1, "fix": 1}, clusters=clusters)["a"].cost_per_accepted
            is_in = (found.lo or 0) <= truth <= (found.hi or inf)
            covered, alone = (covered + is_in, alone) if clusters else (covered, alone + is_in)
    assert 0.91 <= covered / rounds <= 0.99
    assert alone / rounds < 0.8
