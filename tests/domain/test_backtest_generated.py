"""Whatever the changes and the rules are: what a replay tells is what the changes say one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.backtest import NO_RULE, UNSUPPORTED, Replay, replay
from ledger.domain.backtested import headline, notes
from ledger.domain.estimates import FEWEST, Interval
from ledger.domain.mixes import LEAST
from ledger.domain.started import Kind, Started, strata
from ledger.domain.static_rules import Rule, check_reached, parse
from ledger.errors import LedgerError
from tests.domain.starting import One, aims, made, started, sums

TASKS, AREAS, MODELS = ("fix", "docs", "feat"), ("auth", "none"), ("a", "b", "c")
RULES = (
    "else -> a",
    "docs -> a; else -> b",
    "fix area=auth -> a; fix -> b; docs -> c",
    "area=auth -> b; fix,docs -> a; else -> c",
    "area=none docs,feat -> c",
)


@dataclass(frozen=True)
class Past:
    """A decided change of known cost, with its area."""

    task: str
    area: str
    model: str
    cents: int
    accepted: bool


PASTS = st.lists(
    st.builds(
        Past,
        task=st.sampled_from(TASKS),
        area=st.sampled_from(AREAS),
        model=st.sampled_from(MODELS),
        cents=st.integers(1, 900),
        accepted=st.sampled_from((True, True, True, False)),
    ),
    max_size=90,
)


def rows_of(changes: Sequence[Past]) -> list[Started]:
    """As SQL adds them up."""
    groups: dict[tuple[str, str, str], list[Past]] = {}
    for one in changes:
        groups.setdefault((one.task, one.area, one.model), []).append(one)
    return [
        Started(
            basis="request",
            model=model,
            kind=Kind((("task_type", task), ("area", area))),
            n=len(mine),
            unheard=0,
            decided=len(mine),
            sums=sums((one.cents / 100, one.accepted) for one in mine),
            attempts=len(mine),
            failed_runs=0,
        )
        for (task, area, model), mine in groups.items()
    ]


def told(rules: str, changes: Sequence[Past]) -> Replay:
    chosen = aims(rules)
    return replay(strata(rows_of(changes), chosen), chosen)


def target(rules: Sequence[Rule], one: Past) -> str | None:
    """The model that the first rule that fits says should have begun it, read without the code that is tested."""
    for rule in rules:
        tasks, areas = rule.wanted.get("task_type", TASKS), rule.wanted.get("area", AREAS)
        if one.task in tasks and one.area in areas:
            return rule.model
    return None


def by_hand(rules: str, changes: Sequence[Past]) -> tuple[float, float, float, float, float]:
    """The share that can be told; mean cost and share accepted of the rules, and of what happened there."""
    written = parse(rules)
    found = [0.0, 0.0, 0.0, 0.0]
    covered = 0
    for task in TASKS:
        for area in AREAS:
            mine = [one for one in changes if (one.task, one.area) == (task, area)]
            own = [one for one in mine if one.model == target(written, one)]
            if len(own) < FEWEST:
                continue
            covered += len(mine)
            for place, group in ((0, own), (2, mine)):
                found[place] += len(mine) * sum(one.cents for one in group) / len(group) / 100
                found[place + 1] += len(mine) * sum(one.accepted for one in group) / len(group)
    mean, rate, mean_all, rate_all = (each / covered if covered else 0.0 for each in found)
    return covered / len(changes) if changes else 0.0, mean, rate, mean_all, rate_all


def is_in_order(found: Interval) -> bool:
    bounds = [each for each in (found.lo, found.point, found.hi) if each is not None]
    return bounds == sorted(bounds)


@settings(max_examples=25)
@given(st.sampled_from(RULES), PASTS)
def test_the_whole_is_what_the_changes_say_one_by_one(rules: str, changes: list[Past]) -> None:
    found = told(rules, changes)
    covered, mean, rate, mean_all, rate_all = by_hand(rules, changes)
    assert found.covered == pytest.approx(covered)
    if found.whole is None:
        assert covered < LEAST or rate == 0 or sum(cell.stratum.own.accepted for cell in found.cells) < 2 * len(TASKS)
        return
    whole = found.whole
    assert (whole.rules.mean, whole.rules.acceptance.point) == pytest.approx((mean, rate))
    assert (whole.happened.mean, whole.happened.acceptance.point) == pytest.approx((mean_all, rate_all))
    assert whole.against.more.point == pytest.approx(rate - rate_all, abs=1e-9)
    if whole.against.ratio.point is not None:
        assert whole.against.ratio.point == pytest.approx(mean / rate / (mean_all / rate_all))
    for side in (whole.rules, whole.happened):
        assert is_in_order(side.cost)
        assert is_in_order(side.acceptance)
    for bounds in (whole.against.ratio, whole.against.alone, whole.against.more, whole.against.more_alone):
        assert is_in_order(bounds)


@settings(max_examples=20)
@given(st.sampled_from(RULES), PASTS)
def test_every_change_is_of_one_kind_and_every_kind_has_a_verdict(rules: str, changes: list[Past]) -> None:
    found = told(rules, changes)
    assert sum(cell.stratum.weight for cell in found.cells) == len(changes)
    assert sum(cell.share for cell in found.cells) == pytest.approx(1 if changes else 0)
    written = parse(rules)
    for cell in found.cells:
        row, known = cell.stratum, dict(cell.stratum.kind.known)
        one = Past(known["task_type"], known["area"], "a", 1, accepted=True)
        model = target(written, one)
        own = sum((each.task, each.area, each.model) == (one.task, one.area, model) for each in changes)
        assert row.own.n == own
        assert row.own.n + row.others.n == row.weight
        assert (cell.verdict == NO_RULE) == (model is None)
        assert (cell.verdict == UNSUPPORTED) == (model is not None and own < FEWEST)
        assert cell.needed is None or cell.needed >= 1


@settings(max_examples=20)
@given(st.sampled_from(RULES), PASTS, st.integers(2, 7))
def test_in_another_currency_the_answers_are_the_same(rules: str, changes: list[Past], rate: int) -> None:
    one = told(rules, changes)
    other = told(rules, [replace(change, cents=change.cents * rate) for change in changes])
    assert [cell.verdict for cell in one.cells] == [cell.verdict for cell in other.cells]
    assert (one.whole is None) == (other.whole is None)
    if one.whole and other.whole and one.whole.against.ratio.lo:
        assert other.whole.against.ratio.lo == pytest.approx(one.whole.against.ratio.lo, rel=1e-5)
        assert (other.whole.rules.cost.point or 0) == pytest.approx((one.whole.rules.cost.point or 0) * rate)


@settings(max_examples=25)
@given(st.sampled_from(RULES), PASTS)
def test_whatever_happened_is_told_in_sentences(rules: str, changes: list[Past]) -> None:
    found = made(rules, [], decided=len(changes), rules=told(rules, changes), always=())
    for line in (headline(found), *notes(found)):
        assert line.endswith((".", "?"))
        assert "\n" not in line
        assert "None" not in line
        assert "nan" not in line.split()


def is_reached(rules: Sequence[Rule]) -> bool:
    try:
        check_reached(rules)
    except LedgerError:
        return False
    return True


@settings(max_examples=20)
@given(st.lists(st.sampled_from(RULES), min_size=2, max_size=3))
def test_rules_put_together_are_first_come_first_served_or_refused(texts: list[str]) -> None:
    apart = [rule for text in texts for rule in parse(text)]
    grid = [{"task_type": task, "area": area} for task in TASKS for area in AREAS]
    firsts = [next((place for place, rule in enumerate(apart) if rule.fits(known)), None) for known in grid]
    if is_reached(apart):
        assert list(parse("; ".join(texts))) == apart
        expected = [target(apart, Past(known["task_type"], known["area"], "a", 1, accepted=True)) for known in grid]
        assert [None if place is None else apart[place].model for place in firsts] == expected
        return
    assert set(range(len(apart))) - set(firsts)
    with pytest.raises(LedgerError, match="no change ever reaches"):
        parse("; ".join(texts))


def test_what_is_added_up_here_is_what_the_other_tests_add_up() -> None:
    changes = [One("fix", "a", 1.5), One("fix", "a", 2.5, accepted=False)]
    (row,) = started(changes)
    (same,) = rows_of([Past("fix", "none", "a", 150, accepted=True), Past("fix", "none", "a", 250, accepted=False)])
    assert row.sums == same.sums
