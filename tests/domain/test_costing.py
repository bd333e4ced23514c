"""Costs by one kind: nothing is lost to the nano-USD, and what is not known leaves the ratio on both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.conclude import conclude
from ledger.domain.costing import Costing, Judged, Spent, buckets, costing, covered, known, revalued, total
from ledger.domain.sums import GroupSums
from tests.domain.building import call, commit, commit_call, history, target
from tests.domain.test_report import COVERAGE


def spent(change: str = "c", **changed: object) -> Spent:
    """Charges of one change at 10 nano-USD list price and 4 paid, all known."""
    plain = Spent(change, "" if change else "left over", "opus", "claude-code", "2026-03", 10, 4, 0, 0)
    return replace(plain, **changed)  # type: ignore[arg-type]


def judged(change: str = "c", outcome: str = "accepted", **changed: object) -> Judged:
    plain = Judged(change, "request", "opus", "feat", outcome, outcome in ("accepted", "rejected"), "known")
    return replace(plain, **changed)  # type: ignore[arg-type]


SEAT = {("claude-code", "2026-03"): 100}


@pytest.mark.parametrize(
    ("kind", "pools", "wanted"),
    [("list", SEAT, 10), ("billed", SEAT, 4), ("effective", SEAT, 100), ("effective", {}, 4)],
)
def test_each_kind_counts_itself_alone(kind: str, pools: dict[tuple[str, str], int], wanted: int) -> None:
    assert costing(kind, [spent()], pools).changes == {"c": wanted}
    assert total(kind, {("claude-code", "2026-03"): (10, 4)}, pools) == wanted


@pytest.mark.parametrize(
    ("kind", "pools", "missing", "is_doubtful"),
    [
        ("list", {}, "unlisted", True),
        ("list", {}, "unpaid", False),
        ("billed", {}, "unpaid", True),
        ("billed", SEAT, "unlisted", False),
        ("effective", SEAT, "unlisted", True),
        ("effective", SEAT, "unpaid", False),
        ("effective", {}, "unpaid", True),
    ],
)
def test_a_change_is_doubtful_where_a_call_of_it_is_not_known_by_the_kind(
    kind: str, pools: dict[tuple[str, str], int], missing: str, is_doubtful: bool
) -> None:
    assert costing(
        kind, [spent(unlisted=int(missing == "unlisted"), unpaid=int(missing == "unpaid"))], pools
    ).doubtful == ({"c"} if is_doubtful else set())


def test_seats_are_spread_by_list_cost_over_their_agent_s_month_alone() -> None:
    rows = [
        spent("a", list_nusd=1),
        spent("b", list_nusd=2),
        spent("", list_nusd=0),
        spent("c", month="2026-04"),
        spent("c", agent="codex"),
    ]
    found = costing("effective", rows, SEAT)
    assert found.changes == {"a": 33, "b": 67, "c": 8}
    assert found.unattributed == {"opus": 0}


ROWS = st.lists(
    st.builds(
        spent,
        st.sampled_from(["", "a", "b", "c"]),
        model=st.sampled_from(["", "opus", "haiku"]),
        agent=st.sampled_from(["claude-code", "codex"]),
        month=st.sampled_from(["2026-03", "2026-04"]),
        list_nusd=st.integers(0, 10**12),
        paid_nusd=st.integers(0, 10**12),
        unlisted=st.integers(0, 1),
        unpaid=st.integers(0, 1),
    ),
    max_size=12,
)
MONTHS = st.tuples(st.sampled_from(["claude-code", "codex"]), st.sampled_from(["2026-03", "2026-04"]))


@given(ROWS, st.dictionaries(MONTHS, st.integers(0, 10**12)), st.sampled_from(["list", "billed", "effective"]))
def test_the_parts_are_the_whole_to_the_nano(rows: list[Spent], seats: dict[tuple[str, str], int], kind: str) -> None:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        listed, paid = sums.get((row.agent, row.month), (0, 0))
        sums[row.agent, row.month] = listed + row.list_nusd, paid + row.paid_nusd
    # As domain.seats.fallen has it: a month without list cost has nothing to spread a price over.
    pools = {month: price for month, price in seats.items() if sums.get(month, (0, 0))[0]}
    found = costing(kind, rows, pools)
    whole = total(kind, sums, pools)
    assert sum(found.changes.values()) + sum(found.unattributed.values()) == whole
    assert sum(found.unattributed.values()) == sum(nusd for _, nusd in found.reasons)
    outcome = dict.fromkeys("abc", "accepted")
    parts = buckets(outcome, found, whole)
    assert parts.accepted + parts.unattributed == parts.total


def group_of(**changed: object) -> GroupSums:
    names = [name for name in GroupSums.__slots__ if name not in ("basis", "model", "part")]
    sums = dict.fromkeys(names, 0) | {"n": 3, "base_nusd": 999, "charged_nusd": 999}
    key = {"basis": "request", "model": "opus", "part": "feat"}
    return GroupSums(**{**key, **sums, **changed})  # type: ignore[arg-type]


def test_a_group_s_money_is_replaced_and_the_rest_of_it_stays() -> None:
    cost = Costing({"a": 5 * 10**9, "b": 7 * 10**9, "d": 1}, frozenset({"d"}), {}, ())
    members = [judged("a"), judged("b", "rejected"), judged("c", "open", cost_known="none"), judged("d")]
    (found,) = revalued([group_of()], members, cost)
    assert (found.n, found.n_cost_known, found.base_n, found.base_accepted) == (3, 2, 2, 1)
    assert (found.base_nusd, found.base_accepted_nusd, found.charged_nusd) == (12 * 10**9, 5 * 10**9, 12 * 10**9 + 1)
    assert found.base_cost_sq == 25 + 49
    (empty,) = revalued([group_of(model="other")], members, cost)
    assert (empty.base_n, empty.base_nusd, empty.charged_nusd) == (0, 0, 0)


def test_unknown_and_partial_changes_are_counted() -> None:
    cost = Costing({"a": 5, "b": 7}, frozenset({"b", "c"}), {}, (("left over", 3),))
    rows = [judged("a"), judged("b"), judged("c"), judged("a", cost_known="partial")]
    assert [known(row, cost) for row in rows] == ["known", "partial", "none", "partial"]
    found = covered(COVERAGE, rows, cost)
    assert (found.changes_cost_unknown, found.changes_cost_partial, found.unattributed) == (1, 2, (("left over", 3),))


def test_charges_keep_the_kinds_apart_and_each_sums_to_the_calls() -> None:
    calls = [
        call("a", 0.5, output=1000, reported=7),
        replace(call("b", 0.6, output=2000, reported=11), reported_kind="billed"),
        replace(call("c", 0.7, model="unheard", reported=13), reported_kind="proxy", provider=None),
    ]
    told = history(
        commit("c1", hours=1),
        tips=[target("c1")],
        calls=calls,
        session_commits=[commit_call(0.9, 1.1, printed="c1", branch="main")],
    )
    drawn = conclude(told).charge
    assert sum(row.paid_nusd for row in drawn) == 24
    assert sum(row.list_nusd for row in drawn) == sum(row.list_nusd for row in conclude(told).call_sum)
    assert (sum(row.parts_unlisted for row in drawn), sum(row.parts_unpaid for row in drawn)) == (0, 1)
