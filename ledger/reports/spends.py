"""The table of credit `own`: where the money went, by model and role."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ledger.domain.conclusions import OwnSpend
from ledger.domain.grouping import group
from ledger.domain.money import shown, usd
from ledger.domain.screen import plain

_SUMS = (
    ("accepted", "accepted_nusd"),
    ("failed", "failed_nusd"),
    ("undecided", "undecided_nusd"),
    ("no change", "unattributed_nusd"),
    ("cost", "nusd"),
)


def spend_table(rows: Sequence[OwnSpend], by: str = "") -> Table:
    """The rows under their parts, the dearest part first; in whole with a row that sums them."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    table.add_column(f"{by}, model" if by else "model", overflow="fold", min_width=12)
    table.add_column("role", no_wrap=True)
    table.add_column("calls", justify="right", no_wrap=True)
    for name, _ in _SUMS:
        table.add_column(name, justify="right", no_wrap=True)
    for part, mine in sorted(group(rows, lambda row: row.part).items(), key=_dearest_first):
        if by:
            table.add_row(Text(plain(part or "(none)", 60), style="bold"))
        for row in mine:
            table.add_row(*_cells(row, " " if by else ""))
    if not by and rows:
        sums = (_sum(sum(getattr(row, field) for row in rows)) for _, field in _SUMS)
        table.add_row("all", "", f"{sum(row.calls for row in rows):,}", *sums, style="bold")
    return table


def _dearest_first(part: tuple[str | None, list[OwnSpend]]) -> tuple[int, str]:
    return -sum(row.nusd for row in part[1]), part[0] or ""


def _cells(row: OwnSpend, indent: str) -> list[Text | str]:
    name = Text(indent + plain(row.model or "(unknown)", 60))
    sums = [_sum(getattr(row, field)) for _, field in _SUMS]
    if row.calls_unpriced == row.calls:
        sums[-1] = "unknown"
    return [name, Text(plain(row.role or "(unknown)", 20)), f"{row.calls:,}", *sums]


def _sum(nusd: int) -> str:
    return shown(usd(nusd)) if nusd else "–"
