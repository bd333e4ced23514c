"""What may be said of sums, and the sentence that says it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.page import Portion, Timeline
from ledger.domain.report import (
    COST_UNKNOWN,
    FORGE_UNHEARD,
    TRUNK,
    ReconciliationFailed,
    check_reconciliation,
    check_timeline,
    judge,
    ordered,
)
from ledger.domain.sums import Buckets, Coverage, GroupSums

NANO = 10**9


def sums(
    model: str | None = "opus",
    *,
    n: int = 40,
    accepted: int = 30,
    each: float = 1.0,
    calls: int = 400,
    basis: str = "request",
    wasted: int = 0,
    unheard: int = 0,
    known: int | None = None,
) -> GroupSums:
    """Changes of a model that cost about `each` USD, alike in spread; the cost of `known` of them is known."""
    accepted, base_n = min(accepted, n), n if known is None else known
    costs = [round(each * (0.5 + (index % 5) * 0.25) * NANO) for index in range(base_n)]
    base_accepted = min(accepted, base_n)
    names = "abandoned open stale unknown verified durable pending reverted first_pass_yes first_pass_no"
    nothing: dict[str, Any] = dict.fromkeys([*names.split(), "type_inferred_weakly"], 0)
    return GroupSums(
        basis=basis,
        model=model,
        part=None,
        n=n,
        accepted=accepted,
        rejected=n - accepted,
        n_cost_known=base_n,
        base_n=base_n,
        base_accepted=base_accepted,
        base_nusd=sum(costs),
        base_cost_sq=sum((cost / NANO) ** 2 for cost in costs),
        base_accepted_nusd=sum(costs[:base_accepted]),
        unattributed_nusd=wasted,
        calls=calls,
        charged_nusd=sum(costs),
        first_pass_unknown=n,
        attempts=n,
        without_forge=unheard,
        **nothing,
    )


BUCKETS = Buckets(
    accepted=5 * NANO, rejected=NANO, abandoned=0, stale=0, open=0, unknown=0, unattributed=4 * NANO, total=10 * NANO
)
COVERAGE = Coverage(
    commits=10,
    commits_without_line=0,
    calls=100,
    calls_unpriced=0,
    calls_placeholder=0,
    calls_duplicate=0,
    changes_cost_unknown=0,
    changes_cost_partial=0,
    type_inferred_weakly=0,
    human_changes=0,
    out_of_scope_sessions=0,
    out_of_scope_calls=0,
    skipped=(),
    unattributed=(),
    unpriced_models=(),
    logs_read_at=None,
    posted_at=None,
)


def test_unheard_requests_give_no_acceptance_and_the_way_to_bring_them_in() -> None:
    row = sums(accepted=40, unheard=40, known=0)
    (group,) = ordered([row])
    assert (group.hidden, group.acceptance.point, group.estimate.point) == (FORGE_UNHEARD, None, None)


def test_trunk_has_no_cost_per_accepted_change() -> None:
    group = judge(sums(basis="trunk", accepted=40))
    assert (group.hidden, group.estimate.point, group.all_in) == (TRUNK, None, None)


def test_cost_known_for_fewer_than_half_is_not_shown() -> None:
    assert judge(sums(known=19)).hidden == COST_UNKNOWN
    assert judge(sums(known=20)).hidden == ""


def test_all_in_adds_what_reached_no_change_and_is_shown_when_it_matters() -> None:
    group = judge(sums(wasted=20 * NANO))
    assert group.all_in == pytest.approx((group.sums.base_nusd + 20 * NANO) / NANO / 30)
    assert group.is_all_in_shown
    assert not judge(sums(wasted=NANO)).is_all_in_shown


def test_wasted_calls_stand_in_one_basis_only() -> None:
    rows = [sums(basis="branch", n=10, accepted=5, wasted=7), sums(wasted=7)]
    assert [(group.sums.basis, group.sums.unattributed_nusd) for group in ordered(rows)] == [
        ("request", 7),
        ("branch", 0),
    ]


def test_the_cheapest_comes_first_and_nothing_accepted_after_all_finite_ones() -> None:
    rows = [
        sums("few", n=3, accepted=1),
        sums("none", accepted=0),
        sums("dear", each=9),
        sums("cheap"),
        sums("trunk", basis="trunk"),
    ]
    assert [group.sums.model for group in ordered(rows)] == ["cheap", "dear", "none", "few", "trunk"]


def test_parts_that_miss_the_total_fail_loudly() -> None:
    check_reconciliation(BUCKETS)
    with pytest.raises(ReconciliationFailed, match=r"miss the total of all calls by 0\.000000001 USD"):
        check_reconciliation(replace(BUCKETS, total=BUCKETS.total + 1))


def test_periods_that_miss_a_bucket_by_one_are_not_shown() -> None:
    whole = [Portion("2026-03-02", "accepted", 2 * NANO), Portion("2026-03-09", "accepted", 3 * NANO)]
    others = [Portion("2026-03-09", "rejected", NANO), Portion("2026-03-09", "unattributed", 4 * NANO)]
    check_timeline(Timeline("week", (*whole, *others)), BUCKETS)
    with pytest.raises(ReconciliationFailed, match=r"miss the report's unattributed by 0\.000000001 USD"):
        check_timeline(
            Timeline("week", (*whole, others[0], Portion("2026-03-09", "unattributed", 4 * NANO - 1))), BUCKETS
        )
    with pytest.raises(ReconciliationFailed, match="miss the report's rejected by 1"):
        check_timeline(Timeline("week", (*whole, others[1])), BUCKETS)
