"""Past changes sorted by what was known before they were tried, and who began them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.started import Stratum, Tries, at_fallback, strata, together
from ledger.domain.static_rules import parse
from tests.domain.starting import One, aims, kind, started, sums, under


def several(task: str, model: str | None, n: int, cost: float = 1.0, **more: object) -> list[One]:
    return [One(task, model, cost, number % 4 != 0, **more) for number in range(n)]  # type: ignore[arg-type]


def by_kind(rows: tuple[Stratum, ...]) -> dict[str, Stratum]:
    return {row.kind.task: row for row in rows}


def test_the_first_rule_that_fits_takes_a_kind_of_work() -> None:
    changes = [*several("docs", "a", 6), *several("docs", "b", 3), *several("fix", "b", 8), *several("test", "a", 2)]
    found, _ = under("docs -> a; docs,fix -> b", changes)
    assert [(row.kind.task, row.rule, row.weight, row.own.n, row.others.n) for row in found] == [
        ("docs", 0, 9, 6, 3),
        ("fix", 1, 8, 8, 0),
        ("test", None, 2, 0, 2),
    ]
    rows = by_kind(found)
    assert [rows[name].is_supported for name in ("docs", "fix", "test")] == [True, True, False]
    assert [rows[name].is_as_it_was for name in ("docs", "fix", "test")] == [False, True, False]
    assert rows["docs"].whole == rows["docs"].own + rows["docs"].others


def test_who_began_is_not_known_of_all_and_these_count_in_the_weight_alone() -> None:
    (row,), _ = under("else -> a", [*several("fix", "a", 6), *several("fix", "b", 6), *several("fix", None, 5)])
    assert (row.weight, row.own_decided, row.others_decided, row.whole.n) == (17, 6, 6, 12)


def test_a_family_is_whoever_belongs_to_it() -> None:
    rules = aims("else -> opus", {"opus": ("opus-1", "opus-2")})
    changes = [*several("fix", "opus-1", 3), *several("fix", "opus-2", 4), *several("fix", "b", 6)]
    (row,) = strata(started(changes), rules)
    assert (row.own.n, row.others.n, row.is_supported) == (7, 6, True)


@pytest.mark.parametrize(("n", "enough"), [(4, False), (5, True)])
def test_work_is_supported_where_its_model_began_as_much_as_an_estimate_needs(n: int, enough: bool) -> None:
    (row,), _ = under("else -> a", [*several("fix", "a", n), *several("fix", "b", 40)])
    assert row.is_supported is enough


def test_where_most_cost_is_unknown_nothing_follows_from_the_rest() -> None:
    (row,), _ = under("else -> a", [*several("fix", "a", 6), *several("fix", "b", 6)])
    assert row.is_supported
    assert not replace(row, own_decided=13).is_supported
    assert replace(row, own_decided=12).is_supported
    assert not replace(row, others_decided=100).is_supported


def test_tries_are_added_up_by_who_began() -> None:
    (row,), _ = under("else -> a", [*several("fix", "a", 6, attempts=3), *several("fix", "b", 2)])
    assert (row.own_tries.attempts, row.own_tries.failed_runs) == (18, 12)
    assert (row.whole_tries.attempts, row.whole_tries.failed_runs) == (20, 12)
    own, whole = row.per_accepted or (None, None)
    assert own == Tries(18 / 4, 12 / 4)
    assert whole == Tries(20 / 5, 12 / 5)
    (none,), _ = under("else -> a", [One("fix", "a", 1.0, accepted=False)] * 6 + several("fix", "b", 2))
    assert none.per_accepted is None


def test_what_is_undecided_is_no_work_that_was_done() -> None:
    rows = [replace(row, decided=0) for row in started(several("fix", "a", 3))]
    assert strata(rows, aims("else -> a")) == ()


@pytest.mark.parametrize(
    ("rules", "sizes", "kinds"),
    [
        ("else -> a", {"refactor": 9, "ci": 2}, {"maint"}),
        ("maint -> a", {"refactor": 9, "ci": 2, "fix": 3}, {"maint", "fix"}),
        ("else -> a", {"refactor": 9, "ci": 6}, {"refactor", "ci"}),  # each says enough by itself
        ("else -> a", {"refactor": 2}, {"refactor"}),  # alone it is called by its name
        ("ci -> a", {"refactor": 9, "ci": 2}, {"refactor", "ci"}),  # the rule tells them apart
        ("fix -> a", {"refactor": 9, "ci": 2, "fix": 2}, {"maint", "fix"}),
    ],
)
def test_rare_types_that_keep_things_in_order_are_one(rules: str, sizes: dict[str, int], kinds: set[str]) -> None:
    rows = started([one for task, n in sizes.items() for one in several(task, "a", n)])
    found = strata(together(rows, parse(rules)), aims(rules))
    assert {row.kind.task for row in found} == kinds
    assert sum(row.weight for row in found) == sum(sizes.values())


def test_maint_keeps_what_else_is_known_of_it() -> None:
    rows = started([*several("refactor", "a", 6), *several("ci", "a", 1)])
    rows = [replace(row, kind=kind(row.kind.task, "R", area="auth")) for row in rows]
    (row,) = strata(together(rows, parse("maint area=auth -> a")), aims("maint area=auth -> a"))
    assert row.kind == kind("maint", "R", area="auth")
    assert row.own.n == 7


def test_a_refused_change_may_cost_a_person_besides() -> None:
    (row,), _ = under("else -> a", [*several("fix", "a", 8), *several("fix", "b", 4)])
    dearer = at_fallback(row, 10 * 10**9)
    assert dearer.own == sums((1.0 if number % 4 else 11.0, number % 4 != 0) for number in range(8))
    assert dearer.others.cost == pytest.approx(4 + 10)
    assert dearer.weight == row.weight
