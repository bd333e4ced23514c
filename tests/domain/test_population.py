"""Whom the figures are about: bounds that hold whatever becomes of the undecided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.population import Bounds, bounds, bounds_of, populations
from ledger.domain.report import judge
from tests.domain.test_report import sums


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_the_share_lies_within_its_bounds_if_none_of_the_undecided_comes_to_be(
    accepted: int, refused: int, undecided: int
) -> None:
    found = bounds(accepted, accepted + refused, undecided)
    if found is None:
        assert accepted + refused == 0
    else:
        assert found.lo <= found.hi == accepted / (accepted + refused)
        assert found.lo == pytest.approx(accepted / (accepted + refused + undecided))


def test_where_acceptance_is_not_shown_it_has_no_bounds() -> None:
    row = replace(sums(n=40, accepted=30), open=4, stale=5, unknown=1, n=50)
    assert bounds_of(judge(row)) == Bounds(30 / 50, 30 / 40)
    assert bounds_of(judge(replace(row, basis="trunk"))) is None
    assert bounds_of(judge(sums(n=3, accepted=3, unheard=3))) is None


def test_bases_stay_apart_and_what_the_forge_was_not_heard_about_is_not_decided() -> None:
    groups = [
        judge(replace(sums("a", n=10, accepted=6), verified=5, durable=3, pending=2, reverted=1, open=2)),
        judge(replace(sums("b", n=10, accepted=8, unheard=2), verified=1, stale=3)),
        judge(sums("a", n=4, accepted=1, basis="branch")),
        judge(sums("a", n=9, accepted=9, basis="trunk")),
    ]
    request, branch = populations(groups)
    assert (request.basis, request.accepted, request.decided, request.undecided) == ("request", 12, 18, 5)
    assert (request.verified, request.durable, request.pending, request.reverted) == (6, 3, 2, 1)
    assert request.bounds == Bounds(12 / 23, 12 / 18)
    assert (branch.basis, branch.accepted, branch.decided, branch.bounds) == ("branch", 1, 4, Bounds(0.25, 0.25))
