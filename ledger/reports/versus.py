"""A comparison of two, as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ledger.domain.asked import judged_line
from ledger.domain.comparing import Comparison
from ledger.domain.costing import KINDS
from ledger.domain.estimates import Estimate, Interval
from ledger.domain.money import shown
from ledger.domain.narrowed import mix_of
from ledger.domain.report import Group
from ledger.domain.screen import plain
from ledger.domain.versus import Contest, Pair, Versus
from ledger.reports.paper import blank, text_of

_LONGEST = 240
_BASES = {"request": "Requests", "branch": "Branches"}


def render(contest: Contest, *, width: int = 80, color: bool = False) -> str:
    """The sentence, and for each basis the parts, both at one mix, both as they are, and acceptance beside."""
    out, console = blank(width, color)
    console.print(Text(plain(contest.headline, 1200), style="bold"))
    for found in contest.bases:
        console.print()
        console.print(Text(_BASES[found.basis], style="underline"))
        console.print(_table(contest, found))
        for line in _lines(contest, found):
            console.print(Text(line))
    console.print()
    for line in _footer(contest):
        console.print(Text(line, style="dim"))
    return text_of(out, color)


def _table(contest: Contest, found: Versus) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    table.add_column(contest.by.removeprefix("label:").replace("_", " "), overflow="fold", min_width=8)
    for name in (contest.one, contest.other):
        table.add_column(Text(plain(name, _LONGEST)), overflow="fold", min_width=14)
    table.add_column("ratio", overflow="fold", min_width=10)
    table.add_column("", overflow="fold", min_width=10)
    for each in found.parts if len(found.parts) > 1 else ():
        table.add_row(Text(plain(each.part or "(none)", 60)), *_cells(each))
    if found.mix:
        costs = [_interval(side.cost_per_accepted) for side in (found.mix.one, found.mix.other)]
        table.add_row("at one mix", *costs, _ratio(found.mix.ratio), Text(_told(found.mix.ratio)))
    table.add_row("all", *_cells(found.whole), style="bold")
    return table


def _cells(found: Pair) -> Iterator[Text]:
    yield from (_cost(group) for group in (found.one, found.other))
    yield _ratio(found.comparison.ratio)
    yield Text("" if found.hidden else _verdict(found.comparison))


def _cost(group: Group | None) -> Text:
    if group is None:
        return Text("–", style="dim")
    if group.hidden:
        return Text("not shown", style="dim")
    if group.estimate.lower_bound is not None:
        return Text(f"≥ {shown(group.estimate.lower_bound)} (0 of {group.base.n})")
    if group.estimate.point is None:
        return Text(f"too few ({group.base.n})", style="dim")
    return _interval(group.estimate)


def _interval(found: Interval | Estimate) -> Text:
    bounds = f" ({shown(found.lo, '')}–{shown(found.hi, '')})" if found.lo and found.hi else ""
    return Text("–" if found.point is None else shown(found.point) + bounds)


def _ratio(found: Interval) -> Text:
    bounds = f" ({found.lo:.2f}–{found.hi:.2f})" if found.lo and found.hi else ""
    return Text("–" if found.point is None else f"{found.point:.2f}{bounds}")


def _verdict(found: Comparison) -> str:
    if found.ratio.point is None:
        return ""
    if found.is_different or found.is_close:
        return "close" if not found.is_different else _told(found.ratio)
    return "open" if found.needed is None else f"open; {found.needed:,} each"


def _told(ratio: Interval) -> str:
    if ratio.lo is None or ratio.hi is None:
        return ""
    return "cheaper" if ratio.hi < 1 else "dearer" if ratio.lo > 1 else "open"


def _lines(contest: Contest, found: Versus) -> Iterator[str]:
    one, other = plain(contest.one, _LONGEST), plain(contest.other, _LONGEST)
    groups = [(name, group) for name, group in ((one, found.whole.one), (other, found.whole.other)) if group]
    shares = [
        f"{name} {group.acceptance.point:.0%} of {group.base.n:,}"
        for name, group in groups
        if group.acceptance.point is not None
    ]
    more = found.whole.comparison.more_accepted
    points = ""
    if more.point is not None and more.lo is not None and more.hi is not None:
        points = f"; {more.point * 100:+.0f} points ({more.lo * 100:+.0f} to {more.hi * 100:+.0f})"
    if shares:
        yield f"Accepted: {', '.join(shares)}{points}."
    extra = found.mix.per_extra if found.mix else found.whole.comparison.per_extra
    if extra is not None:
        where = f", at one mix of {mix_of(contest.by)}" if found.mix else ""
        yield f"Each further change that the more accepted one gets accepted costs {shown(extra)}{where}."
    if found.mix and found.mix.covered < 0.995:
        yield f"The mix is over the {found.mix.covered:.0%} of all changes of which both have a like."
    if found.whole.hidden:
        yield f"Not compared: {found.whole.hidden}."


def _footer(contest: Contest) -> Iterator[str]:
    yield (
        f"{judged_line(contest.as_of, contest.cost, contest.only)} Ratios are of {plain(contest.one, 80)} to "
        f"{plain(contest.other, 80)}, with 95 % intervals; different is what excludes 1."
    )
    if contest.cost == KINDS["effective"]:
        yield "What seats cost by the call depends on how busy their month was, so it compares no models."
    if contest.on_trunk:
        yield f"Not compared: {contest.on_trunk:,} commits on trunk, accepted by construction."
    yield "Observed, not an experiment: compare within one kind of work, and see acceptance beside cost."
