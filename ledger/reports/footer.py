"""The sentences below a report about its costs: of which kind they are, and what is known of the calls."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.money import shown, usd
from ledger.domain.reasons import remedy
from ledger.domain.screen import counted, plain
from ledger.domain.seats import SeatCost
from ledger.domain.sums import Buckets, Costs, Coverage

_NANO = 10**9
WORTH_A_WARNING = 0.10
"""Above this share of all cost the report warns of what is unattributed (metric.md §4)."""
_MOST_REASONS = 4


def booking_lines(coverage: Coverage, buckets: Buckets) -> Iterator[str]:
    """What reached no change and why, with a remedy where it is much; and what was booked without a commit's word."""
    for reason, nusd in coverage.unattributed[:_MOST_REASONS]:
        if nusd:
            yield f"Unattributed {shown(usd(nusd))}: {plain(reason)}."
    likeliest = coverage.unattributed[0][0] if coverage.unattributed else ""
    if buckets.unattributed > WORTH_A_WARNING * buckets.total and remedy(likeliest):
        yield f"To have less of it: {remedy(likeliest)}"
    told = [
        (coverage.weak_nusd, "by what came next"),
        (coverage.inferred_nusd, "by files and branches"),
        (coverage.ambiguous_nusd, "split between equal claims"),
    ]
    words = [f"{shown(usd(nusd))} {how}" for nusd, how in told if nusd]
    if words:
        yield f"Booked without a commit of the session's own, or to several: {', '.join(words)}."


def quality_lines(coverage: Coverage) -> Iterator[str]:
    """What is not known of the calls that are counted, worst first; nothing where all are final."""
    if coverage.calls_placeholder:
        yield f"{_share(coverage.calls_placeholder, coverage)} have placeholder output: cost is a lower bound."
    if coverage.calls_estimated:
        share = _share(coverage.calls_estimated, coverage)
        yield f"{share} are estimated from a part of their tokens: cost is a lower bound."
    if coverage.calls_rollup:
        rows = _sums(coverage.calls_rollup, "a session's calls")
        yield f"{rows}, at the lowest tier's price: cost is a lower bound."
    if coverage.calls_aggregate:
        yield f"{_sums(coverage.calls_aggregate, 'many calls')}, at the cost that was told of them."
    if coverage.calls_told:
        calls = counted(coverage.calls_told, "call")
        yield f"{calls} without a known price at the cost that their agent told, which nobody else confirms."


def _sums(count: int, what: str) -> str:
    return f"{counted(count, 'row')} {'is a sum' if count == 1 else 'are sums'} over {what}"


def _share(count: int, coverage: Coverage) -> str:
    """A share in per cent, never 0 % of something."""
    share = count / coverage.calls
    return "Fewer than 1% of calls" if share < 0.005 else f"{share:.0%} of calls"


def cost_lines(costs: Costs, cost_kind: str) -> Iterator[str]:
    """The other kinds of cost that are known, apart from the one that the report uses; nothing where there is none."""
    told = [
        (costs.billed_nusd if cost_kind == "list" else 0, "bills and statements"),
        (costs.proxy_nusd if cost_kind == "list" else 0, "gateways"),
        (costs.told_nusd, "agents themselves"),
    ]
    words = [f"{shown(usd(nusd))} by {whom}" for nusd, whom in told if nusd]
    if words:
        yield f"Told beside list price, of some of the calls: {', '.join(words)}."
    if costs.nano_credits:
        yield f"Credits used: {_units(costs.nano_credits)}. They are the seller's unit and no money here."
    if costs.nano_premium:
        yield f"Premium requests used: {_units(costs.nano_premium)}. They are the seller's unit and no money here."
    for seat in costs.seats:
        yield _seat(seat)


def _units(nano: int) -> str:
    return f"{nano / _NANO:,.2f}".rstrip("0").rstrip(".")


def _seat(seat: SeatCost) -> str:
    parts = [f"{shown(usd(seat.effective))} fell to calls here, of {shown(usd(seat.listed))} list value"]
    parts += [f"{shown(usd(seat.elsewhere))} to calls elsewhere"] if seat.elsewhere else []
    parts += [f"{shown(usd(seat.idle))} to months without priced calls"] if seat.idle else []
    return f"Seats for {plain(seat.agent, 40)} cost {shown(usd(seat.paid))}: {', '.join(parts)}."
