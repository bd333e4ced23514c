"""Format `markdown`: for a job's summary and a comment on a request, on GitHub and GitLab.

The headline stands first, then one small table, then what was not counted; everything else is folded (ci.md §6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ledger.domain.conclusions import OwnSpend
from ledger.domain.markdown import escaped, table
from ledger.domain.money import shown, usd
from ledger.domain.report import Group, Report
from ledger.domain.screen import counted
from ledger.domain.sticky import Part, page
from ledger.domain.tasks import MAINT
from ledger.domain.type_groups import grouped_types
from ledger.reports import cells
from ledger.reports.footer import footer, reconciliation

MOST_ROWS = 15
_LONGEST_NAME = 120
_SPENT = {
    "accepted": "accepted_nusd",
    "failed": "failed_nusd",
    "undecided": "undecided_nusd",
    "no change": "unattributed_nusd",
    "cost": "nusd",
}


def render(report: Report, *, width: int = 80, color: bool = False) -> str:  # noqa: ARG001 - for terminals only
    """The report as a page of Markdown that GitHub and GitLab show alike."""
    return page(parts(report))


def parts(report: Report) -> list[Part]:
    """The page in pieces: what stands open first, then what is folded and may be left out of a comment."""
    bases = [list(groups) for _, groups in groupby(report.groups, key=lambda group: group.sums.basis)]
    opening = [f"**{escaped(report.headline, 600)}**"]
    opening += [f"Next: {escaped(report.next_step, 600)}"] if report.next_step else []
    found = [Part("\n\n".join(opening))]
    if report.filters.credit == "own":
        found.append(Part(_spends(report)))
    found += [Part(_basis(report, groups)) for groups in bases[:1]]
    if report.buckets.total:
        found.append(Part(escaped(reconciliation(report), 2000)))
    found += [Part(_basis(report, groups), cells.BASES[groups[0].sums.basis]) for groups in bases[1:]]
    notes = "".join(f"- {escaped(line, 1000)}\n" for line in footer(report))
    return [*found, Part(notes, "What this rests on, and what is not counted")]


def _basis(report: Report, groups: Sequence[Group]) -> str:
    """The table of one basis, the models as a whole first, and below it what is to be said of single rows."""
    basis, filters = groups[0].sums.basis, report.filters
    whom = f"{cells.BASES[basis].partition(' (')[0]}: {cells.whom(filters)}"
    if basis == "trunk":
        return _limited((whom, *cells.SURVIVED), [[_name(group), *cells.survival(group)] for group in groups], 1)
    parts_of, pooled = _by_part(report, [group for group in report.by_part if group.sums.basis == basis], len(groups))
    rows = [_row(group, "all") for group in groups]
    rows += [_row(group, escaped(group.sums.part or "(none)", 60)) for group in parts_of]
    text = _limited((whom, cells.part_name(filters), *cells.counted(), "cost per accepted"), rows, 2)
    said = [f"{MAINT}: {', '.join(pooled)}, too few of each to tell apart."] if pooled else []
    said += [note for group in groups for note in cells.notes(group, _name(group))]
    return text + "".join(f"\n{note}\n" for note in said[:MOST_ROWS])


def _by_part(report: Report, groups: Sequence[Group], models: int) -> tuple[list[Group], tuple[str, ...]]:
    """The rows by part, and which task types are told as one; none where each model has one task type only."""
    if report.filters.by != "task_type":
        return cells.in_order(groups, report.filters), ()
    found, pooled = grouped_types(groups) if len(groups) > models else ((), ())
    return cells.in_order(found, report.filters), pooled


def _limited(columns: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> str:
    left = len(rows) - MOST_ROWS
    more = f"\n+{counted(left, 'more row')} in JSON: `ledger report --format json`.\n" if left > 0 else ""
    return table([escaped(name, 80) for name in columns], rows[:MOST_ROWS], texts) + more


def _row(group: Group, part: str) -> list[str]:
    return [_name(group), part, *cells.counts(group), cells.cost(group)]


def _name(row: Group | OwnSpend) -> str:
    model = row.model if isinstance(row, OwnSpend) else row.sums.model
    return escaped(model or "(unknown)", _LONGEST_NAME)


def _spends(report: Report) -> str:
    """Credit `own`: each model's own cost by role, whoever led the change."""
    rows = [[_name(row), escaped(row.role or "(unknown)", 20), f"{row.calls:,}", *_spent(row)] for row in report.spends]
    return _limited(("model", "role", "calls", *_SPENT), rows, 2)


def _spent(row: OwnSpend) -> Iterator[str]:
    for name, field in _SPENT.items():
        nusd = getattr(row, field)
        is_unknown = name == "cost" and row.calls_unpriced == row.calls
        yield "unknown" if is_unknown else shown(usd(nusd)) if nusd else "–"
