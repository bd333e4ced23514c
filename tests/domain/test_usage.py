"""Sums of sessions: what they may be, which of them count, and what is booked by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from ledger.domain.conclude import Conclusions, conclude
from ledger.domain.merging import MERGE
from ledger.domain.usage import PREFIX, Row, Sum, Usage, counting, session_key, sum_of
from tests.domain.building import START, call, commit, history, target

A, B = "a" * 40, "b" * 40


def told(**given: Any) -> Sum:
    """Three calls of two cents on the commit A."""
    words = {"day": "2026-03-01", "at": START.isoformat(), "commit": A, "request": "", "agent": "claude-code"}
    words |= {"model": "claude-opus-4-8", "provider": "anthropic", "role": "implement", "role_evidence": "inferred"}
    figures = {"calls": 3, "calls_unpriced": 0, "calls_placeholder": 0, "nusd": 20, "list_nusd": 20, "paid_nusd": 0}
    figures |= {"parts_unlisted": 0, "parts_unpaid": 3, "input": 10, "cache_read": 1, "cache_write_5m": 0}
    figures |= {"cache_write_1h": 0, "output": 5}
    return Sum(**{**words, "rule": "printed-id", "reason": "", **figures, **given})


def usage(session: str = "s1", *sums: Sum, clone: str = "c1", hours: float = 0) -> Usage:
    rows = tuple(each.row() for each in sums or (told(),))
    at = START + timedelta(hours=hours)
    return Usage(repository_id="R", clone_id=clone, session=session_key(session), sums=rows, at=at)


def drawn(*usages: Usage, **given: Any) -> Conclusions:
    base = history(commit(A), commit(B, A, 1), tips=(target(B),), usages=usages, **given)
    return conclude(base)


def test_a_sum_comes_back_from_its_row() -> None:
    assert sum_of(told().row()) == told()


@pytest.mark.parametrize(
    "row",
    [
        (("2026-03-01",), told().row()[1]),
        (told().row()[0], told().row()[1][:-1]),
        told(nusd=-1).row(),
        told(cache_read=None).row(),
        told(calls=20_001).row(),
        told(calls_unpriced=4).row(),
        told(calls_placeholder=4).row(),
        told(at="2026-03-01T09:00:00").row(),
        told(at="2026-03-02T09:00:00+00:00").row(),
        told(at="yesterday").row(),
    ],
)
def test_a_row_that_adds_up_to_nothing_sensible_is_refused(row: Row) -> None:
    with pytest.raises(ValueError, match=r"."):
        sum_of(row)


def test_the_newest_sums_of_a_session_replace_the_earlier_ones_whole() -> None:
    first, later = usage("s1", told(), told(commit=B)), usage("s1", told(commit=B), hours=1)
    assert MERGE[Usage](first, later) == MERGE[Usage](later, first) == later


def test_of_clones_that_tell_of_one_session_the_fullest_counts_in_any_order() -> None:
    rows = [usage("s1", clone="c1"), usage("s1", told(calls=4), clone="c2"), usage("s2", clone="c3")]
    for order in permutations(rows):
        assert {each.clone_id for each in counting(order, ())} == {"c2", "c3"}
    assert [each.clone_id for each in counting(rows, ("s1",))] == ["c3"]


def test_calls_are_booked_as_many_as_there_were_and_add_up_again() -> None:
    done = drawn(usage())
    (change,) = [each for each in done.change if each.has_model or each.calls]
    assert (change.nusd, change.calls, change.landed_oid) == (20, 3, A)
    (charge,) = done.charge
    assert (charge.calls, charge.nusd, charge.list_nusd, charge.input, charge.output) == (3, 20, 20, 10, 5)
    assert charge.session == PREFIX + session_key("s1")
    assert charge.rule == "printed-id"
    (summed,) = done.call_sum
    assert (summed.calls, summed.calls_shared, summed.nusd, summed.shared_nusd) == (3, 3, 20, 20)
    assert done.call_cost == ()


def test_what_is_unpriced_unlisted_or_a_placeholder_stays_so() -> None:
    sums = told(calls_unpriced=1, calls_placeholder=2, parts_unlisted=2, list_nusd=7, paid_nusd=9, parts_unpaid=1)
    (charge,) = drawn(usage("s1", sums)).charge
    assert (charge.calls_unpriced, charge.calls_placeholder, charge.parts_unlisted) == (1, 2, 2)
    assert (charge.nusd, charge.list_nusd, charge.paid_nusd, charge.parts_unpaid) == (20, 7, 9, 1)


def test_a_share_of_calls_that_are_counted_elsewhere_counts_no_call() -> None:
    sums = [told(rule="file (ambiguous)"), told(rule="file (ambiguous)", calls=0, commit=B)]
    done = drawn(usage("s1", *sums))
    assert sorted((each.calls, each.nusd, each.rule) for each in done.charge) == [
        (0, 20, "file (ambiguous)"),
        (3, 20, "file (ambiguous)"),
    ]
    assert sum(each.calls for each in done.call_sum) == 3


def test_calls_on_a_commit_that_is_not_known_here_are_unattributed() -> None:
    sums = [told(commit="f" * 40), told(commit="", reason="the call names no session"), told(commit="", request="7")]
    done = drawn(usage("s1", *sums))
    assert sorted(each.reason for each in done.charge) == [
        "the call names no session",
        "the commit or request it was booked to is not known here",
    ]
    assert sum(each.nusd for each in done.charge) == 60


def test_calls_that_are_here_themselves_count_instead_of_their_sums() -> None:
    own = call("k", 0.5, session="s1")
    assert drawn(usage("s1"), calls=(own,)).call_sum == drawn(calls=(own,)).call_sum
    forgetting = replace(history(commit(A), tips=(target(A),), usages=(usage("s1"),)), forgotten=frozenset(["s1"]))
    assert conclude(forgetting).call_sum == ()
