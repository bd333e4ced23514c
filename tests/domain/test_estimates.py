"""The estimator against independently computed vectors and a simulation."""

from __future__ import annotations

import random
from math import exp, inf, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.estimates import Sums, acceptance, best_of, compare, estimate, interval, wilson, zero_bound

Changes = list[tuple[float, bool]]


def sums(changes: Changes) -> Sums:
    nusd = [round(cost * 1e9) for cost, _ in changes]
    return Sums(
        len(changes),
        sum(accepted for _, accepted in changes),
        sum(nusd),
        sum((each / 1e9) ** 2 for each in nusd),
        sum(each for each, (_, accepted) in zip(nusd, changes, strict=True) if accepted),
    )


@pytest.mark.parametrize(
    ("changes", "point", "lo", "hi"),
    [
        ([(1.0, True)] * 5, 1.0, 1.0, 2.541729484),
        ([(0.5, True), (1.5, True), (2.0, False), (4.0, False), (0.2, True)], 2.733333333, 0.598666652, 29.997676663),
        ([(0.3, False), (0.9, False), (0.6, False)], None, 0.201350338, inf),
        ([(2.0, True)], 2.0, None, None),
        ([(2.0, False)], None, None, None),
        ([], None, None, None),
    ],
)
def test_vectors(changes: Changes, point: float | None, lo: float | None, hi: float | None) -> None:
    found = interval(sums(changes))
    for value, wanted in ((found.point, point), (found.lo, lo), (found.hi, hi)):
        assert value == wanted or (value is not None and wanted is not None and isclose(value, wanted, rel_tol=1e-6))


@pytest.mark.parametrize(
    ("changes", "bound"), [([(0.3, False), (0.9, False), (0.6, False)], 0.949973072), ([(2.0, False)], 2.105263158)]
)
def test_zero_accepted_has_a_bound_and_never_a_point(changes: Changes, bound: float) -> None:
    found = estimate(sums(changes))
    assert found.lower_bound == pytest.approx(bound, rel=1e-9)
    assert (found.point, found.lo, found.hi, found.strength) == (None, None, None, "none")
    assert zero_bound(sums([*changes, (1.0, True)])) is None


@pytest.mark.parametrize(
    ("n", "accepted", "strength"),
    [(4, 4, "none"), (5, 1, "none"), (5, 5, "insufficient"), (14, 9, "indicative"), (400, 300, "solid")],
)
def test_strength_grows_with_evidence(n: int, accepted: int, strength: str) -> None:
    chance = random.Random(1)
    changes = [(exp(chance.gauss(0, 0.8)), index < accepted) for index in range(n)]
    assert estimate(sums(changes)).strength == strength


costs = st.lists(st.tuples(st.floats(0.001, 1000), st.booleans()), min_size=2, max_size=40)


@given(costs)
def test_the_point_lies_in_its_interval(changes: Changes) -> None:
    found = interval(sums(changes))
    if found.point is not None and found.lo is not None and found.hi is not None:
        assert found.lo <= found.point * (1 + 1e-9)
        assert found.point <= found.hi * (1 + 1e-9)


@given(costs, costs)
def test_sums_of_parts_are_the_sums_of_the_whole(one: Changes, other: Changes) -> None:
    whole, added = sums(one + other), sums(one) + sums(other)
    assert (whole.n, whole.accepted, whole.cost_nusd, whole.accepted_nusd) == (
        added.n,
        added.accepted,
        added.cost_nusd,
        added.accepted_nusd,
    )
    assert whole.cost_sq == pytest.approx(added.cost_sq)


@given(costs, st.integers(2, 1000))
def test_another_currency_changes_only_the_scale(changes: Changes, factor: int) -> None:
    plain, scaled = interval(sums(changes)), interval(sums([(cost * factor, accepted) for cost, accepted in changes]))
    if plain.lo is not None and scaled.lo is not None:
        assert scaled.lo == pytest.approx(plain.lo * factor, rel=1e-4)


def test_a_comparison_is_antisymmetric_and_finds_a_real_difference() -> None:
    chance = random.Random(2)
    cheap = sums([(exp(chance.gauss(0, 0.5)), chance.random() < 0.9) for _ in range(80)])
    dear = sums([(3 * exp(chance.gauss(0, 0.5)), chance.random() < 0.6) for _ in range(80)])
    one, other = compare(cheap, dear), compare(dear, cheap)
    assert one is not None
    assert other is not None
    assert one.hi is not None
    assert one.hi < 0
    assert one.point == pytest.approx(-(other.point or 0))
    assert one.lo == pytest.approx(-(other.hi or 0))
    same = compare(cheap, cheap)
    assert same is not None
    assert same.lo is not None
    assert same.lo < 0 < (same.hi or 0)


def test_best_of_names_one_or_the_set_that_cannot_be_told_apart() -> None:
    chance = random.Random(3)

    def group(scale: float, rate: float, n: int) -> Sums:
        return sums([(scale * exp(chance.gauss(0, 0.5)), chance.random() < rate) for _ in range(n)])

    apart = {"a": group(1, 0.9, 80), "b": group(4, 0.6, 80), "few": group(0.1, 1, 3)}
    assert best_of(apart) == ["a"]
    alike = {"a": group(1, 0.8, 30), "b": group(1.1, 0.8, 30), "c": group(6, 0.5, 60)}
    assert sorted(best_of(alike)) == ["a", "b"]
    assert best_of({"few": apart["few"]}) == []


def test_acceptance_is_wilson_s() -> None:
    found = acceptance(8, 10)
    assert [found.point, found.lo, found.hi] == pytest.approx([0.8, 0.4901625, 0.9433178])
    assert acceptance(0, 0).point is None
    assert wilson(0, 5, 1.96)[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("n", [5, 10, 20, 50, 200])
@pytest.mark.parametrize(("rate", "sigma", "shift"), [(0.65, 0.8, 0.0), (0.6, 0.83, -0.5), (0.8, 0.6, -0.3)])
def test_the_interval_covers_what_it_promises(n: int, rate: float, sigma: float, shift: float) -> None:
    """`shift`: accepted changes cost exp(shift) times as much as the others."""
    chance, rounds = random.Random(n), 1500 if n < 200 else 600
    truth = exp(sigma**2 / 2) * (rate * exp(shift) + 1 - rate) / rate

    def drawn() -> tuple[float, bool]:
        accepted = chance.random() < rate
        return exp(chance.gauss(0, sigma) + (shift if accepted else 0)), accepted

    bounds = [interval(sums([drawn() for _ in range(n)])) for _ in range(rounds)]
    covered = sum((found.lo or 0) <= truth <= (found.hi or inf) for found in bounds)
    assert 0.93 <= covered / rounds <= 0.975
