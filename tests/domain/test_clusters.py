"""Repositories that differ widen what is said over all of them."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp, log, sqrt

import pytest

from ledger.domain.clusters import Spread, design_effect, ratio_bounds
from ledger.domain.estimates import Sums, acceptance, interval
from ledger.domain.student import t_quantile
from tests.domain.test_estimates import Changes, sums


def spread(repositories: list[Changes]) -> Spread:
    """As SQL adds it up, repository by repository."""
    each = [
        (sum(cost for cost, _ in rows), sum(is_in for _, is_in in rows), len(rows)) for rows in repositories if rows
    ]
    return Spread(
        repositories=len(each),
        cost_cost=sum(c * c for c, _, _ in each),
        cost_accepted=sum(c * a for c, a, _ in each),
        cost_n=sum(c * n for c, _, n in each),
        accepted_accepted=sum(a * a for _, a, _ in each),
        accepted_n=sum(a * n for _, a, n in each),
        n_n=sum(n * n for _, _, n in each),
    )


def over(repositories: list[Changes]) -> Sums:
    return replace(sums([row for rows in repositories for row in rows]), spread=spread(repositories))


def drawn(chance: random.Random, rates: list[float], n: int = 30) -> list[Changes]:
    return [[(exp(chance.gauss(0, 0.5)), chance.random() < rate) for _ in range(n)] for rate in rates]


def test_the_variance_is_that_of_the_residuals_by_hand() -> None:
    repositories = drawn(random.Random(1), [0.9, 0.4, 0.7, 0.2])
    whole = over(repositories)
    ratio = whole.cost / whole.accepted
    residuals = [sum(cost - ratio * is_in for cost, is_in in rows) for rows in repositories]
    error = sqrt(sum(each * each for each in residuals) * 4 / 3) / whole.accepted
    low, high = ratio_bounds(ratio, whole.accepted, spread(repositories), 0.95)
    assert log(high / ratio) == pytest.approx(t_quantile(0.975, 3) * error / ratio)
    assert log(ratio / low) == pytest.approx(log(high / ratio))


def test_repositories_that_differ_make_the_interval_wider() -> None:
    repositories = drawn(random.Random(2), [0.95, 0.9, 0.3, 0.2, 0.6])
    wide, narrow = interval(over(repositories)), interval(replace(over(repositories), spread=None))
    assert wide.point == narrow.point
    assert (wide.lo or 0) < 0.8 * (narrow.lo or 0)
    assert (wide.hi or 0) > 1.3 * (narrow.hi or 0)


def test_two_repositories_that_happen_to_agree_promise_no_certainty() -> None:
    rows = drawn(random.Random(3), [0.6])[0]
    assert interval(over([rows, rows])) == interval(replace(over([rows, rows]), spread=None))


def test_one_repository_is_no_cluster() -> None:
    rows = drawn(random.Random(4), [0.6])
    assert interval(over(rows)) == interval(replace(over(rows), spread=None))
    assert design_effect(30, 20, over(rows).spread) == 1


def test_of_groups_together_it_is_not_known_which_repositories_they_share() -> None:
    one = over(drawn(random.Random(5), [0.5, 0.6]))
    assert (one + one).spread is None


def test_acceptance_is_as_wide_as_repositories_differ() -> None:
    repositories = drawn(random.Random(6), [1.0, 1.0, 0.0, 0.0, 1.0])
    whole = over(repositories)
    effect = design_effect(whole.n, whole.accepted, whole.spread)
    assert effect == pytest.approx(30 * 5 / 4, rel=0.01)
    wide, narrow = acceptance(whole.accepted, whole.n, whole), acceptance(whole.accepted, whole.n)
    assert wide.point == narrow.point == 0.6
    assert (wide.hi or 0) - (wide.lo or 0) > 3 * ((narrow.hi or 0) - (narrow.lo or 0))


def test_all_or_nothing_accepted_tells_nothing_of_how_repositories_differ() -> None:
    whole = over([[(1.0, True)] * 5] * 3)
    assert design_effect(whole.n, whole.accepted, whole.spread) == 1


def test_the_farthest_bounds_are_numbers() -> None:
    whole = over([[(1e-6, True)] * 4 + [(1e-6, False)], [(1e4, False), (1.0, True)]])
    found = interval(whole, 1 - 1e-9)
    assert 0 < (found.lo or 0) < (found.hi or 0) < float("inf")
    alone = interval(sums([(1e-6, True), (1e4, False)]), 1 - 1e-9)
    assert 0 < (alone.lo or 0) < (alone.hi or 0) < float("inf")


@pytest.mark.slow
def test_the_interval_over_repositories_covers_what_it_promises() -> None:
    chance, covered, rounds = random.Random(7), 0, 500
    for _ in range(rounds):
        found = interval(over(drawn(chance, [chance.choice((0.3, 0.9)) for _ in range(12)], 10)))
        covered += (found.lo or 0) <= exp(0.125) / 0.6 <= (found.hi or 0)
    assert 0.92 <= covered / rounds <= 0.98
