"""Which habit goes with cheaper accepted changes: found where it is so by construction, and nowhere else."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ledger.domain.habits import BOTH, HABIT, MODEL, NEITHER, Found, Study, study
from ledger.domain.practice import Worked
from ledger.domain.told_apart import contrast, is_settled, size_of
from tests.domain.building import commit
from tests.domain.working import drawn, worked
from tests.store.changing import NOW, change

Drawn = tuple[str, str, float, float, float]


def of(found: Study, name: str) -> Found:
    return next(each for each in found.habits if each.habit and each.habit.name == name)


def small_lands(chance: random.Random) -> Drawn:
    """Large changes are rejected twice as often, whatever they are and whoever makes them."""
    task, lines = chance.choice(["fix", "feat"]), chance.lognormvariate(4, 1.2)
    rate, cost = (0.95, 1.0) if lines < 55 else (0.45, 1.0)
    return task, chance.choice(["opus", "gpt"]), lines, cost * (3 if task == "feat" else 1), rate


def nothing_matters(chance: random.Random) -> Drawn:
    """Features cost three times what fixes do; nothing else goes with anything."""
    task = chance.choice(["fix", "feat"])
    return task, chance.choice(["opus", "gpt"]), chance.lognormvariate(4, 1), 3 if task == "feat" else 1, 0.7


def mixed_work(chance: random.Random) -> Drawn:
    """Features are large, cost ten times as much and fail more often; within a type size goes with nothing."""
    task = chance.choice(["docs", "feat"])
    lines = chance.lognormvariate(3 if task == "docs" else 4.6, 1)
    return task, "opus", lines, 4.0 if task == "feat" else 0.4, 0.6 if task == "feat" else 0.95


def model_matters(chance: random.Random) -> Drawn:
    model = chance.choice(["cheap", "dear"])
    return "fix", model, chance.lognormvariate(4, 1), 1 if model == "cheap" else 4, 0.8


def test_small_changes_that_land_are_found_and_nothing_else() -> None:
    found = study(drawn(3, 240, small_lands), NOW)
    assert found.foremost is of(found, "size")
    widest = of(found, "size").widest
    assert widest is not None
    assert (widest.cheap.hi or 0) < (widest.dear.lo or 0)
    assert 1.5 < (widest.ratio.point or 0) < 4
    assert [each.habit.name for each in found.habits if each.habit and each.widest] == ["size"]
    assert (found.models.widest, found.levers, found.longer) == (None, HABIT, "")
    assert all(55 < band.n < 65 for band in of(found, "size").bands)
    ratios = [pair.ratio.point or 0 for pair in of(found, "size").pairs]
    assert ratios == sorted(ratios, reverse=True)
    assert len(ratios) == 6


def test_a_mix_of_work_fools_the_crude_figures_alone() -> None:
    """Simpson's paradox: large changes look dear because features are large."""
    told = [of(study(drawn(seed, 240, mixed_work, 0.3), NOW), "size") for seed in range(20)]
    assert sum(size.widest is not None for size in told) <= 1
    pairs = [size.misleading for size in told]
    assert all(pair and size_of(pair.crude.point or 1) > 0.6 for pair in pairs)
    assert sum(pair is not None and (pair.ratio.lo or 0) < 1 < (pair.ratio.hi or 0) for pair in pairs) >= 19


def test_an_order_that_turns_round_within_types_is_told_by_these() -> None:
    """Large changes are cheaper in each type and look dearer together."""

    def turned(chance: random.Random) -> Drawn:
        task, is_large = chance.choice(["docs", "feat"]), chance.random() < 0.5
        is_large = is_large if chance.random() < 0.4 else task == "feat"
        cost = (8.0 if task == "feat" else 0.4) * (0.4 if is_large else 1)
        return task, "opus", 500 if is_large else 5, cost, 0.9

    size = of(study(drawn(2, 240, turned, 0.3), NOW), "size")
    assert size.widest is not None
    assert size.widest.is_misleading
    assert ((size.widest.dear.lo, size.widest.cheap.lo), (size.widest.crude.point or 9) < 1) == ((5, 500), True)


def test_where_nothing_matters_one_of_twenty_claims_at_most() -> None:
    claims = [study(drawn(seed, 64, nothing_matters, 0.8), NOW).levers != NEITHER for seed in range(200)]
    assert sum(claims) <= 10


def test_the_model_is_the_longer_lever_where_it_is() -> None:
    found = study(drawn(1, 120, model_matters), NOW)
    assert (found.levers, found.foremost) == (MODEL, None)
    widest = found.models.widest
    assert widest is not None
    assert (widest.cheap.name, widest.dear.name) == ("cheap", "dear")
    assert found.longer == ""  # no habit can be told to be any lever at all


def test_habits_have_half_of_the_error_and_models_the_other_half() -> None:
    """One twentieth in all; each half is shared among its pairs of bands."""
    found = study(drawn(1, 120, model_matters), NOW)
    (pair,) = found.models.pairs
    between = contrast(pair.dear.strata, pair.cheap.strata, found.mix)
    assert between is not None
    assert pair.ratio == between.ratio(1 - 0.05 / 2)
    assert found.looks > 1
    of_size = of(found, "size").pairs[0]
    between = contrast(of_size.dear.strata, of_size.cheap.strata, found.mix)
    assert between is not None
    level = 1 - 0.05 / 2 / found.looks
    assert (of_size.ratio.lo, of_size.ratio.hi) == pytest.approx((between.ratio(level).lo, between.ratio(level).hi))


@pytest.mark.parametrize(
    ("model", "size", "longer"), [(1.0, 40.0, ""), (2.0, 2.0, ""), (2.0, 30.0, HABIT), (30.0, 2.0, MODEL)]
)
def test_which_lever_is_longer_is_told_where_their_intervals_part(model: float, size: float, longer: str) -> None:
    def both(chance: random.Random) -> Drawn:
        is_dear, is_large = chance.random() < 0.5, chance.random() < 0.5
        cost = (model if is_dear else 1) * (size if is_large else 1)
        return "fix", "b" if is_dear else "a", 500 if is_large else 5, cost, 0.95

    found = study(drawn(7, 160, both, 0.2), NOW)
    assert found.levers == (HABIT if model == 1 else BOTH)
    assert found.longer == longer


def test_a_wide_interval_within_types_is_not_called_another_kind_of_work() -> None:
    """Of one type, the crude figure and the one within are the same: neither misleads, however many pairs there are."""

    def slightly(chance: random.Random) -> Drawn:
        lines = chance.lognormvariate(4, 1)
        return "fix", "opus", lines, 1.6 if lines > 55 else 1, 0.9

    told = [of(study(drawn(seed, 48, slightly, 0.3), NOW), "size") for seed in range(30)]
    open_ = [pair for size in told for pair in size.pairs if is_settled(pair.crude) and not pair.is_settled]
    assert open_
    assert not any(size.misleading for size in told)


def test_habits_that_go_together_are_not_told_from_each_other() -> None:
    """Each change has a commit per five lines, so its size and its commits are one habit."""
    rows = [
        replace(row, commits=[(commit(f"{k}", subject=f"{k}"), True) for k in range(1 + lines // 5)])
        for row in drawn(3, 160, small_lands)
        if (lines := row.change.added) is not None
    ]
    found = study(rows, NOW)
    names = {each.habit.name for each in (found.foremost, *found.beside) if each and each.habit}
    assert names == {"size", "commits"}
    assert len(found.beside) == 1


def test_bases_are_not_pooled_and_types_can_be_chosen() -> None:
    rows = drawn(1, 60, nothing_matters)
    branches = [replace(row, change=replace(row.change, id=f"b{k}", basis="branch")) for k, row in enumerate(rows[:20])]
    found = study([*rows, *branches], NOW)
    assert (found.basis, found.changes, found.elsewhere) == ("request", 60, 20)
    fixes = study(rows, NOW, "fix")
    assert list(fixes.mix) == ["fix"]
    assert fixes.changes == found.mix["fix"] < 60
    assert study(branches, NOW).basis == "branch"


def test_only_what_is_decided_and_a_model_s_counts() -> None:
    left_out = [
        change(1, 1, "open"),
        change(2, 1, basis="trunk"),
        change(3, 1, is_forge_known=False),
        change(4, 1, has_model=False),
    ]
    found = study([Worked(change=row) for row in left_out], NOW)
    assert (found.changes, found.basis, found.levers, found.looks) == (0, "", NEITHER, 0)


def test_unknown_values_and_those_aside_are_counted_apart() -> None:
    rows = [worked(commit(f"c{k}"), change={"id": f"{k}"}) for k in range(6)]
    rows += [worked(change={"id": f"u{k}"}) for k in range(3)]
    found = study(rows, NOW)
    size, review = of(found, "size"), of(found, "review")
    assert (sum(band.n for band in size.bands), size.unknown.n, size.aside.n) == (6, 3, 0)
    assert (size.unknown.name, size.aside.name, of(found, "tests").aside.name) == (
        "unknown",
        "too few",
        "no source changed",
    )
    assert (review.bands, review.unknown.n, review.aside.n, review.aside.name) == ([], 0, 9, "no review known")


def test_too_few_known_values_are_no_band() -> None:
    found = of(study([worked(commit(f"c{k}"), change={"id": f"{k}"}) for k in range(4)], NOW), "size")
    assert (found.bands, found.aside.n, found.pairs) == ([], 4, [])


def test_a_band_of_which_most_costs_are_unknown_is_not_compared() -> None:
    rows = drawn(3, 240, small_lands)
    large, small = ([row for row in rows if ((row.change.added or 0) > 55) is is_large] for is_large in (True, False))
    large = [replace(row, change=replace(row.change, cost_known="none")) for row in large]
    size = of(study([*small, *large], NOW), "size")
    assert size.widest is None
    assert all((pair.dear.hi or 0) <= 56 for pair in size.pairs)
    assert sum(band.n for band in size.bands) == 240


@pytest.mark.parametrize(("unknown", "pairs"), [(9, 1), (10, 1), (11, 0)])
def test_a_model_is_compared_where_the_cost_of_half_is_known(unknown: int, pairs: int) -> None:
    known = ["none" if k < unknown else "known" for k in range(40)]
    models = ["a"] * 20 + ["b"] * 20
    rows = [Worked(change=change(k, 1 + k % 3, lead_model=models[k], cost_known=known[k])) for k in range(40)]
    assert len(study(rows, NOW).models.pairs) == pairs


def test_no_lead_is_a_model_that_nobody_knows() -> None:
    rows = [Worked(change=change(k, 1, lead_model=None if k < 3 else "opus")) for k in range(9)]
    models = study(rows, NOW).models
    assert ([band.name for band in models.bands], models.unknown.n) == (["opus"], 3)
