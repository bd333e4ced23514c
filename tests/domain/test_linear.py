"""The variance of a figure over strata, counted change by change beside what the sums say."""

from __future__ import annotations

import random
from math import sqrt

import pytest

from ledger.domain.linear import Doubt, Part, doubt, squares
from ledger.domain.student import t_quantile
from tests.domain.starting import sums

Paid = list[tuple[float, bool]]
LENT = 10


def drawn(seed: int, n: int, mean: float = 1.0, rate: float = 0.6) -> Paid:
    chance = random.Random(seed)
    return [(mean * chance.uniform(0.2, 1.8), chance.random() < rate) for _ in range(n)]


def scattered(rows: Paid, of: tuple[float, float]) -> float:
    values = [of[0] * cost + of[1] * ok for cost, ok in rows]
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values)


def by_hand(own: Paid, others: Paid, of_own: tuple[float, float], of_others: tuple[float, float]) -> list[float]:
    """The variance that each group brings, change by change."""
    groups = [(rows, of) for rows, of in ((own, of_own), (others, of_others)) if rows]
    free = sum(len(rows) - 1 for rows, _ in groups)
    found = []
    for rows, of in groups:
        pooled = sum(scattered(each, of) for each, _ in groups) / max(1, free)
        found.append(len(rows) * (scattered(rows, of) + LENT * pooled) / (len(rows) - 1 + LENT))
    return found


def test_squares_follow_from_five_sums() -> None:
    rows = drawn(1, 30)
    for of in ((1.0, 0.0), (0.0, 1.0), (0.4, -0.7)):
        assert squares(sums(rows), of) == pytest.approx(scattered(rows, of), rel=1e-9)
    assert squares(sums([(1.0, True)] * 7), (0.3, -0.2)) == pytest.approx(0, abs=1e-12)


def test_the_variance_is_that_of_the_changes_of_both_groups_in_every_stratum() -> None:
    strata = [(drawn(1, 12), drawn(2, 30, 3)), (drawn(3, 6, 0.2, 0.9), drawn(4, 9)), (drawn(5, 8), [])]
    ways = [((0.02, -0.01), (-0.004, 0.007)), ((0.1, 0.0), (0.0, 0.3)), ((0.5, 0.5), (9.0, 9.0))]
    parts = [Part(sums(own), sums(others), *way) for (own, others), way in zip(strata, ways, strict=True)]
    wanted = [each for (own, others), way in zip(strata, ways, strict=True) for each in by_hand(own, others, *way)]
    ((error, freedom),) = doubt(parts).errors
    assert error == pytest.approx(sqrt(sum(wanted)), rel=1e-9)
    sizes = [len(rows) - 1 for own, others in strata for rows in (own, others) if rows]
    assert freedom == int(sum(wanted) ** 2 / sum(each * each / n for each, n in zip(wanted, sizes, strict=True)))


def test_five_that_were_all_accepted_are_not_sure_of_the_next_one() -> None:
    sure, mixed = [(1.0, True)] * 5, [(1.0, True)] * 20 + [(1.0, False)] * 20
    ((error, _),) = doubt([Part(sums(sure), sums(mixed), (0.0, 0.2), (0.0, 0.0))]).errors
    assert error > 0.5 * sqrt(0.25 / 5)
    many = [(1.0, True)] * 400
    ((error, _),) = doubt([Part(sums(many), sums(mixed), (0.0, 1 / 400), (0.0, 0.0))]).errors
    assert error < 0.1 * sqrt(0.25 / 400) * 5


def test_one_change_of_a_group_lends_its_scatter_from_the_other() -> None:
    ((error, freedom),) = doubt([Part(sums(drawn(1, 9)), sums([(1.0, True)]), (0.0, 0.1), (0.0, 0.1))]).errors
    assert error > 0
    assert freedom >= 1
    ((error, freedom),) = doubt([Part(sums([(1.0, True)] * 6), sums([]), (0.1, 0.1), (0.0, 0.0))]).errors
    assert (error, freedom) == pytest.approx((0, 5), abs=1e-6)


def test_over_repositories_the_error_is_also_that_between_them() -> None:
    """Σ departures² · K/(K-1), one degree less than there are repositories; two strata of one are one."""
    rows = [[(1.0, True)] * 10, [(3.0, True)] * 10, [(2.0, True)] * 10]
    of = (1 / 30, 0.0)
    parts = [
        Part(sums(each), sums([]), of, (0.0, 0.0), centre=2 / 3, cluster=name)
        for each, name in zip(rows, "ABC", strict=True)
    ]
    within, between = doubt(parts).errors
    assert within[0] == pytest.approx(0, abs=1e-6)
    assert between == pytest.approx((sqrt(2 * (1 / 3) ** 2 * 3 / 2), 2))
    halves = [
        Part(sums(each[:5]), sums([]), of, (0.0, 0.0), centre=1 / 3, cluster=name)
        for each, name in zip(rows, "ABC", strict=True)
        for _ in range(2)
    ]
    assert doubt(halves).errors[1] == pytest.approx(between)


def test_the_wider_error_holds_and_a_surer_level_is_wider() -> None:
    found = Doubt(((0.1, 50), (0.08, 2)))
    assert found.reach(0.95) == pytest.approx(0.08 * t_quantile(0.975, 2))
    assert found.reach(0.5) == pytest.approx(0.1 * t_quantile(0.75, 50))
    assert found.reach(0.99) > found.reach(0.95)
    assert Doubt(()).reach(0.95) == 0


def test_four_times_as_many_show_half_the_difference() -> None:
    found = Doubt(((0.1, 1000),))
    assert found.times(0.1, 0.95, 0.8) == pytest.approx(4 * found.times(0.2, 0.95, 0.8))
    assert found.times(0.2804, 0.95, 0.8) == pytest.approx(1, rel=0.01)
    assert found.times(0.2804, 0.99, 0.8) > 1.3
