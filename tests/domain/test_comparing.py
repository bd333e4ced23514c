"""Two groups side by side: what differs, how surely, and what would settle it."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp, log

import pytest

from ledger.domain.comparing import compared, compared_alike, enough, extra_cost, missing, per_extra
from ledger.domain.estimates import Interval, Sums, compare
from ledger.domain.standard import Standard
from tests.domain.building import sure
from tests.domain.test_clusters import drawn, over
from tests.domain.test_estimates import sums


def group(seed: int, scale: float, rate: float, n: int) -> Sums:
    chance = random.Random(seed)
    return sums([(scale * exp(chance.gauss(0, 0.83)), chance.random() < rate) for _ in range(n)])


def test_a_real_difference_is_found_with_its_error_level() -> None:
    found = compared(group(1, 1, 0.7, 80), group(2, 3, 0.6, 80))
    assert found.is_different
    assert found.needed is None
    assert 0.15 < (found.ratio.point or 0) < 0.6
    assert (found.ratio.hi or 9) < 1
    assert 0 < (found.p or 1) < 0.05


def test_the_error_level_is_where_the_interval_touches_nothing() -> None:
    one, other = group(3, 1, 0.6, 40), group(4, 1.6, 0.6, 40)
    p = compared(one, other).p
    assert p is not None
    at = compare(one, other, 1 - p)
    assert at is not None
    assert min(abs(at.lo or 9), abs(at.hi or 9)) == pytest.approx(0, abs=0.01)
    assert compared(other, one).p == pytest.approx(p, rel=0.01)


def test_it_reads_alike_from_both_sides() -> None:
    one, other = group(3, 1, 0.6, 40), group(4, 1.6, 0.6, 40)
    there, back = compared(one, other), compared(other, one)
    assert there.ratio.point == pytest.approx(1 / (back.ratio.point or 1))
    assert there.ratio.lo == pytest.approx(1 / (back.ratio.hi or 1))
    assert there.more_accepted.point == pytest.approx(-(back.more_accepted.point or 0))
    assert there.per_extra == pytest.approx(back.per_extra)


@pytest.mark.parametrize(("ratio", "about"), [(3, 29), (2, 71), (1.5, 206)])
def test_what_would_settle_it_is_the_rule_of_thumb_for_groups_that_scatter_so(ratio: float, about: int) -> None:
    one, other = group(5, 1, 0.6, 4000), group(6, ratio, 0.6, 4000)
    spread = log(compared(one, other).ratio.point or 1) ** 2 / log(ratio) ** 2
    assert (enough(one, other, 1 / ratio) or 0) == pytest.approx(about, rel=0.12)
    assert spread == pytest.approx(1, rel=0.15)


def test_less_scatter_needs_fewer_changes() -> None:
    steady = sums([(1.0, index % 10 > 0) for index in range(10)])
    dearer = sums([(1.3, index % 10 > 1) for index in range(10)])
    wild = group(7, 1.5, 0.6, 10)
    assert 5 <= (compared(steady, dearer).needed or 0) < (compared(steady, wild).needed or 0)


def test_what_is_as_good_as_equal_needs_no_more() -> None:
    one = group(8, 1, 0.6, 30)
    found = compared(one, one)
    assert (found.is_close, found.needed, found.is_different, found.ratio.point) == (True, None, False, 1)


@pytest.mark.parametrize("few", [sums([]), sums([(1.0, True)] * 4), sums([(1.0, False)] * 9)])
def test_what_may_not_be_ranked_is_not_compared(few: Sums) -> None:
    found = compared(few, group(9, 1, 0.6, 30))
    assert (found.ratio, found.p, found.is_different, found.needed) == (Interval(None, None, None), None, False, None)


def test_repositories_that_differ_ask_for_more_changes() -> None:
    repositories = drawn(random.Random(1), [0.95, 0.9, 0.3, 0.2, 0.6])
    dearer = [[(1.6 * cost, is_in) for cost, is_in in rows] for rows in repositories]
    apart, alone = over(repositories), over(dearer)
    wide = compared(apart, alone)
    narrow = compared(replace(apart, spread=None), replace(alone, spread=None))
    assert narrow.is_different
    assert not wide.is_different
    assert (wide.needed or 0) > 150


def test_acceptance_is_compared_beside() -> None:
    found = compared(group(1, 1, 0.9, 80), group(2, 1, 0.5, 80)).more_accepted
    assert 0 < (found.lo or 0) < (found.point or 0) < (found.hi or 0) < 1
    assert compared(sums([]), group(2, 1, 0.5, 80)).more_accepted == Interval(None, None, None)


def test_a_level_that_several_share_takes_more_changes() -> None:
    one, other = group(1, 1, 0.7, 40), group(2, 1.3, 0.7, 40)
    alone, shared = (sure(enough(one, other, 1.3, level)) for level in (0.95, 0.975))
    assert enough(one, other, 1.3) == alone
    # (z(0.9875) + z(0.8))² / (z(0.975) + z(0.8))² = (2.2414 + 0.8416)² / (1.9600 + 0.8416)²
    assert shared / alone == pytest.approx(1.211, rel=0.01)
    assert missing(one, other, 1.3, 0.975) == shared


def test_each_further_accepted_change_has_its_price() -> None:
    cheap = sums([(0.047, index % 5 < 3) for index in range(100)])
    dear = sums([(0.97, index % 50 < 37) for index in range(100)])
    assert per_extra(cheap, dear) == per_extra(dear, cheap) == pytest.approx((0.97 - 0.047) / 0.14)
    better = sums([(0.01, index % 50 < 37) for index in range(100)])
    assert per_extra(better, dear) is None
    assert per_extra(better, cheap) is None
    assert per_extra(sums([]), cheap) is None
    few = [sums([(3.0, index > 0) for index in range(4)]), sums([(3.0, index == 0) for index in range(40)])]
    for rare in few:
        assert per_extra(rare, dear) is per_extra(dear, rare) is compared(rare, dear).per_extra is None
    assert per_extra(sums([(0.1, index > 2) for index in range(5)]), dear) is not None
    assert extra_cost((2.0, 0.5), (1.0, 0.5)) is None


def test_at_one_mix_the_ratio_has_bounds_where_both_have() -> None:
    one = Standard(Interval(2.0, 1.0, 4.0), 1, 0.5, 1)
    other = Standard(Interval(1.0, 0.5, 2.0), 1, 1, 1)
    found = compared_alike(one, other)
    assert found.point == pytest.approx(2)
    assert (found.lo or 0) == pytest.approx(2 * exp(-(2**0.5) * log(2)))
    assert compared_alike(one, replace(other, cost_per_accepted=Interval(1.0, None, None))) == Interval(2, None, None)
    assert compared_alike(one, replace(other, cost_per_accepted=Interval(None, None, None))).point is None
