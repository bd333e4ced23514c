"""What may be said of sums, and the sentence that says it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.headline import headline, needed
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


def said(
    *rows: GroupSums, coverage: Coverage = COVERAGE, buckets: Buckets = BUCKETS, kind: str = "list"
) -> tuple[str, str]:
    return headline(ordered(rows), buckets, coverage, ("feat: the dearest", 2 * NANO), kind)


def test_a_best_one_is_named_with_its_interval_and_the_next() -> None:
    sentence, step = said(sums("opus"), sums("haiku", each=3, accepted=15))
    assert sentence.startswith("opus costs least per accepted change: $1.33 (")
    assert "over 40 changes, against $8.00 for haiku, at list price." in sentence
    assert step == ""


def test_cheap_by_the_call_and_dear_by_the_change_is_said() -> None:
    sentence, _ = said(sums("opus"), sums("haiku", each=3, accepted=15, calls=4000))
    assert sentence.endswith("haiku is cheaper by the call ($0.03 against $0.10), but costs $8.00 per accepted change.")


def test_what_cannot_be_told_apart_is_not_ranked() -> None:
    sentence, _ = said(sums("opus"), sums("sonnet", each=1.1))
    assert sentence.startswith("opus and sonnet cannot be told apart by cost per accepted change ($1.33 and $1.47)")
    assert "changes of each would settle" in sentence


def test_one_model_tells_spend_waste_and_the_dearest_change() -> None:
    sentence, _ = said(sums("opus"), kind="billed")
    assert sentence.startswith("One model only, opus: $10.00 spent, $1.33 (")
    assert sentence.endswith(
        "40% of the spend reached no change; the dearest change cost $2.00 (feat: the dearest), as billed."
    )


def test_too_little_says_what_would_be_enough() -> None:
    sentence, _ = said(sums("opus", n=3, accepted=2), sums("haiku", n=2, accepted=1))
    assert sentence.startswith(
        "Too little to say: the best-known model has 3 decided changes of known cost; 29 of each would show a threefold"
    )
    assert (needed(3), needed(2), needed(1.5)) == (29, 72, 209)


def test_nothing_seen_tells_the_next_step() -> None:
    sentence, step = said(
        coverage=replace(COVERAGE, calls=0, out_of_scope_sessions=3), buckets=replace(BUCKETS, total=0)
    )
    assert (
        sentence == "No model was seen in 10 commits, and no agent's calls were made here. Agent sessions elsewhere: 3."
    )
    assert "ledger use" in step
    assert said(coverage=replace(COVERAGE, calls=0, commits=0))[1].startswith("Run ledger update")


def test_models_without_calls_lead_to_the_logs() -> None:
    rows = [
        replace(sums(name), base_n=0, base_accepted=0, base_nusd=0, n_cost_known=0, charged_nusd=0)
        for name in ("a", "b")
    ]
    _, step = said(*rows, coverage=replace(COVERAGE, calls=0), buckets=replace(BUCKETS, total=0))
    assert "Claude Code logs" in step


def unknown(name: str) -> GroupSums:
    return replace(sums(name, known=0), base_n=0, base_accepted=0, base_nusd=0, charged_nusd=0)


def test_what_has_no_price_is_not_looked_for_in_other_logs() -> None:
    unpriced = replace(COVERAGE, calls_unpriced=2, unpriced_models=(("odd", 2),))
    _, step = said(sums("opus", n=3, accepted=2), unknown("odd"), coverage=unpriced)
    assert step == (
        "Most changes of odd have no known cost, for want of a price: ledger prices --unpriced says what to do."
    )


def test_the_next_step_names_whose_cost_is_not_known_unless_it_is_everybody_s() -> None:
    _, step = said(sums("opus", n=3, accepted=2), *(unknown(name) for name in "abcd"))
    assert step.startswith("Most changes of a, b, c and 1 more have no known cost: post on every machine")
    assert said(unknown("a"), unknown("b"))[1].startswith("Most changes have no known cost: post on every machine")


def test_unheard_requests_give_no_acceptance_and_the_way_to_bring_them_in() -> None:
    row = sums(accepted=40, unheard=40, known=0)
    (group,) = ordered([row])
    assert (group.hidden, group.acceptance.point, group.estimate.point) == (FORGE_UNHEARD, None, None)
    assert "ledger ci import" in said(row, sums("haiku", accepted=40, unheard=40, known=0))[1]


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
