"""Which commits' diffs attribution asks git for."""

from __future__ import annotations

from ledger.domain.history import History
from ledger.domain.touched import touched_commits, wanted_diffs
from tests.domain.building import branch, call, commit, commit_call, history, kept_range, made_on, target

LOST = "abcdef0123"


def wanted(facts: History) -> list[str]:
    return wanted_diffs(facts, touched_commits(facts))


def trunk(**facts: object) -> History:
    """Trunk commits at 0, 50 and 99, a branch at 60, and at 20 one that nothing leads to."""
    return history(
        commit("a"),
        commit("b", "a", 50),
        commit("c", "b", 99),
        commit("x", "b", 60),
        commit(LOST, "a", 20),
        tips=[target("c"), branch("x", "one")],
        **facts,
    )


def test_a_commit_within_a_day_after_a_call_is_looked_at() -> None:
    assert wanted(trunk(calls=[call("k", 30)])) == ["b"]
    assert wanted(trunk(calls=[call("k", 51)])) == ["x"]
    assert wanted(trunk()) == []


def test_a_commit_that_a_session_is_tied_to_is_looked_at() -> None:
    assert wanted(trunk(seen=[made_on("x", "one", "s1")])) == ["x"]


def test_a_printed_commit_is_looked_at_and_where_it_is_lost_all_that_it_may_have_landed_as() -> None:
    assert wanted(trunk(session_commits=[commit_call(20, 20.1, printed="abcdef0")])) == [LOST, "b", "c"]
    assert wanted(trunk(session_commits=[commit_call(20, 20.1, printed="fffffff")])) == []


def test_a_branch_s_range_may_have_been_squashed_into_any_later_commit() -> None:
    assert wanted(trunk(ranges=[kept_range("one", "x", "p")])) == ["c"]
