"""Whether a policy pays: found where it is so by construction, claimed where it is not in one of twenty at most."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import pytest

from ledger.domain.comparing import compared
from ledger.domain.conclusions import Change, ChangeSpend, Review
from ledger.domain.policy import (
    Band,
    CostRule,
    PathRule,
    Policy,
    ReviewRule,
    RoleRule,
    SizeRule,
    SourceRule,
    TrailerRule,
)
from ledger.domain.policy_evidence import (
    ASIDE,
    BROKEN,
    KEPT,
    OPEN,
    Evidence,
    Past,
    kept_review,
    kept_roles,
    kept_size,
    kept_tests,
    weigh_policy,
)
from tests.domain.building import at
from tests.domain.policing import GPT, HAIKU, OPUS, SONNET, review, spend

SIZE = SizeRule("warn", None, 100, ())
ROLES = RoleRule("warn", (("claude-haiku", ("scout",)),))
TESTS = SourceRule("warn", None, None, ("docs",))
USD = 10**9


def change(cost: float = 1, *, accepted: bool = True, lines: int | None = 50, **changed: Any) -> Change:
    """A decided request of a strong model on work of high stakes."""
    kept: dict[str, Any] = dict.fromkeys(field.name for field in fields(Change))
    kept |= {"id": "c", "basis": "request", "state": "landed" if accepted else "closed", "task_type": "fix"}
    kept |= {
        "opened_at": at(0),
        "decided_at": at(5),
        "is_forge_known": True,
        "has_model": True,
        "stakes": "high",
        "stale_at": at(999),
    }
    kept |= {"cost_known": "known", "nusd": round(cost * USD), "cost_sq": cost * cost, "added": lines, "deleted": 0}
    kept |= {"lead_model": OPUS, "lead_provider": "anthropic"}
    return Change(**kept | {"added": lines, "deleted": lines and 0} | changed)


def past(
    made: Change | None = None,
    *,
    reviews: Sequence[Review] = (),
    spends: Sequence[ChangeSpend] = (),
    kinds: Sequence[str] | None = ("source",),
) -> Past:
    return Past(made or change(), reviews, spends, None if kinds is None else frozenset(kinds))


def weigh(rows: Sequence[Past], **rules: Any) -> Evidence:
    return weigh_policy(Policy(**rules), rows, at(100))


# -- which side a change is on


@pytest.mark.parametrize(
    ("found", "side"),
    [
        (past(spends=[spend(OPUS, "implement"), spend(HAIKU, "scout")]), KEPT),
        (past(spends=[spend(OPUS, "implement"), spend(HAIKU, "implement")]), BROKEN),
        (past(), KEPT),
        (past(change(lead_model=HAIKU)), BROKEN),
        (past(change(lead_model=None), spends=[spend("", "implement"), spend(HAIKU, "")]), OPEN),
    ],
)
def test_roles_are_those_of_calls_else_of_the_lead(found: Past, side: str) -> None:
    assert kept_roles(ROLES, found) == side


@pytest.mark.parametrize(
    ("found", "side"),
    [
        (past(reviews=[review(GPT)]), KEPT),
        (past(reviews=[review(SONNET)]), BROKEN),
        (past(reviews=[review(GPT, after=False)]), BROKEN),
        (past(reviews=[review(GPT, before=False)]), BROKEN),
        (past(), BROKEN),
        (past(reviews=[review(GPT)], spends=[spend(GPT, "implement")]), BROKEN),
        (past(reviews=[review(GPT, after=None, before=None)]), OPEN),
        (past(reviews=[review("")]), OPEN),
        (past(change(lead_provider=None), reviews=[review(GPT)]), OPEN),
        (past(change(stakes="normal"), reviews=[review(GPT)]), ASIDE),
        (past(change(stakes="")), OPEN),
    ],
)
def test_a_review_counts_by_another_provider_after_all_and_in_time(found: Past, side: str) -> None:
    assert kept_review(ReviewRule("warn"), found) == side


def test_size_is_judged_by_lines() -> None:
    assert [kept_size(SIZE, past(change(lines=lines))) for lines in (100, 101, None)] == [KEPT, BROKEN, OPEN]
    assert kept_size(SizeRule("warn", 3, None, ()), past()) == OPEN


@pytest.mark.parametrize(
    ("kinds", "kind", "side"),
    [
        (("source", "test"), "fix", KEPT),
        (("source",), "fix", BROKEN),
        (("docs", "ci"), "fix", ASIDE),
        (("source",), "docs", ASIDE),
        (None, "fix", OPEN),
    ],
)
def test_tests_are_judged_by_kinds_of_paths(kinds: Sequence[str] | None, kind: str, side: str) -> None:
    assert kept_tests(TESTS, past(change(task_type=kind), kinds=kinds)) == side


# -- which changes count


def test_only_what_is_decided_heard_of_and_a_model_s_is_counted() -> None:
    left_out = [
        change(basis="trunk"),
        change(is_forge_known=False),
        change(has_model=False),
        change(state="undecided", decided_at=None, stale_at=at(1)),
        change(opened_at=at(200), decided_at=at(201)),
    ]
    branch = change(basis="branch", is_forge_known=False, state="undecided", decided_at=None, abandoned_at=at(9))
    found = weigh([past(row) for row in (change(), branch, *left_out)], size=SIZE)
    assert found.changes == 2
    assert [(cell.basis, cell.kept.decided, cell.kept.accepted) for cell in found.cells] == [
        ("request", 1, 1),
        ("branch", 1, 0),
    ]


def test_each_change_is_counted_once_and_what_is_left_out_is_said() -> None:
    rows = [past(change(lines=lines)) for lines in (1, 500, 500, None)]
    found = weigh([*rows, past(change(task_type="docs"))], size=SIZE, tests=TESTS, review=ReviewRule("warn"))
    by_rule = {
        rule: sum(cell.kept.decided + cell.broken.decided for cell in found.cells if cell.rule == rule)
        for rule in found.aside
    }
    assert {rule: by_rule[rule] + found.aside[rule] + found.unknown[rule] for rule in by_rule} == dict.fromkeys(
        ("review", "size", "tests"), 5
    )
    assert found.unknown["size"] == 1
    assert found.aside["tests"] == 1


def test_rules_that_the_past_says_nothing_of_are_named() -> None:
    found = weigh(
        [past()],
        trailers=TrailerRule("warn", ("Ledger-Task",), "models"),
        cost=CostRule("warn", (("any", Band(1, 2)),)),
        size=SizeRule("warn", 3, None, ()),
        tests=SourceRule("warn", ("src/",), None, ()),
        paths=(PathRule("warn", ("a",), ("b",), ""),),
    )
    assert sorted(found.silent) == ["cost", "paths", "size", "tests", "trailers"]
    assert found.cells == ()


def test_unknown_cost_leaves_the_ratio_and_not_the_acceptance() -> None:
    rows = [past(change(cost_known=known, reverted_at=at(9))) for known in ("known", "none", "none")]
    (cell,) = weigh(rows, size=SIZE).cells
    assert (cell.kept.decided, cell.kept.accepted, cell.kept.sums.n, cell.kept.reverted) == (3, 3, 1, 3)
    assert weigh_policy(Policy(size=SIZE), rows, at(8)).cells[0].kept.reverted == 0


@pytest.mark.parametrize(("unknown", "is_shown"), [(6, True), (7, False)])
def test_where_fewer_than_half_the_costs_are_known_none_is_shown(unknown: int, is_shown: bool) -> None:
    rows = [past(change(cost_known="known" if number < 6 else "none")) for number in range(6 + unknown)]
    (cell,) = weigh(rows, size=SIZE).cells
    assert (cell.kept.estimate.point is not None) is is_shown


# -- histories whose answer is known


def history(seed: int, *, effect: bool, n: int = 240, kinds: Sequence[str] = ("fix", "feat")) -> list[Past]:
    """Changes of two types; with an effect small ones are accepted more often and cost less, all else is chance."""
    random_ = random.Random(seed)
    rows = []
    for _ in range(n):
        is_small, is_tested, is_cheap = (random_.random() < 0.5 for _ in range(3))
        helps = effect and is_small
        cost = random_.lognormvariate(0, 0.8) * (0.5 if helps else 1)
        made = change(
            cost,
            accepted=random_.random() < (0.9 if helps else 0.6),
            lines=50 if is_small else 500,
            task_type=random_.choice(kinds),
            lead_model=HAIKU if is_cheap else OPUS,
        )
        rows.append(past(made, kinds=("source", "test") if is_tested else ("source",)))
    return rows


def test_a_rule_that_pays_is_found_and_no_other() -> None:
    found = weigh(history(1, effect=True), size=SIZE, roles=ROLES, tests=TESTS)
    settled = {(cell.rule, cell.task_type) for cell in found.cells if cell.is_settled}
    assert settled == {("size", "fix"), ("size", "feat")}
    assert any(cell.needed for cell in found.cells)
    for cell in found.cells:
        assert cell.is_settled == (cell.rule == "size")
        assert not (cell.is_settled and cell.needed)
        assert not cell.is_settled or (cell.ratio.point is not None and cell.ratio.point < 0.7)


def test_without_an_effect_one_history_in_twenty_at_most_claims_one() -> None:
    claims = 0
    for seed in range(200):
        found = weigh(history(seed, effect=False, n=160), size=SIZE, roles=ROLES, tests=TESTS)
        claims += any(cell.is_settled for cell in found.cells)
    assert claims <= 0.05 * 200


def test_two_types_are_never_one() -> None:
    """Simpson: small changes are dear work here, and large ones cheap; within each type size makes no difference."""
    rows = []
    for kind, cost, smalls in (("feat", 4.0, 40), ("docs", 0.5, 10)):
        for number in range(50):
            made = change(
                cost * (0.8 + 0.1 * (number % 5)), accepted=number % 5 > 0, lines=50 if number < smalls else 500
            )
            rows.append(past(replace(made, task_type=kind)))
    found = weigh(rows, size=SIZE)
    assert [cell.task_type for cell in found.cells] == ["docs", "feat"]
    assert not any(cell.is_settled for cell in found.cells)
    crude = weigh([replace(row, change=replace(row.change, task_type="fix")) for row in rows], size=SIZE)
    assert [cell.is_settled for cell in crude.cells] == [True], "pooled, the same changes would claim one"


def test_what_would_settle_a_rule_is_scaled_by_how_much_its_changes_scatter() -> None:
    """Equal costs scatter by acceptance alone: 34.3 · (0.278 + 0.476) / 3.33 / ln²(0.673) = 50; without it 219."""
    kept = [past(change(1.0, accepted=number < 8, lines=50)) for number in range(10)]
    broken = [past(change(1.3, accepted=number < 7, lines=500)) for number in range(10)]
    (cell,) = weigh([*kept, *broken], size=SIZE).cells
    assert (cell.needed, cell.is_settled) == (50, False)
    assert cell.needed == compared(cell.kept.sums, cell.broken.sums).needed
    (cell,) = weigh([*kept, *(replace(row, change=replace(row.change, added=500)) for row in kept)], size=SIZE).cells
    assert (cell.ratio.point, cell.needed, cell.is_settled) == (1, None, False)


def test_too_few_claim_nothing_and_an_empty_past_is_empty() -> None:
    rows = [past(change(lines=lines)) for lines in (1, 500)] * 4
    (cell,) = weigh(rows, size=SIZE).cells
    assert (cell.ratio.point, cell.needed, cell.is_settled) == (None, None, False)
    assert weigh([], size=SIZE).cells == ()


def test_the_order_in_which_the_past_is_read_changes_nothing() -> None:
    rows = history(3, effect=True, n=60)
    shuffled = random.Random(0).sample(rows, len(rows))
    one, other = (weigh(each, size=SIZE, roles=ROLES, tests=TESTS) for each in (rows, shuffled))
    assert [(cell.rule, cell.task_type, cell.needed) for cell in one.cells] == [
        (cell.rule, cell.task_type, cell.needed) for cell in other.cells
    ]
    assert [cell.kept.sums.cost_nusd for cell in one.cells] == [cell.kept.sums.cost_nusd for cell in other.cells]
    assert (one.aside, one.unknown) == (other.aside, other.unknown)


def test_both_sides_together_are_all_that_the_rule_is_about() -> None:
    rows = history(4, effect=False, n=100)
    found = weigh(rows, size=SIZE, roles=ROLES, tests=TESTS)
    cost = sum(each.change.nusd for each in rows)
    for rule in ("size", "roles", "tests"):
        cells = [cell for cell in found.cells if cell.rule == rule]
        assert sum(side.sums.cost_nusd for cell in cells for side in (cell.kept, cell.broken)) == cost
        assert sum(side.decided for cell in cells for side in (cell.kept, cell.broken)) == 100
