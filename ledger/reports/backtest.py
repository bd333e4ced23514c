"""Rules replayed over past changes, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ledger.domain.against import CANNOT_BE_TOLD, Side
from ledger.domain.asked import judged_line
from ledger.domain.backtest import Backtest, Cell, Replay
from ledger.domain.backtested import CAVEATS, aims_of, bounds_of, findings, headline, label
from ledger.domain.estimates import Estimate, Interval
from ledger.domain.money import shown
from ledger.domain.screen import plain
from ledger.reports.cells import share
from ledger.reports.paper import blank, text_of

_MOST = 30
"""Kinds of work in the table; all stand in the JSON."""
_BASES = {"request": "Requests", "branch": "Branches"}


def render(found: Backtest, *, width: int = 80, color: bool = False) -> str:
    """The sentence, the rules, what they and the plain alternatives would have cost, each kind of work, and notes."""
    out, console = blank(width, color)
    console.print(Text(plain(headline(found), 1600), style="bold"))
    console.print()
    console.print(Text("The rules, of which the first that fits counts:"))
    for place, line in enumerate(aims_of(found), 1):
        console.print(Text(f"{place:>3}  {line}"))
    if found.decided and not found.hidden:
        console.print()
        console.print(_summary(found))
        console.print()
        console.print(_cells(found))
    console.print()
    for line in findings(found):
        console.print(Text(line))
    rest = len(found.rules.cells) - _MOST
    if rest > 0:
        console.print(Text(f"{rest:,} kinds of work with fewer changes stand in the JSON alone."))
    console.print()
    for line in CAVEATS:
        console.print(Text(line, style="dim"))
    judged = judged_line(found.as_of, found.cost, found.only)
    told = f"{_BASES[found.basis]}, a{judged[1:]}" if found.basis in _BASES else judged
    console.print(Text(told, style="dim"))
    return text_of(out, color)


def _summary(found: Backtest) -> Table:
    """The rules, each model that they name for all work, and what happened in what can be told of each."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    table.add_column("", overflow="fold", min_width=14)
    for name in ("covers", "accepted", "cost per accepted", "tries", "failing"):
        table.add_column(name, justify="right", overflow="fold")
    replays = [*_replays(found), ("", None)]
    for (title, replay), (_, following) in pairwise(replays):
        if replay is None:
            continue
        table.add_row(Text(title), f"{replay.covered:.0%}", *_side(replay.whole.rules if replay.whole else None))
        if replay.whole and (following is None or following.told != replay.told):
            table.add_row(Text("  what happened there", style="dim"), "", *_side(replay.whole.happened), style="dim")
    return table


def _replays(found: Backtest) -> Iterator[tuple[str, Replay | None]]:
    yield "these rules", found.rules
    for replay in found.always:
        yield f"always {plain(replay.aims[0].name, 120)}", replay


def _side(side: Side | None) -> Iterator[str]:
    if side is None:
        yield from ("–", "nothing is claimed", "–", "–")
        return
    yield share(side.acceptance)
    yield _cost(side.cost)
    for count in (side.attempts, side.failed_runs):
        yield "–" if count is None else f"{count:.2f}"


def _cells(found: Backtest) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    table.add_column("work", overflow="fold", min_width=5)
    for name in ("rule", "began", "accepted", "cost per accepted", "happened", "ratio"):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("", overflow="fold", min_width=12)
    for cell in found.rules.cells[:_MOST]:
        table.add_row(Text(label(cell.stratum.kind, found.repositories)), *_row(cell))
    return table


def _row(cell: Cell) -> Iterator[str]:
    row = cell.stratum
    yield "–" if row.rule is None else f"{row.rule + 1}"
    yield f"{row.own.n:,} of {row.weight:,}"
    yield share(cell.own_acceptance)
    yield _estimate(cell.own, row.own.n)
    yield shown(cell.happened.point) if cell.happened.point is not None else "–"
    yield _ratio(cell)
    yield _verdict(cell)


def _ratio(cell: Cell) -> str:
    ratio = cell.against.ratio if cell.against and not cell.against.is_same else None
    return "–" if ratio is None or ratio.point is None else f"{ratio.point:.2f}{bounds_of(ratio)}"


def _verdict(cell: Cell) -> str:
    if cell.against is not None and cell.against.is_close and cell.verdict == CANNOT_BE_TOLD:
        return "close"
    return cell.verdict


def _estimate(found: Estimate, n: int) -> str:
    if found.lower_bound is not None:
        return f"≥ {shown(found.lower_bound)}"
    return _cost(Interval(found.point, found.lo, found.hi)) if found.point is not None else "too few" if n else "–"


def _cost(found: Interval) -> str:
    if found.point is None:
        return "–"
    bounds = "" if found.lo is None or found.hi is None else f" ({shown(found.lo, '')}–{shown(found.hi, '')})"
    return f"{shown(found.point)}{bounds}"
