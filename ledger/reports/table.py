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

from ledger.domain.estimates import Estimate
from ledger.domain.money import shown, usd
from ledger.domain.report import Filters, Group, Report
from ledger.domain.screen import plain
from ledger.domain.tasks import MAINT
from ledger.domain.type_groups import grouped_types
from ledger.reports.footer import footer, reconciliation
from ledger.reports.spends import spend_table

_BASES = {
    "request": "Requests",
    "branch": "Branches",
    "trunk": "Trunk commits (accepted by construction: no cost per accepted change)",
}
_LONGEST_NAME = 240
"""Of a model or a line-up of models: a name that is cut short may be taken for another's."""
_WIDE = 100
"""Columns from which on there is room for how many of the accepted are verified and durable."""
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
        console.print(Text(reconciliation(report)))
    elif report.groups or report.spends:
        console.print()
    for line in footer(report):
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
    is_wide = console.width >= _WIDE
    console.print(_table(groups, filters, is_wide=is_wide))
    for note in _notes(groups):
        console.print(Padding(Text(note), (0, 0, 0, 2)))
    if len(parts) <= len(groups) and filters.by == "task_type":
        return
    shown_parts, pooled = grouped_types(parts) if filters.by == "task_type" else (parts, ())
    console.print()
    console.print(_table(_by_part(shown_parts, filters.by), filters, _part_name(filters), is_wide=is_wide))
    if pooled:
        console.print(Padding(Text(f"{MAINT}: {', '.join(pooled)}, too few of each to tell apart."), (0, 0, 0, 2)))


def _part_name(filters: Filters) -> str:
    return filters.by.removeprefix("label:").replace("_", " ")


def _whom(filters: Filters) -> str:
    """Whom changes are credited to."""
    return {"first": "first model", "lineup": "line-up"}.get(filters.credit, filters.whom.replace("lineup", "line-up"))


def _table(groups: Sequence[Group], filters: Filters, by: str = "", *, is_wide: bool = False) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    whom = _whom(filters)
    table.add_column(f"{by}, {whom}" if by else whom, overflow="fold", min_width=12)
    standing = ("verified", "durable") if is_wide else ()
    for name in ("n", "acc", *standing, "rej", "open", "acc %", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("cost per accepted", justify="left", no_wrap=True)
    last = None
    for group in groups:
        if by and group.sums.part != last:
            table.add_row(Text(plain(group.sums.part or "(none)", 60), style="bold"))
        last = group.sums.part
        table.add_row(*_cells(group, 1 if by else 0, is_wide=is_wide))
    return table


def _cells(group: Group, indent: int, *, is_wide: bool) -> Iterator[Padding | Text | str]:
    row, share = group.sums, group.acceptance.point
    yield Padding(Text(plain(row.model or "(unknown)", _LONGEST_NAME)), (0, 0, 0, indent))
    standing = (row.verified, row.durable) if is_wide else ()
    yield from (str(count) for count in (row.n, row.accepted, *standing, row.rejected + row.abandoned))
    yield str(row.open + row.stale + row.unknown)
    yield "–" if share is None else f"{share:.0%}"
    yield shown(usd(row.charged_nusd)) if row.n_cost_known or row.charged_nusd else "unknown"
    yield _cost(group)


def _by_part(groups: Sequence[Group], by: str) -> list[Group]:
    """The part with the most changes first, in each the cheapest per accepted first; months in their order."""
    if by == "month":
        return sorted(groups, key=lambda group: group.sums.part or "")
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
