"""The sentences below a report about its changes: what is decided, what stands, and whether drafts are among them."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.population import Population, populations
from ledger.domain.report import Report
from ledger.domain.screen import counted

_NAMES = {"request": "Requests", "branch": "Branches"}


def population_lines(report: Report) -> Iterator[str]:
    """One or two lines for each basis, and one about drafts; nothing of what there is none of."""
    for found in populations(report.groups):
        yield from _decided(found)
        if found.accepted:
            yield _standing(found, report.maturity.days)
    if report.coverage.drafts:
        drafts = counted(report.coverage.drafts, "draft")
        is_in = report.filters.has_drafts
        yield f"Among the requests: {drafts} (--drafts out leaves them out)." if is_in else f"Left out: {drafts}."


def _decided(found: Population) -> Iterator[str]:
    if found.bounds is None or not found.undecided:
        return
    parts = [(found.open, "open"), (found.stale, "stale"), (found.unknown, "unknown")]
    told = ", ".join(f"{count:,} {name}" for count, name in parts if count)
    yield (
        f"{_NAMES[found.basis]}: {found.bounds.hi:.0%} of {found.decided:,} decided are accepted; "
        f"{found.bounds.lo:.0%} if none of the undecided ({told}) comes to be."
    )


def _standing(found: Population, days: int) -> str:
    parts = [
        (found.verified, "verified"),
        (found.durable, f"durable ({days} days)"),
        (found.reverted, "reverted by then"),
        (found.pending, "too young to tell"),
    ]
    told = ", ".join(f"{count:,} {name}" for count, name in parts if count or name == "verified")
    return f"{_NAMES[found.basis]} accepted: {found.accepted:,}, of them {told}."
