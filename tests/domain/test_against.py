"""Rules against what happened: the figures and their doubt, beside what is counted change by change."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from math import log
from statistics import stdev

import pytest

from ledger.domain.against import (
    ACCEPTED_LESS,
    AS_IT_WAS,
    CANNOT_BE_TOLD,
    COSTS_MORE,
    WOULD_DO,
    Against,
    against,
    can_be_ranked,
    pooled,
    side,
)
from ledger.domain.clusters import ratio_bounds, spread_over
from ledger.domain.estimates import Interval
from ledger.domain.started import Stratum
from tests.domain.starting import EASY, One, drawn, loops_on_feat, sums, under

RULES = "docs -> cheap; else -> strong"
NOBODY = Interval(None, None, None)


def figures(changes: Sequence[One], target: dict[str, str]) -> tuple[float, float, float, float]:
    """Mean cost and share accepted of the rules and of what happened, weighted by how often there is such work."""
    found = [0.0, 0.0, 0.0, 0.0]
    for task in {one.task for one in changes}:
        mine = [one for one in changes if one.task == task]
        own = [one for one in mine if one.model == target[task]]
        weight = len(mine) / len(changes)
        for place, rows in ((0, own), (2, mine)):
            found[place] += weight * sum(one.cost for one in rows) / len(rows)
            found[place + 1] += weight * sum(one.accepted for one in rows) / len(rows)
    return found[0], found[1], found[2], found[3]


TARGET = {"docs": "cheap", "fix": "strong", "feat": "strong", "test": "strong"}


def told(changes: Sequence[One], rules: str = RULES) -> list[Stratum]:
    found, _ = under(rules, changes)
    return [row for row in found if row.is_supported]


def error_of(found: Interval) -> float:
    """About the standard error of a logarithm, from its interval."""
    assert found.lo
    assert found.hi
    return (log(found.hi) - log(found.lo)) / 2 / 1.98


def test_the_figures_are_those_of_the_changes_one_by_one() -> None:
    changes = drawn(1, 200, loops_on_feat)
    mean, rate, mean_all, rate_all = figures(changes, TARGET)
    rows = told(changes)
    rules, happened, found = side(rows, is_own=True), side(rows, is_own=False), against(rows, 0.95)
    assert (rules.mean, rules.acceptance.point) == pytest.approx((mean, rate))
    assert (happened.mean, happened.acceptance.point) == pytest.approx((mean_all, rate_all))
    assert rules.cost.point == pytest.approx(mean / rate)
    assert happened.cost.point == pytest.approx(
        sum(one.cost for one in changes) / sum(one.accepted for one in changes)
    )  # at its own weights, what happened is what the report says
    assert found.ratio.point == pytest.approx(mean / rate / (mean_all / rate_all))
    assert found.more.point == pytest.approx(rate - rate_all)
    tries = sum(one.attempts for one in changes) / sum(one.accepted for one in changes)
    assert happened.attempts == pytest.approx(tries)
    failing = sum(one.attempts - 1 for one in changes) / sum(one.accepted for one in changes)
    assert happened.failed_runs == pytest.approx(failing)


def resampled(changes: Sequence[One], chance: random.Random, *, by_model: bool = True) -> list[One]:
    """As many again of each kind of work, and of who began it."""
    groups: dict[tuple[str, str | None], list[One]] = {}
    for one in changes:
        groups.setdefault((one.task, one.model if by_model else None), []).append(one)
    return [one for mine in groups.values() for one in chance.choices(mine, k=len(mine))]


def test_the_doubt_is_that_of_a_bootstrap_though_the_rules_own_changes_are_in_both() -> None:
    changes, chance = drawn(3, 400, loops_on_feat), random.Random(9)
    again = [figures(resampled(changes, chance), TARGET) for _ in range(150)]
    found = against(told(changes), 0.95)
    ratios = [log(mean / rate / (mean_all / rate_all)) for mean, rate, mean_all, rate_all in again]
    assert error_of(found.alone) == pytest.approx(stdev(ratios), rel=0.25)
    shares = [rate - rate_all for _, rate, _, rate_all in again]
    assert found.more_alone.lo is not None
    assert found.more_alone.hi is not None
    assert (found.more_alone.hi - found.more_alone.lo) / 2 / 1.98 == pytest.approx(stdev(shares), rel=0.25)
    rules, happened = side(told(changes), is_own=True), side(told(changes), is_own=False)
    assert error_of(rules.cost) == pytest.approx(stdev(log(m / r) for m, r, _, _ in again), rel=0.25)
    mixed = [figures(resampled(changes, chance, by_model=False), TARGET) for _ in range(150)]
    assert error_of(happened.cost) == pytest.approx(stdev(log(m / r) for _, _, m, r in mixed), rel=0.25)
    apart = (error_of(rules.cost) ** 2 + error_of(happened.cost) ** 2) ** 0.5
    assert error_of(found.alone) < apart  # two groups with nothing in common would seem to differ less surely


def truth(rows: Sequence[Stratum]) -> tuple[float, float]:
    """The ratio and the difference of acceptance that were built in, at the mix that was drawn."""
    total = sum(row.weight for row in rows)
    found = [0.0, 0.0, 0.0, 0.0]
    for row in rows:
        task, weight, part = row.kind.task, row.weight / total, row.own.n / row.whole.n
        own = "cheap" if row.rule == 0 else "strong"
        mine, theirs = loops_on_feat(task, own), loops_on_feat(task, "strong" if own == "cheap" else "cheap")
        for place in (0, 1):
            found[place] += weight * mine[place]
            found[place + 2] += weight * (part * mine[place] + (1 - part) * theirs[place])
    return found[0] / found[1] / (found[2] / found[3]), found[1] - found[3]


def test_the_intervals_hold_what_was_built_in_as_often_as_they_say() -> None:
    held = [0, 0]
    for seed in range(200):
        rows = told(drawn(seed, 120, loops_on_feat, 0.8))
        found, (ratio, more) = against(rows, 0.95), truth(rows)
        assert found.ratio == found.alone
        held[0] += (found.ratio.lo or 0) <= ratio <= (found.ratio.hi or 0)
        held[1] += (found.more.lo or 0) <= more <= (found.more.hi or 0)
    assert held[0] >= 184  # 92 %: below by more than three standard errors, were it 97 %
    assert held[1] >= 182


def test_where_nobody_else_ever_began_such_work_the_rules_are_what_was_done() -> None:
    rows = told([One("fix", "strong", 1.0, number % 3 != 0) for number in range(12)])
    found = against(rows, 0.99)
    assert (found.is_same, found.verdict, found.cost, found.acceptance) == (True, AS_IT_WAS, "same", "same")
    assert (found.ratio.point, found.more.point, found.times) == (1, 0, None)


def test_a_stratum_that_nobody_else_began_stands_in_the_figures_of_both() -> None:
    changes = [One("fix", "strong", 1.0 + number % 3, number % 3 != 0) for number in range(12)]
    changes += [One("docs", ("cheap", "strong")[number % 2], 1.0 + number % 2, True) for number in range(20)]
    found = against(told(changes), 0.95)
    mean, rate, mean_all, rate_all = figures(changes, TARGET)
    assert found.ratio.point == pytest.approx(mean / rate / (mean_all / rate_all))
    assert not found.is_same


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ([(1.0, False)] * 8, [(1.0, True)] * 8),  # nothing accepted
        ([(1.0, True)] + [(1.0, False)] * 8, [(1.0, True)] * 8),  # one is too few
        ([(0.0, True)] * 8, [(1.0, True)] * 8),  # for nothing
        ([(0.0, True)] * 8, [(0.0, True)] * 8),
    ],
)
def test_without_cost_or_acceptance_there_is_no_ratio_but_acceptance_is_told(
    own: list[tuple[float, bool]], others: list[tuple[float, bool]]
) -> None:
    rows = told([One("fix", model, *paid) for model, group in (("strong", own), ("cheap", others)) for paid in group])
    found = against(rows, 0.95)
    assert (found.ratio, found.alone, found.times) == (NOBODY, NOBODY, None)
    share = sum(ok for _, ok in own) / len(own) - sum(ok for _, ok in own + others) / len(own + others)
    assert found.more.point == pytest.approx(share)
    assert side(rows, is_own=True).cost == NOBODY or sum(ok for _, ok in own)


def test_nothing_accepted_is_fewer_accepted_and_no_number() -> None:
    rows = told([One("fix", ("strong", "cheap")[number % 2], 1.0, number % 2 == 1) for number in range(40)])
    found, mine = against(rows, 0.95), side(rows, is_own=True)
    assert (found.cost, found.acceptance, found.verdict) == ("open", "less", ACCEPTED_LESS)
    assert (mine.cost, mine.attempts, mine.acceptance.point) == (NOBODY, None, 0)


def made(ratio: Interval, more: Interval, times: float | None = None) -> Against:
    return Against(ratio, ratio, more, more, times)


LESS, MORE, OPEN = Interval(0.5, 0.4, 0.8), Interval(2.0, 1.5, 3.0), Interval(1.2, 0.9, 1.6)
FEWER, OFTENER, EVEN = Interval(-0.2, -0.3, -0.1), Interval(0.2, 0.1, 0.3), Interval(0.1, -0.1, 0.3)


@pytest.mark.parametrize(
    ("ratio", "more", "verdict"),
    [
        (LESS, EVEN, WOULD_DO),
        (LESS, OFTENER, WOULD_DO),
        (LESS, FEWER, "costs less, accepted less"),
        (MORE, EVEN, COSTS_MORE),
        (MORE, FEWER, "costs more, accepted less"),
        (MORE, OFTENER, "costs more, accepted more"),
        (OPEN, EVEN, CANNOT_BE_TOLD),
        (OPEN, FEWER, ACCEPTED_LESS),
        (OPEN, OFTENER, "accepted more"),
        (NOBODY, EVEN, CANNOT_BE_TOLD),
        (NOBODY, NOBODY, CANNOT_BE_TOLD),
    ],
)
def test_the_verdict_says_no_more_than_the_bounds(ratio: Interval, more: Interval, verdict: str) -> None:
    assert made(ratio, more).verdict == verdict


@pytest.mark.parametrize(("point", "close"), [(1.04, True), (0.97, True), (1.06, False), (0.9, False)])
def test_within_a_twentieth_it_hardly_matters(point: float, close: bool) -> None:
    assert made(Interval(point, 0.5, 2.0), EVEN).is_close is close
    assert not made(NOBODY, EVEN).is_close


def slightly(task: str, model: str) -> tuple[float, float]:
    """The strong model costs a sixth less."""
    cost, rate = EASY[task]
    return (cost, rate) if model == "cheap" else (cost / 1.2, rate)


def test_what_is_open_says_how_many_times_as_many_would_settle_it() -> None:
    changes = drawn(2, 120, slightly)
    few = against(told(changes), 0.95)
    assert few.cost == "open"
    assert few.times
    assert few.times > 2
    for copies, verdict in ((int(few.times / 2.2), "open"), (int(few.times) + 1, "less")):
        found = against(told([one for one in changes for _ in range(max(1, copies))]), 0.95)
        assert found.cost == verdict
    assert found.times is None


def test_a_surer_level_is_a_wider_interval_and_takes_more() -> None:
    rows = told(drawn(2, 120, slightly))
    sure, usual = against(rows, 0.999), against(rows, 0.95)
    assert (sure.alone, sure.more_alone) == (usual.alone, usual.more_alone)
    assert (sure.ratio.lo or 0) < (usual.ratio.lo or 0) < (usual.ratio.hi or 0) < (sure.ratio.hi or 0)
    assert (sure.more.lo or 0) < (usual.more.lo or 0)
    assert (sure.times or 0) > (usual.times or 0)


def in_repositories(seed: int, n: int, names: str = "ABCD") -> list[One]:
    """Each repository has its own price, so that they differ by more than their changes do."""
    chance = random.Random(seed)
    found = []
    for number in range(n):
        name = names[number % len(names)]
        each = 1.0 + names.index(name) if len(names) > 1 else 2.0
        found.append(
            One("fix", chance.choice(("strong", "cheap")), each * chance.uniform(0.8, 1.2), chance.random() < 0.8, name)
        )
    return found


def test_over_repositories_an_interval_is_as_wide_as_they_differ() -> None:
    changes = in_repositories(1, 160)
    rows = told(changes)
    assert len(rows) == 4
    found = side(rows, is_own=False)
    spread = spread_over((one.repository, one.cost, one.accepted) for one in changes)
    low, high = ratio_bounds(found.cost.point or 0, sum(one.accepted for one in changes), spread, 0.95)
    assert (found.cost.lo, found.cost.hi) == pytest.approx((low, high), rel=1e-6)
    alone = side([row for row in rows if row.kind.repository == "A"], is_own=False)
    assert log((alone.cost.hi or 0) / (alone.cost.lo or 1)) < log(high / low) / 3
    assert 0 <= (found.acceptance.lo or 0) <= (found.acceptance.point or 0) <= (found.acceptance.hi or 0) <= 1


def accepted_in(repository: str, model: str, n: int, accepted: int) -> list[One]:
    return [One("fix", model, 1.0 + number % 3 / 9, number < accepted, repository) for number in range(n)]


def test_acceptance_is_as_unsure_as_repositories_differ() -> None:
    rates = {"A": 9, "B": 36}
    changes = [one for name, k in rates.items() for m in ("strong", "cheap") for one in accepted_in(name, m, 40, k)]
    found = side(told(changes), is_own=True).acceptance
    assert (found.lo, found.hi) == (0, 1)  # one degree of freedom between a quarter and nine of ten
    same = [replace(one, repository="") for one in changes]
    alone = side(told(same), is_own=True).acceptance
    assert (alone.hi or 0) - (alone.lo or 0) < 0.25


def test_a_difference_that_every_repository_shows_is_not_unsure_for_their_number() -> None:
    changes = [
        one
        for name in "AB"
        for model, accepted in (("strong", 45), ("cheap", 15))
        for one in accepted_in(name, model, 50, accepted)
    ]
    more = against(told(changes), 0.95).more
    assert more.point == pytest.approx(0.3)
    assert (more.lo or 0) > 0.15


def test_two_repositories_promise_little() -> None:
    two, one = against(told(in_repositories(2, 120, "AB")), 0.95), against(told(in_repositories(2, 120, "A")), 0.95)
    assert log((two.ratio.hi or 0) / (two.ratio.lo or 1)) > log((one.ratio.hi or 0) / (one.ratio.lo or 1))


def test_acceptance_of_one_kind_is_the_reports() -> None:
    changes = [One("fix", ("strong", "cheap")[number % 2], 1.0, number % 5 != 0) for number in range(50)]
    found = side(told(changes), is_own=False).acceptance
    assert found.point == pytest.approx(0.8)
    assert (found.lo, found.hi) == pytest.approx((0.6696, 0.8876), abs=1e-3)


def test_pooled_is_all_of_it_whatever_it_was() -> None:
    rows = told(drawn(4, 160))
    whole = pooled(rows)
    assert whole.weight == sum(row.weight for row in rows)
    assert whole.own.n == sum(row.own.n for row in rows)
    assert whole.other_tries.attempts == sum(row.other_tries.attempts for row in rows)


def test_five_changes_of_which_two_were_accepted_can_be_ranked() -> None:
    assert can_be_ranked(sums([(1.0, True)] * 2 + [(1.0, False)] * 3))
    assert not can_be_ranked(sums([(1.0, True)] * 4))
    assert not can_be_ranked(sums([(1.0, True)] + [(1.0, False)] * 9))
    assert set(EASY) == set(TARGET)
