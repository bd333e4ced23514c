"""The sentences below a report: what it rests on, of which kind its costs are, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.advice import LOGS_UNREAD
from ledger.domain.costing import KINDS
from ledger.domain.credit import CREDITS
from ledger.domain.money import shown, usd
from ledger.domain.reasons import remedy
from ledger.domain.report import BEHIND, Report
from ledger.domain.screen import counted, plain
from ledger.domain.seats import SeatCost
from ledger.domain.sums import Buckets, Costs, Coverage
from ledger.reports.beside import beside
from ledger.reports.population import population_lines

_NANO = 10**9
WORTH_A_WARNING = 0.10
"""Above this share of all cost the report warns of what is unattributed (metric.md §4)."""
_MOST_REASONS = 4


def reconciliation(report: Report) -> str:
    """All cost as the sum of its buckets, in one line; what is unattributed is a warning where it is much."""
    buckets = report.buckets
    names = ("accepted", "rejected", "abandoned", "stale", "open", "unknown", "unattributed")
    parts = " + ".join(f"{name} {shown(usd(getattr(buckets, name)))}" for name in names if getattr(buckets, name))
    share = buckets.unattributed / buckets.total
    warning = f" {share:.0%} is unattributed." if share > WORTH_A_WARNING else ""
    return f"All calls {shown(usd(buckets.total))} = {parts}.{warning}"


def footer(report: Report) -> Iterator[str]:
    """What a report rests on and leaves out, a line each; text from outside is plain, for any format to escape."""
    coverage = report.coverage
    yield from beside(report)
    if not report.is_settled:
        yield BEHIND
    yield (
        f"As of {report.as_of:%Y-%m-%d %H:%M} UTC: "
        f"{counted(coverage.commits, 'commit')}, {counted(coverage.calls, 'call')}, "
        f"costs {KINDS[report.cost_kind]}."
    )
    yield f"Credit {report.filters.credit}: {CREDITS[report.filters.credit]}."
    yield from population_lines(report)
    yield from cost_lines(report.costs, report.cost_kind)
    yield from _counted(coverage)
    if coverage.out_of_scope_sessions:
        yield f"Out of scope: {counted(coverage.out_of_scope_sessions, 'agent session')} elsewhere."
    if coverage.out_of_scope_calls:
        yield f"Out of scope: {counted(coverage.out_of_scope_calls, 'call')} that name no repository of this ledger."
    if coverage.human_changes:
        yield f"Not in the tables: {counted(coverage.human_changes, 'change')} without a model, human work or unknown."
    yield from booking_lines(coverage, report.buckets)
    if coverage.skipped:
        what, where, why = coverage.skipped[0]
        more = f" And {len(coverage.skipped) - 1:,} more." if len(coverage.skipped) > 1 else ""
        yield f"Left out: {plain(where)} ({what}): {plain(why)}{more}"
    if coverage.logs_read_at and report.as_of - coverage.logs_read_at > LOGS_UNREAD:
        yield f"Logs were last read on {coverage.logs_read_at:%Y-%m-%d}; agents delete them after 30 days."


def _counted(coverage: Coverage) -> Iterator[str]:
    if coverage.calls_unpriced:
        names = ", ".join(
            f"{plain(model, 40) or 'no name'} ({count:,})" for model, count in coverage.unpriced_models[:3]
        )
        yield f"No known cost: {counted(coverage.calls_unpriced, 'call')}, by {names}; see ledger prices --unpriced."
    if coverage.calls_duplicate:
        them = counted(coverage.calls_duplicate, "possible duplicate")
        yield f"Not counted: {them}, equal to another source's call in model, tokens and time."
    yield from quality_lines(coverage)
    if coverage.changes_cost_unknown or coverage.changes_cost_partial:
        told = [(coverage.changes_cost_unknown, "unknown"), (coverage.changes_cost_partial, "partly known")]
        them = " and ".join(f"{counted(count, 'change')} of {how} cost" for count, how in told if count)
        yield f"Left out of cost per accepted: {them}."
    if coverage.changes_mixed:
        changes = counted(coverage.changes_mixed, "change")
        yield f"Led by no model: {changes} squashed from several commits, of which only some name one."
    if coverage.type_inferred_weakly:
        share = coverage.type_inferred_weakly / max(coverage.changes, coverage.type_inferred_weakly)
        them = counted(coverage.type_inferred_weakly, "change")
        yield f"Task type by a weak rule (paths, commits, keywords) or by none: {them}, {share:.0%} of all."
    if coverage.commits_without_line and coverage.commits_without_line < coverage.commits:
        yield f"Without a hook's line: {counted(coverage.commits_without_line, 'commit')}, read from git alone."


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
        yield f"{share} are estimated: their logs round or leave out tokens, or name no model."
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
