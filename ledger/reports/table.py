"""Format `table`: for a terminal of 80 columns or more, colour only where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ledger.domain.report import Filters, Group, Report
from ledger.domain.screen import plain
from ledger.domain.tasks import MAINT
from ledger.domain.type_groups import grouped_types
from ledger.reports import cells
from ledger.reports.footer import footer, reconciliation
from ledger.reports.paper import blank, text_of
from ledger.reports.spends import spend_table

_LONGEST_NAME = 240
"""Of a model or a line-up of models: a name that is cut short may be taken for another's."""
_WIDE = 100
"""Columns from which on there is room for how many of the accepted are verified and durable."""
_STYLES = {"solid": "green", "indicative": "yellow", "insufficient": "dim", "none": "dim"}


def render(report: Report, *, width: int = 80, color: bool = False) -> str:
    """The report as text: headline, models, models by task type, reconciliation, coverage."""
    out, console = blank(width, color)
    console.print(Text(plain(report.headline, 1200), style="bold"))
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
    return text_of(out, color)


def _print_spends(console: Console, report: Report) -> None:
    by = cells.part_name(report.filters)
    console.print()
    console.print(spend_table(report.spends))
    if report.spends_by_part and (by != "task type" or len({row.part for row in report.spends_by_part}) > 1):
        console.print()
        console.print(spend_table(report.spends_by_part, by))


def _print_basis(
    console: Console, basis: str, groups: Sequence[Group], parts: Sequence[Group], filters: Filters
) -> None:
    console.print()
    console.print(Text(cells.BASES[basis], style="underline"))
    if basis == "trunk":
        console.print(_trunk_table(groups, filters))
        return
    is_wide = console.width >= _WIDE
    console.print(_table(groups, filters, is_wide=is_wide))
    for note in (note for group in groups for note in cells.notes(group, _name(group))):
        console.print(Padding(Text(note), (0, 0, 0, 2)))
    if len(parts) <= len(groups) and filters.by == "task_type":
        return
    shown_parts, pooled = grouped_types(parts) if filters.by == "task_type" else (parts, ())
    console.print()
    console.print(_table(cells.in_order(shown_parts, filters), filters, cells.part_name(filters), is_wide=is_wide))
    if pooled:
        console.print(Padding(Text(f"{MAINT}: {', '.join(pooled)}, too few of each to tell apart."), (0, 0, 0, 2)))


def _table(groups: Sequence[Group], filters: Filters, by: str = "", *, is_wide: bool = False) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    whom = cells.whom(filters)
    table.add_column(f"{by}, {whom}" if by else whom, overflow="fold", min_width=12)
    for name in cells.counted(is_wide=is_wide):
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
    yield Padding(Text(_name(group)), (0, 0, 0, indent))
    yield from cells.counts(group, is_wide=is_wide)
    found = group.estimate
    is_faint = group.hidden or found.point is None
    yield Text(cells.cost(group), style="dim" if is_faint else _STYLES[found.strength])


def _name(group: Group) -> str:
    return plain(group.sums.model or "(unknown)", _LONGEST_NAME)


def _trunk_table(groups: Sequence[Group], filters: Filters) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    table.add_column(cells.whom(filters), overflow="fold", min_width=12)
    for name in cells.SURVIVED:
        table.add_column(name, justify="right", no_wrap=True)
    for group in groups:
        table.add_row(Text(_name(group)), *cells.survival(group))
    return table
