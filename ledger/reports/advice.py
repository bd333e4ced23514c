"""The evidence before a choice, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ledger.domain.advised import headline, notes
from ledger.domain.advising import Advice, Ranking, Tried
from ledger.domain.asked import judged_line
from ledger.domain.screen import plain
from ledger.reports import cells
from ledger.reports.paper import blank, text_of

_LONGEST = 240


def render(found: Advice, *, width: int = 80, color: bool = False) -> str:
    """The sentence, the steps with what each holds, models, line-ups where they differ, and what is said below."""
    out, console = blank(width, color)
    console.print(Text(plain(headline(found), 1200), style="bold"))
    console.print()
    console.print(_steps(found))
    for title, ranking in (("model", found.models), ("line-up", found.lineups)):
        if ranking.tried and (title == "model" or found.has_lineups):
            console.print()
            console.print(_table(title, ranking))
    console.print()
    for line in notes(found):
        console.print(Text(line))
    console.print(Text(judged_line(found.as_of, found.cost, found.only), style="dim"))
    return text_of(out, color)


def _grid(first: str, *others: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    table.add_column(first, overflow="fold", min_width=12)
    for name in others:
        table.add_column(name, justify="right", overflow="fold")
    return table


def _steps(found: Advice) -> Table:
    """The told one has an arrow."""
    table = _grid("such work", "changes", "known", "comparable", "")
    for place, each in enumerate(found.rungs):
        told = place == found.at
        counts = (f"{count:,}" for count in (each.n, each.base_n, each.ranked))
        table.add_row(
            Text(plain(each.step.words, 120)), *counts, "← told" if told else "", style="bold" if told else ""
        )
    return table


def _table(title: str, ranking: Ranking) -> Table:
    table = _grid(title, "n", "acc", "acc %", "cost per accepted", "tries", "failing")
    for each in ranking.tried:
        table.add_row(Text(plain(each.name or "(unknown)", _LONGEST)), *_cells(each))
    return table


def _cells(each: Tried) -> Iterator[str]:
    share = each.group.acceptance
    yield f"{each.group.sums.n:,}"
    yield f"{each.group.sums.accepted:,}"
    has_bounds = share.point is not None and share.lo is not None and share.hi is not None
    yield f"{share.point:.0%} ({share.lo:.0%}–{share.hi:.0%})" if has_bounds else "–"
    yield cells.cost(each.group)
    tries = each.retries
    for count in (tries.attempts, tries.failed_runs) if tries else (None, None):
        per = tries.per_accepted(count) if tries and count is not None else None
        yield "–" if per is None else f"{per:.2f}"
