"""Retry loops and second reviews: a table of each for a terminal, and an object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ledger.domain.alike import Alike
from ledger.domain.asked import judged_line
from ledger.domain.estimates import Sums, estimate
from ledger.domain.loops import Retries, RetrySums
from ledger.domain.mixes import LEAST
from ledger.domain.money import exact, shown, usd
from ledger.domain.screen import counted, plain
from ledger.domain.second import Second, Seconds
from ledger.reports.json_figures import bounded, interval, rounded, usd_text
from ledger.reports.paper import blank, text_of

FORMAT = 1
_LONGEST = 240
_BASES = {"request": "Requests", "branch": "Branches"}
_OBSERVED = (
    "Observed, not an experiment: changes that nobody wants are closed unreviewed, so a review looks better than it is."
)


def render_retries(found: Retries, form: str, *, width: int = 80, color: bool = False) -> str:
    """Tries, failing runs and what failed tries cost, in format `table` or `json`."""
    if form == "json":
        return json.dumps(_retries(found), indent=2, ensure_ascii=True) + "\n"
    out, console = blank(width, color)
    if not found.rows:
        console.print(Text("No request or branch is decided, so nothing can be said of tries."))
    who = found.whom.replace("lineup", "line-up")
    for basis, rows in groupby(found.rows, key=lambda row: row.basis):
        console.print(Text(_BASES[basis], style="underline"))
        console.print(_retry_table(list(rows), who))
        console.print()
        parts = [row for row in found.by_part if row.basis == basis]
        console.print(_retry_table(parts, f"{_words(found.by)}, {who}", has_parts=True))
        console.print()
    for line in _retry_notes(found):
        console.print(Text(line, style="dim"))
    return text_of(out, color)


def render_reviews(found: Seconds, form: str, *, width: int = 80, color: bool = False) -> str:
    """With and without a second model's review, in format `table` or `json`."""
    if form == "json":
        return json.dumps(_reviews(found), indent=2, ensure_ascii=True) + "\n"
    out, console = blank(width, color)
    if not any(row.reviewed.n for row in found.rows):
        console.print(Text("No decided change of known cost was reviewed by a second model before it was decided."))
    for basis, rows in groupby(found.rows, key=lambda row: row.basis):
        console.print(Text(_BASES[basis], style="underline"))
        console.print(_review_table(list(rows), _words(found.by)))
        console.print()
    for line in _review_notes(found):
        console.print(Text(line, style="dim"))
    return text_of(out, color)


def _words(by: str) -> str:
    return by.removeprefix("label:").replace("_", " ")


def _table(first: str, *others: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False)
    table.add_column(first, overflow="fold", min_width=12)
    for name in others:
        table.add_column(name, justify="right", overflow="fold")
    return table


def _retry_table(rows: Sequence[RetrySums], first: str, *, has_parts: bool = False) -> Table:
    """Per accepted change: tries, failing runs, and what failed tries cost."""
    table = _table(first, "decided", "acc", "tries", "failing", "1st pass", "failed cost", "share")
    last = None
    for row in rows:
        if has_parts and row.part != last:
            table.add_row(Text(plain(row.part or "(none)", 60), style="bold"))
        last = row.part
        indent = " " if has_parts else ""
        table.add_row(Text(indent + plain(row.who or "(unknown)", _LONGEST)), *_retry_cells(row))
    return table


def _retry_cells(row: RetrySums) -> Iterator[str]:
    yield f"{row.decided:,}"
    yield f"{row.accepted:,}"
    for count in (row.attempts, row.failed_runs):
        each = row.per_accepted(count)
        yield "–" if each is None else f"{each:.2f}"
    yield "–" if row.first_pass is None else f"{row.first_pass:.0%}"
    cost = row.per_accepted(row.failed_nusd)
    yield "unknown" if not row.charged_nusd else "–" if cost is None else shown(cost / 1e9)
    yield "–" if row.failed_share is None else f"{row.failed_share:.0%}"


def _retry_notes(found: Retries) -> Iterator[str]:
    yield (
        "Tries, failing runs and what failed tries cost are per accepted change; share: of what the changes cost. "
        "1st pass: of the changes with test runs, those whose first one passed."
    )
    yield "A commit that fails and then passes is flaky and in none of this; every try at a refused change failed."
    partly = sum(row.decided - row.n_cost_known for row in found.rows)
    if partly:
        yield f"A lower bound: the cost of {counted(partly, 'change')} is not or not wholly known."
    yield judged_line(found.as_of, found.cost, found.only)


def _review_table(rows: Sequence[Second], first: str) -> Table:
    table = _table(first, "reviewed", "acc %", "alone", "acc %", "gain", "pays above", "")
    for row in rows:
        name = "all" if row.part is None else plain(row.part or "(none)", 60)
        table.add_row(Text(name, style="" if row.part else "bold"), *_review_cells(row))
        if row.part is None and row.at_one_mix and row.at_one_mix.gain.point is not None:
            table.add_row(Text("at one mix", style="bold"), *_mix_cells(row.at_one_mix))
    return table


def _review_cells(row: Second) -> Iterator[str]:
    for sums in (row.reviewed, row.alone):
        yield f"{sums.n:,}"
        yield f"{sums.accepted / sums.n:.0%}" if sums.n else "–"
    yield from _gain_cells(row)


def _mix_cells(found: Alike) -> Iterator[str]:
    for n, rate in zip((found.reviewed, found.alone), found.rates, strict=True):
        yield f"{n:,}"
        yield f"{rate:.0%}"
    yield from _gain_cells(found)


def _gain_cells(row: Second | Alike) -> Iterator[str]:
    gain = row.gain
    yield "–" if gain.point is None else f"{gain.point:.2f} ({gain.lo:.2f}–{gain.hi:.2f})"
    yield "–" if row.break_even is None else f"{row.break_even:.2f}"
    yield row.verdict


def _review_notes(found: Seconds) -> Iterator[str]:
    yield (
        "Reviewed: by another model than the lead's, before it was decided. Gain: the share accepted with a review to "
        "that without, with its 95 % interval; a review pays if it is above 1 + its cost / the cost of all else."
    )
    for row in found.rows:
        costs = [estimate(each).point for each in (row.reviewed, row.alone)]
        if row.part is None and costs[0] is not None and costs[1] is not None:
            review = f", {shown(row.review_cost)} of each change is the review" if row.review_cost else ""
            yield f"{_BASES[row.basis]}: {shown(costs[0])} per accepted change with, {shown(costs[1])} without{review}."
        if row.part is None and row.aside:
            them = counted(row.aside, "change")
            yield f"In neither: {them} reviewed after the decision, or nobody knows when or by whom."
        if row.part is None and row.reviewed.n and row.review_cost is None:
            yield "What these reviews cost is not known, so neither is whether they pay."
    yield from _mix_notes(found)
    if found.is_over_several:
        yield "Several repositories are pooled here, so the intervals are narrower than they should be."
    yield _OBSERVED
    yield judged_line(found.as_of, found.cost, found.only)


def _mix_notes(found: Seconds) -> Iterator[str]:
    """What the row at one mix is, or why there is none."""
    told = [(row.basis, row.at_one_mix) for row in found.rows if row.part is None and row.at_one_mix]
    if any(mix.gain.point is not None for _, mix in told):
        yield (
            "At one mix: of lead models and of parts, where changes of both were reviewed and were not. The other rows "
            "mix in who led: a model that is accepted anyway, and reviewed more often, makes a review look good."
        )
    for basis, mix in told:
        if mix.gain.point is not None:
            yield f"{_BASES[basis]}: {mix.covered:.0%} of the changes are at the mix."
        elif mix.covered < LEAST:
            yield (
                f"{_BASES[basis]}: not told at one mix of lead models, since only {mix.covered:.0%} of the changes are "
                "of models and parts with both."
            )


def _retries(found: Retries) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "as_of": found.as_of.isoformat(),
        "whom": found.whom,
        "by": found.by,
        "cost": found.cost,
        "rows": [_retry_row(row) for row in (*found.rows, *found.by_part)],
    }


def _retry_row(row: RetrySums) -> dict[str, Any]:
    names = ("decided", "accepted", "n_cost_known", "attempts", "failed_runs", "failed_attempts")
    cost = row.per_accepted(row.failed_nusd) if row.charged_nusd else None
    return {
        "basis": row.basis,
        "who": row.who,
        "part": row.part,
        **{name: getattr(row, name) for name in names},
        "attempts_per_accepted": rounded(row.per_accepted(row.attempts)),
        "failed_runs_per_accepted": rounded(row.per_accepted(row.failed_runs)),
        "failed_attempts_usd": exact(row.failed_nusd) if row.charged_nusd else None,
        "failed_attempts_usd_per_accepted": None if cost is None else f"{usd(round(cost)):.6f}",
        "failed_share": rounded(row.failed_share),
        "first_pass": {"yes": row.first_pass_yes, "no": row.first_pass_no, "unknown": row.first_pass_unknown},
    }


def _reviews(found: Seconds) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "as_of": found.as_of.isoformat(),
        "by": found.by,
        "cost": found.cost,
        "observed": _OBSERVED,
        "is_over_several": found.is_over_several,
        "rows": [_review_row(row) for row in found.rows],
    }


def _review_row(row: Second) -> dict[str, Any]:
    return {
        "basis": row.basis,
        "part": row.part,
        "reviewed": _side(row.reviewed),
        "alone": _side(row.alone),
        "aside": row.aside,
        "review_usd": usd_text(row.review_cost),
        "other_usd": usd_text(row.other_cost),
        "gain": interval(row.gain),
        "break_even": rounded(row.break_even),
        "verdict": row.verdict or None,
        "ratio": interval(row.comparison.ratio),
        "is_different": row.comparison.is_different,
        "at_one_mix": None if row.at_one_mix is None else _alike(row.at_one_mix),
    }


def _alike(found: Alike) -> dict[str, Any]:
    return {
        "covered": rounded(found.covered),
        "reviewed": {"n": found.reviewed, "acceptance": rounded(found.rates[0])},
        "alone": {"n": found.alone, "acceptance": rounded(found.rates[1])},
        "gain": interval(found.gain),
        "break_even": rounded(found.break_even),
        "verdict": found.verdict or None,
    }


def _side(sums: Sums) -> dict[str, Any]:
    found = estimate(sums)
    return {
        "n": sums.n,
        "accepted": sums.accepted,
        "cost_usd": exact(sums.cost_nusd),
        "cost_per_accepted": bounded(found),
    }
