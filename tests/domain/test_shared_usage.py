"""What is booked by the sums that other clones tell: as many calls, which add up again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ledger.domain.conclude import Conclusions, conclude
from ledger.domain.usage import PREFIX, Usage, session_key
from tests.domain.building import call, commit, history, target
from tests.domain.usages import A, B, told, usage


def drawn(*usages: Usage, **given: Any) -> Conclusions:
    base = history(commit(A), commit(B, A, 1), tips=(target(B),), usages=usages, **given)
    return conclude(base)


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
