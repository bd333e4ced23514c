"""What stands beside a report's tables: the groups at one mix of work, and with what refused changes cost people."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.asked import chosen
from ledger.domain.mixes import Mix
from ledger.domain.money import shown, usd
from ledger.domain.narrowed import mix_of
from ledger.domain.report import Report
from ledger.domain.screen import plain

_FEW = 5
"""Groups that a sentence names."""


def beside(report: Report) -> Iterator[str]:
    """A line each; names are plain, for any format to escape."""
    for mix in report.mixes:
        yield _mix_line(mix, mix_of(report.filters.by))
        for one, other in mix.reversed[:_FEW]:
            yield f"{plain(one)} looks cheaper than {plain(other)} by the work it was given; for the same it is dearer."
    for group in report.groups:
        found = group.fallback
        if found and found.point is not None and report.filters.fallback_nusd:
            bounds = f" ({shown(found.lo, '')}–{shown(found.hi, '')})" if found.lo and found.hi else ""
            yield (
                f"{plain(group.sums.model or '(unknown)')}: {shown(found.point)}{bounds} per accepted change, with "
                f"{shown(usd(report.filters.fallback_nusd))} for each that was not accepted."
            )
    filters = report.filters
    if only := chosen(filters.since, filters.until, filters.only):
        yield f"Only changes {only} are in the tables; the sums of all calls are of everything."


def _mix_line(mix: Mix, words: str) -> str:
    if not mix.rows:
        return f"At one mix of {words}: not told, since only {mix.covered:.0%} of it is work that all of them did."
    told = ", ".join(
        f"{plain(row.name)} {shown(row.standard.cost_per_accepted.point)} ({row.standard.rate:.0%} accepted)"
        for row in mix.rows[:_FEW]
    )
    more = f" and {len(mix.rows) - _FEW} more" if len(mix.rows) > _FEW else ""
    part = "" if mix.covered > 0.995 else f", over the {mix.covered:.0%} of it that all of them worked on"
    return f"Per accepted change at one mix of {words}{part}: {told}{more}."
