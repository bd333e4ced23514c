"""What may be told before a choice: how far such work is widened, and when one is told from another."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from ledger.domain.advising import (
    Advice,
    Asked,
    Ranking,
    Rung,
    Step,
    Told,
    is_close,
    main_basis,
    rankings,
    rung,
    steps,
    told_rung,
)
from ledger.domain.report import by_model, judge, ordered
from ledger.domain.sums import GroupSums
from ledger.domain.tasks import GROUPED
from tests.domain.building import START
from tests.domain.test_estimates import Changes
from tests.domain.test_estimates import sums as five
from tests.domain.test_report import sums as report_sums

CELL = Step("fix in auth", (("task_type", ("fix",)), ("area", ("auth",))), "")
TASK = Step("all fix", (("task_type", ("fix",)),), "area")
ALL = Step("all task types", (), "task_type", is_other_work=True)


def row(model: str | None, changes: Changes, part: str = "auth", basis: str = "request") -> GroupSums:
    """The sums of decided changes of known cost."""
    base = five(changes)
    blank = report_sums(model, n=base.n, accepted=base.accepted, basis=basis)
    return replace(
        blank,
        part=part,
        base_nusd=base.cost_nusd,
        base_cost_sq=base.cost_sq,
        base_accepted_nusd=base.accepted_nusd,
        charged_nusd=base.cost_nusd,
    )


def drawn(chance: random.Random, n: int, each: float, rate: float) -> Changes:
    return [(each * chance.lognormvariate(0, 0.6), chance.random() < rate) for _ in range(n)]


def told(rows: Iterable[GroupSums]) -> Told:
    found = list(rows)
    return Told(ordered(by_model(found, {})), ordered(found), {}, {})


def ranked(step: Step, models: Iterable[GroupSums], lineups: Iterable[GroupSums] | None = None) -> Ranking:
    rows = list(models)
    return rankings(step, told(rows), told(rows if lineups is None else lineups))[0]


def advice(step: Step, rows: Iterable[GroupSums], lineups: Iterable[GroupSums] | None = None) -> Advice:
    """The evidence of one step alone, on requests."""
    mine = list(rows)
    models, teams = told(mine), told(mine if lineups is None else lineups)
    first, second = rankings(step, models, teams)
    return Advice(
        as_of=START,
        asked=Asked("fix", "auth", "high"),
        cost="at list price",
        basis="request",
        elsewhere={},
        rungs=(rung(step, models.groups, "request"),),
        at=0,
        models=first,
        lineups=second,
        hidden="",
    )


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked("fix"), ["all fix", "all task types"]),
        (Asked("fix", "auth", "high"), ["fix in auth", "fix of high stakes", "all fix", "all task types"]),
        (Asked("docs", "none", "normal"), ["docs that touches no area", "docs of normal stakes"]),
        (Asked("ci", "auth"), ["ci in auth", "all ci", "all maint (refactor, perf, build, ci, style, chore, revert)"]),
        (Asked("maint"), ["all maint", "all task types"]),
    ],
)
def test_such_work_is_widened_step_by_step(asked: Asked, words: list[str]) -> None:
    found = steps(asked)
    assert [step.words for step in found][: len(words)] == words
    assert [step.is_other_work for step in found] == [False] * (len(found) - 1) + [True]
    assert all(dict(step.only)["task_type"] for step in found[:-1])
    # Only what cannot differ within a step needs no mix.
    assert found[0].mixed_by == ("" if asked.area else "area")


def test_each_step_chooses_by_what_it_says() -> None:
    auth, high, whole, everything = steps(Asked("fix", "auth", "high"))
    assert auth.only == (("task_type", ("fix",)), ("area", ("auth",)))
    assert high.only == (("task_type", ("fix",)), ("stakes", ("high",)))
    assert whole.only == (("task_type", ("fix",)),)
    assert (everything.only, everything.mixed_by) == ((), "task_type")
    maint = steps(Asked("maint", "auth", "high"))
    assert all(dict(step.only)["task_type"] == GROUPED for step in maint[:-1])
    assert [step.mixed_by for step in maint] == ["task_type", "area", "area", "task_type"]
    one = steps(Asked("ci"))
    assert [(dict(step.only)["task_type"], step.mixed_by) for step in one[:-1]] == [
        (("ci",), "area"),
        (GROUPED, "task_type"),
    ]


def test_the_narrowest_step_that_can_compare_is_told() -> None:
    def place(*ranked: int) -> int:
        ladder = steps(Asked("fix", "auth", "high"))
        return told_rung([Rung(step, 9, 9, n) for step, n in zip(ladder, ranked, strict=True)])

    assert place(2, 3, 4, 5) == 0
    assert place(1, 1, 2, 5) == 2
    assert place(0, 1, 1, 5) == 1  # one known for this kind of work before two known for another
    assert place(0, 0, 0, 5) == 3
    assert place(0, 0, 0, 0) == 3


def test_a_rung_counts_the_basis_that_is_told_and_trunk_is_never_it() -> None:
    rows = [row("a", [(1, True)] * 6), row("b", [(1, True)] * 3), row("c", [(1, True)] * 20, basis="trunk")]
    groups = told([*rows, row("a", [(1, True)] * 9, basis="branch")]).groups
    assert main_basis(groups) == "request"
    assert main_basis([judge(rows[2])]) is None
    assert main_basis([]) is None
    found = rung(CELL, groups, "request")
    assert (found.n, found.base_n, found.ranked) == (9, 9, 1)


def test_a_model_that_loops_is_found_to_be_dearer() -> None:
    chance = random.Random(4)
    found = advice(CELL, [row("cheap", drawn(chance, 60, 1.0, 0.2)), row("strong", drawn(chance, 60, 1.6, 0.9))])
    assert found.verdict == "best"
    assert found.models.alike == ("strong",)
    assert found.models.order == "crude"
    assert found.models.needed is None
    assert [each.name for each in found.models.tried] == ["strong", "cheap"]
    # It is accepted more often and costs less for it: nothing is bought by the other one.
    assert [each.per_extra for each in found.models.tried] == [None, None]


def test_more_accepted_for_more_money_is_told_by_its_price() -> None:
    cheap, dear = [(1.0, n % 2 == 0) for n in range(20)], [(4.0, n % 10 > 0) for n in range(20)]
    found = ranked(CELL, [row("cheap", cheap), row("dear", dear)])
    assert [each.per_extra for each in found.tried] == [None, pytest.approx(3.0 / 0.4)]
    assert found.points == {"cheap": pytest.approx(2.0), "dear": pytest.approx(4.0 / 0.9)}


def test_nobody_s_changes_have_no_price_for_more_and_nor_has_the_cheapest() -> None:
    some, better = [(1.0, n % 2 == 0) for n in range(20)], [(4.0, True)] * 20
    found = ranked(CELL, [row("a", some), row(None, better), row("few", [(1.0, True)] * 2)])
    assert {each.name: each.per_extra for each in found.tried} == {"a": None, None: None, "few": None}


def test_who_had_nothing_accepted_of_the_same_work_is_not_ranked_at_its_mix() -> None:
    """Nine of b's were accepted, all of work that a did not have."""
    some = [(1.0, True), (1.2, True)] * 10
    found = ranked(TASK, [row("a", some, "web"), row("b", [(1.0, False)] * 20, "web"), row("b", some[:9], "none")])
    assert found.order == "apart"
    assert set(found.points) == {"a", "b"}


def test_what_cannot_be_told_apart_says_what_would_settle_it() -> None:
    chance = random.Random(1)
    one, other, far = (row(name, drawn(chance, 30, each, 0.7)) for name, each in (("a", 1.0), ("b", 1.0), ("c", 9.0)))
    rows = [*_scaled([one, other], 1.2), far]
    found = advice(CELL, rows)
    assert found.verdict == "alike"
    assert set(found.models.alike) == {"a", "b"}
    assert (found.models.needed or 0) > 30
    same = ranked(CELL, [row("a", [(1.0, True)] * 9), row("b", [(1.0, True)] * 9)])
    assert is_close(same)
    assert same.needed is None


def test_one_or_none_that_is_known_is_no_best() -> None:
    few = row("few", [(1.0, True)] * 4)
    assert advice(CELL, [row("a", [(1.0, True), (2.0, True)] * 5), few]).verdict == "one"
    assert advice(CELL, [few]).verdict == "little"
    assert advice(CELL, []).verdict == "nothing"
    nobody = advice(CELL, [row(None, [(1.0, True), (2.0, True)] * 5)])
    assert nobody.verdict == "little"
    assert not nobody.models.alike


def simpson() -> list[GroupSums]:
    """easy is given what is easy and looks cheap; hard is cheaper at both."""
    chance = random.Random(7)
    plan = {
        ("easy", "none"): (90, 0.4),
        ("easy", "auth"): (12, 6.0),
        ("hard", "none"): (12, 0.2),
        ("hard", "auth"): (90, 3.0),
    }
    return [row(name, drawn(chance, n, each, 0.8), area) for (name, area), (n, each) in plan.items()]


def test_who_was_given_easy_work_is_not_the_cheapest() -> None:
    assert ranked(CELL, simpson()).alike[0] == "easy"
    found = ranked(TASK, simpson())
    assert (found.order, found.covered, found.alike) == ("mix", 1.0, ("hard",))
    assert found.points["hard"] < found.points["easy"]


def test_work_without_anything_in_common_is_not_compared() -> None:
    found = advice(TASK, [row("a", [(1.0, True)] * 20, "auth"), row("b", [(9.0, True)] * 20, "none")])
    assert found.verdict == "apart"
    assert found.models.order == "apart"
    assert found.models.needed is None
    assert found.models.alike == ("a", "b")


def test_little_in_common_is_not_enough_to_compare() -> None:
    """Both worked on two fifths of what there is."""
    some = [(1.0, True), (1.2, True)] * 10
    rows = [row("a", some, "web"), row("b", some, "web"), row("a", some * 3, "auth"), row("c", [(1, True)] * 3, "none")]
    found = ranked(TASK, rows)
    assert found.order == "apart"
    assert found.covered == pytest.approx(40 / 103)
    assert not any(each.per_extra for each in found.tried)


def test_other_kinds_of_work_are_told_and_never_claim_a_best() -> None:
    rows = [row("a", [(1.0, True), (1.1, True)] * 30, "docs"), row("b", [(9.0, True), (9.1, True)] * 30, "docs")]
    assert ranked(CELL, rows).alike == ("a",)
    found = advice(ALL, rows)
    assert found.verdict == "other"
    assert found.models.alike == ("a", "b")


def test_line_ups_that_are_the_models_are_no_second_table() -> None:
    rows = [row("a", [(1.0, True)] * 9), row("b", [(2.0, True)] * 9)]
    assert not advice(CELL, rows).has_lineups
    teams = [row("a", [(1.0, True)] * 5), row("a + b review", [(1.0, True)] * 4), row("b", [(2.0, True)] * 9)]
    assert advice(CELL, rows, teams).has_lineups


def test_two_tables_share_the_error_of_one() -> None:
    """Just told apart when it is the only question, no longer where line-ups are asked about too."""
    chance = random.Random(0)
    rows = [row("a", drawn(chance, 30, 1.0, 0.7)), row("b", drawn(chance, 30, 1.0, 0.7))]
    teams = [row("a + c review", rows_of) for rows_of in ([(1.0, True)] * 9,)]
    teams += [row("b + c review", [(1.0, True)] * 9)]
    widths = []
    for lineups in (None, teams):
        scales = (1 + step / 100 for step in range(200))
        widths.append(next(scale for scale in scales if len(ranked(CELL, _scaled(rows, scale), lineups).alike) == 1))
    assert widths[0] < widths[1]


def _scaled(rows: Sequence[GroupSums], scale: float) -> list[GroupSums]:
    """The second as much dearer than the first as `scale` says."""
    one, other = rows
    return [
        one,
        replace(
            other,
            base_accepted=one.base_accepted,
            base_nusd=round(one.base_nusd * scale),
            base_cost_sq=one.base_cost_sq * scale * scale,
            base_accepted_nusd=round(one.base_accepted_nusd * scale),
        ),
    ]


def test_without_an_effect_a_best_is_claimed_in_at_most_one_of_twenty() -> None:
    """Two areas of different cost, two models that are equal in each, one given more of the dear area; line-ups too."""
    claims = crude = 0
    for seed in range(200):
        chance = random.Random(seed)
        rows, teams = [], []
        for name, share in (("a", 0.7), ("b", 0.35)):
            for area, each, rate, n in (
                ("auth", 3.0, 0.5, round(60 * share)),
                ("none", 0.8, 0.8, round(60 * (1 - share))),
            ):
                changes = drawn(chance, n, each, rate)
                rows.append(row(name, changes, area))
                teams += [row(name, changes[::2], area), row(f"{name} + c review", changes[1::2], area)]
        models, lineups = rankings(TASK, told(rows), told(teams))
        claims += any(len(each.alike) == 1 for each in (models, lineups))
        crude += len(ranked(CELL, rows).alike) == 1
    assert claims <= 10
    assert crude > 40, "as they are, the one with the easy work looks better"
