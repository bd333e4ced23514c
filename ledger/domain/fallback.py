"""What a change that was not accepted costs a person besides: who reads it, refuses it, and does the work by hand."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.clusters import Spread
from ledger.domain.estimates import NANO, Sums


def with_fallback(sums: Sums, nusd: int) -> Sums:
    """The sums as if each change that was not accepted had cost so many nano-USD more.

    They follow from the five sums alone: c + f·(1 - a) in place of c, where a is 1 for an accepted change and else 0.
    """
    failed, each = sums.n - sums.accepted, nusd / NANO
    failed_cost = (sums.cost_nusd - sums.accepted_nusd) / NANO
    return replace(
        sums,
        cost_nusd=sums.cost_nusd + nusd * failed,
        cost_sq=sums.cost_sq + 2 * each * failed_cost + each * each * failed,
        spread=None if sums.spread is None else _spread(sums.spread, each),
    )


def _spread(spread: Spread, each: float) -> Spread:
    """C + f·(N - A) in place of C, in every product."""
    failed_failed = spread.n_n - 2 * spread.accepted_n + spread.accepted_accepted
    return replace(
        spread,
        cost_cost=spread.cost_cost + 2 * each * (spread.cost_n - spread.cost_accepted) + each * each * failed_failed,
        cost_accepted=spread.cost_accepted + each * (spread.accepted_n - spread.accepted_accepted),
        cost_n=spread.cost_n + each * (spread.n_n - spread.accepted_n),
    )
