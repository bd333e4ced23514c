"""Format `table`: for a terminal of 80 columns or more, colour only where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ledger.domain.advice import LOGS_UNREAD
from ledger.domain.costing import KINDS
from ledger.domain.credit import CREDITS
from ledger.domain.estimates import Estimate
from ledger.domain.money import shown, usd
from ledger.domain.report import BEHIND, Filters, Group, Report
from ledger.domain.screen import counted, plain
from ledger.domain.sums import Coverage
from ledger.domain.tasks import MAINT
from ledger.domain.type_groups import grouped_types
from ledger.reports.footer import WORTH_A_WARNING, booking_lines, cost_lines, quality_lines
from ledger.reports.spends import spend_table

_BASES = {
    "request": "Requests",
    "branch": "Branches",
    "trunk": "Trunk commits (accepted by construction: no cost per accepted change)",
}
_LONGEST_NAME = 240
"""Of a model or a line-up of models: a name that is cut short may be taken for another's."""
_STYLES = {"solid": "green", "indicative": "yellow", "insufficient": "dim", "none": "dim"}


def render(report: Report, *, width: int = 80, color: bool = False) -> str:
    """The report as text: headline, models, models by task type, reconciliation, coverage."""
    out = StringIO()
    console = Console(
        file=out,
        width=max(width, 60),
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        highlight=False,
    )
    console.print(Text(plain(report.headline, 600), style="bold"))
    if report.next_step:
        console.print(Text("Next: " + report.next_step))
    if report.filters.credit == "own":
        _print_spends(console, report)
    for basis, groups in groupby(report.groups, key=lambda group: group.sums.basis):
        parts = [group for group in report.by_part if group.sums.basis == basis]
        _print_basis(console, basis, list(groups), parts, report.filters)
    if report.buckets.total:
        console.print()
        console.print(Text(_reconciliation(report)))
    elif report.groups or report.spends:
        console.print()
    for line in _footer(report):
        console.print(Text(line, style="dim"))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines()) if not color else out.getvalue()


def _print_spends(console: Console, report: Report) -> None:
    by = _part_name(report.filters)
    console.print()
    console.print(spend_table(report.spends))
    if report.spends_by_part and (by != "task type" or len({row.part for row in report.spends_by_part}) > 1):
        console.print()
        console.print(spend_table(report.spends_by_part, by))


def _print_basis(
    console: Console, basis: str, groups: Sequence[Group], parts: Sequence[Group], filters: Filters
) -> None:
    console.print()
    console.print(Text(_BASES[basis], style="underline"))
    if basis == "trunk":
        console.print(_trunk_table(groups, filters))
        return
    console.print(_table(groups, filters))
    for note in _notes(groups):
        console.print(Padding(Text(note), (0, 0, 0, 2)))
    if len(parts) <= len(groups) and filters.by == "task_type":
        return
    shown_parts, pooled = grouped_types(parts) if filters.by == "task_type" else (parts, ())
    console.print()
    console.print(_table(_by_part(shown_parts), filters, _part_name(filters)))
    if pooled:
        console.print(Padding(Text(f"{MAINT}: {', '.join(pooled)}, too few of each to tell apart."), (0, 0, 0, 2)))


def _part_name(filters: Filters) -> str:
    return filters.by.removeprefix("label:").replace("_", " ")


def _whom(filters: Filters) -> str:
    """Whom changes are credited to."""
    return {"first": "first model", "lineup": "line-up"}.get(filters.credit, "model")


def _table(groups: Sequence[Group], filters: Filters, by: str = "") -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    whom = _whom(filters)
    table.add_column(f"{by}, {whom}" if by else whom, overflow="fold", min_width=12)
    for name in ("n", "acc", "rej", "open", "acc %", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("cost per accepted", justify="left", no_wrap=True)
    last = None
    for group in groups:
        if by and group.sums.part != last:
            table.add_row(Text(plain(group.sums.part or "(none)", 60), style="bold"))
        last = group.sums.part
        table.add_row(*_cells(group, 1 if by else 0))
    return table


def _cells(group: Group, indent: int) -> Iterator[Padding | Text | str]:
    row, share = group.sums, group.acceptance.point
    yield Padding(Text(plain(row.model or "(unknown)", _LONGEST_NAME)), (0, 0, 0, indent))
    yield from (str(count) for count in (row.n, row.accepted, row.rejected + row.abandoned))
    yield str(row.open + row.stale + row.unknown)
    yield "–" if share is None else f"{share:.0%}"
    yield shown(usd(row.charged_nusd)) if row.n_cost_known or row.charged_nusd else "unknown"
    yield _cost(group)


def _by_part(groups: Sequence[Group]) -> list[Group]:
    """The part with the most changes first, in each the cheapest per accepted first."""
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group.sums.part or ""] = sizes.get(group.sums.part or "", 0) + group.sums.n
    return sorted(groups, key=lambda group: (-sizes[group.sums.part or ""], group.sums.part or ""))


def _trunk_table(groups: Sequence[Group], filters: Filters) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    table.add_column(_whom(filters), overflow="fold", min_width=12)
    for name in ("n", "survived", "reverted", "too young", "cost", "per survivor"):
        table.add_column(name, justify="right", no_wrap=True)
    for group in groups:
        row = group.sums
        each = shown(usd(row.base_nusd) / row.durable) if row.durable and row.n_cost_known == row.n else "–"
        table.add_row(
            Text(plain(row.model or "(unknown)", _LONGEST_NAME)),
            str(row.n),
            str(row.durable),
            str(row.reverted),
            str(row.pending),
            shown(usd(row.charged_nusd)) if row.n_cost_known or row.charged_nusd else "unknown",
            each,
        )
    return table


def _cost(group: Group) -> Text:
    found = group.estimate
    if group.hidden:
        return Text("not shown", style="dim")
    if found.lower_bound is not None:
        return Text(f"≥ {shown(found.lower_bound)} (0 of {group.sums.base_n})", style="dim")
    if found.point is None:
        return Text("too few", style="dim")
    return Text(f"{_interval(found)} {found.strength}", style=_STYLES[found.strength])


def _interval(found: Estimate) -> str:
    bounds = "" if found.lo is None or found.hi is None else f" ({shown(found.lo, '')}–{shown(found.hi, '')})"
    return shown(found.point) + bounds


def _notes(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        name = plain(group.sums.model or "(unknown)", _LONGEST_NAME)
        if group.is_all_in_shown:
            yield f"{name}: {shown(group.all_in)} all-in, with its work that reached no change."
        if group.hidden:
            yield f"{name}: not shown, because {group.hidden}."


def _reconciliation(report: Report) -> str:
    buckets = report.buckets
    names = ("accepted", "rejected", "abandoned", "stale", "open", "unknown", "unattributed")
    parts = " + ".join(f"{name} {shown(usd(getattr(buckets, name)))}" for name in names if getattr(buckets, name))
    share = buckets.unattributed / buckets.total
    warning = f" {share:.0%} is unattributed." if share > WORTH_A_WARNING else ""
    return f"All calls {shown(usd(buckets.total))} = {parts}.{warning}"


def _footer(report: Report) -> Iterator[str]:
    coverage = report.coverage
    if not report.is_settled:
        yield BEHIND
    yield (
        f"As of {report.as_of:%Y-%m-%d %H:%M} UTC: "
        f"{counted(coverage.commits, 'commit')}, {counted(coverage.calls, 'call')}, "
        f"costs {KINDS[report.cost_kind]}."
    )
    yield f"Credit {report.filters.credit}: {CREDITS[report.filters.credit]}."
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
        yield f"No known price: {counted(coverage.calls_unpriced, 'call')}, by {names}; see ledger prices --unpriced."
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
