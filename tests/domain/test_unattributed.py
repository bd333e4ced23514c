"""Sums that found no change, by reason and size."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from ledger.domain.reasons import NO_BRANCH, NO_SESSION
from ledger.domain.unattributed import Leftover, unattributed

ROW = Leftover(
    repository="shop", reason=NO_BRANCH, session="s1", agent="codex", model="gpt", branch="x",
    first_on="2026-03-01", last_on="2026-03-02", calls=2, calls_unpriced=0, nusd=5,
)  # fmt: skip


def test_the_largest_reason_and_the_largest_sum_come_first_in_any_order() -> None:
    rows = [ROW, replace(ROW, session="s2", nusd=7), replace(ROW, reason=NO_SESSION, session="", nusd=20)]
    wanted = unattributed(rows, 100)
    assert [reason.reason for reason in wanted.reasons] == [NO_SESSION, NO_BRANCH]
    assert [row.nusd for row in wanted.reasons[1].rows] == [7, 5]
    assert (wanted.nusd, wanted.reasons[1].nusd, wanted.reasons[1].calls) == (32, 12, 4)
    assert all(unattributed(order, 100) == wanted for order in permutations(rows))


def test_nothing_is_nothing() -> None:
    assert unattributed([], 100).reasons == ()
    assert unattributed([], 100).nusd == 0
