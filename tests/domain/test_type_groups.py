"""Types that are too few to tell apart are told as one."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.clusters import Spread
from ledger.domain.report import Group, ordered
from ledger.domain.sums import GroupSums
from ledger.domain.type_groups import grouped_types
from tests.domain.test_report import sums


def typed(kind: str, n: int, model: str = "opus", known: int | None = None) -> GroupSums:
    return replace(sums(model, n=n, accepted=n - 1, known=known), part=kind)


def names(groups: tuple[Group, ...]) -> set[tuple[str | None, str | None, int]]:
    return {(group.sums.model, group.sums.part, group.sums.n) for group in groups}


def test_types_that_keep_things_in_order_go_together_where_one_is_too_small() -> None:
    rows = ordered([typed("feat", 2), typed("chore", 9), typed("ci", 4), typed("build", 3, "haiku"), typed("docs", 1)])
    groups, pooled = grouped_types(rows)
    assert pooled == ("build", "ci", "chore")
    assert names(groups) == {("opus", "feat", 2), ("opus", "maint", 13), ("haiku", "maint", 3), ("opus", "docs", 1)}
    assert sum(group.sums.base_nusd for group in groups) == sum(group.sums.base_nusd for group in rows)
    maint = next(group for group in groups if (group.sums.model, group.sums.part) == ("opus", "maint"))
    assert maint.estimate.point is not None


def test_types_of_enough_changes_stand_alone() -> None:
    rows = ordered([typed("chore", 9), typed("ci", 5), typed("ci", 1, "haiku"), typed("feat", 1)])
    assert grouped_types(rows) == (rows, ())


def test_decided_changes_of_known_cost_count() -> None:
    rows = ordered([typed("chore", 9), typed("ci", 8, known=4)])
    assert grouped_types(rows)[1] == ("ci", "chore")


def test_a_single_such_type_keeps_its_name() -> None:
    rows = ordered([typed("chore", 1), typed("chore", 2, "haiku"), typed("feat", 1)])
    assert grouped_types(rows) == (rows, ())


def test_over_several_repositories_none_are_pooled() -> None:
    spread = Spread(repositories=2, cost_cost=1, cost_accepted=1, cost_n=1, accepted_accepted=1, accepted_n=1, n_n=1)
    rows = ordered([replace(typed("chore", 9), spread=spread), replace(typed("ci", 2), spread=spread)])
    assert grouped_types(rows) == (rows, ())


def test_nothing_is_nothing() -> None:
    assert grouped_types(()) == ((), ())
