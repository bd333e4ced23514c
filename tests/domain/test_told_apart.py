"""The ratio of two groups within kinds of work, and how sure it is."""

from __future__ import annotations

import random
from collections.abc import Hashable

import pytest

from ledger.domain.estimates import Interval, Sums
from ledger.domain.told_apart import contrast, is_settled, size_of, turned


def sums(*paid: tuple[float, bool]) -> Sums:
    """Of (cost in USD, whether accepted)."""
    return Sums(
        n=len(paid),
        accepted=sum(ok for _, ok in paid),
        cost_nusd=round(sum(cost for cost, _ in paid) * 1e9),
        cost_sq=sum(cost * cost for cost, _ in paid),
        accepted_nusd=round(sum(cost for cost, ok in paid if ok) * 1e9),
    )


def group(cost: float, n: int = 10, rejected: int = 2) -> Sums:
    return sums(*[(cost * (1 + (k % 3 - 1) / 4), k >= rejected) for k in range(n)])


def test_the_same_twice_is_one_and_cannot_be_told_apart() -> None:
    found = contrast({"fix": group(1)}, {"fix": group(1)}, {"fix": 20})
    assert found is not None
    assert found.point == 1
    assert not is_settled(found.ratio(0.95))
    assert found.freedom == 18


def test_the_ratio_is_of_the_first_to_the_second_at_one_mix() -> None:
    """Each kind costs twice as much with the first, which mostly did what is cheap."""
    one: dict[Hashable, Sums] = {"docs": group(0.2, 30, 0), "feat": group(2, 5, 0)}
    other: dict[Hashable, Sums] = {"docs": group(0.1, 5, 0), "feat": group(1, 30, 0)}
    found = contrast(one, other, {"docs": 35, "feat": 35})
    assert found is not None
    assert found.point == pytest.approx(2, rel=0.05)
    ratio = found.ratio(0.95)
    assert is_settled(ratio)
    assert (ratio.lo or 0) < found.point < (ratio.hi or 0)
    assert sum(one.values(), sums()).cost / 35 < sum(other.values(), sums()).cost / 35


def test_a_surer_level_is_a_wider_interval() -> None:
    found = contrast({"fix": group(2)}, {"fix": group(1)}, {"fix": 20})
    assert found is not None
    wide, narrow = found.ratio(0.999), found.ratio(0.9)
    assert (wide.lo or 0) < (narrow.lo or 0) < 2 < (narrow.hi or 0) < (wide.hi or 0)


def test_only_kinds_that_both_have_two_changes_in_are_compared() -> None:
    one: dict[Hashable, Sums] = {"fix": group(1), "docs": group(9)}
    other: dict[Hashable, Sums] = {"fix": group(1), "docs": sums((1, True)), "feat": group(5)}
    found = contrast(one, other, {"fix": 20, "docs": 11, "feat": 9})
    assert found is not None
    assert (found.point, found.covered) == (1, 0.5)


@pytest.mark.parametrize(
    "other",
    [{}, {"docs": group(1)}, {"fix": group(1, 4, 0)}, {"fix": group(1, 10, 9)}, {"fix": group(1, 10, 10)}],
)
def test_too_little_in_common_is_no_contrast(other: dict[Hashable, Sums]) -> None:
    assert contrast({"fix": group(1)}, other, {"fix": 20}) is None
    assert contrast({"fix": group(1)}, {"fix": group(1)}, {}) is None


def test_work_that_cost_nothing_has_no_ratio() -> None:
    assert contrast({"fix": group(0)}, {"fix": group(1)}, {"fix": 20}) is None


def test_few_that_were_all_accepted_promise_no_certainty() -> None:
    """The second's rejections widen the interval for the first as well."""
    sure, unsure = sums(*[(1.0, True)] * 6), group(1, 6, 3)
    found, alone = contrast({"f": sure}, {"f": unsure}, {"f": 1}), contrast({"f": sure}, {"f": sure}, {"f": 1})
    assert found is not None
    assert alone is not None
    assert alone.error == 0
    assert not is_settled(found.ratio(0.95))


def test_its_interval_misses_in_one_of_twenty_at_most() -> None:
    """Two groups of twelve in each of two kinds, equal by construction, with costs that scatter widely."""
    chance, missed = random.Random(4), 0
    for _ in range(300):
        strata: list[dict[Hashable, Sums]] = [
            {
                kind: sums(*[(cost * chance.lognormvariate(0, 0.8), chance.random() < 0.7) for _ in range(12)])
                for kind, cost in (("fix", 1), ("feat", 4))
            }
            for _ in range(2)
        ]
        found = contrast(strata[0], strata[1], {"fix": 24, "feat": 24})
        missed += found is not None and is_settled(found.ratio(0.95))
    assert missed <= 0.06 * 300


def test_a_ratio_is_turned_with_its_bounds() -> None:
    assert turned(Interval(2, 1, 4)) == Interval(0.5, 0.25, 1)
    assert turned(Interval(2, None, None)) == Interval(0.5, None, None)


def test_distance_has_no_side() -> None:
    assert size_of(2) == pytest.approx(size_of(0.5))
    assert not is_settled(Interval(2, None, None))
