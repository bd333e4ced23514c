"""A team's clones and how complete their ledger is, as text."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.screen import counted, plain
from ledger.domain.team import Team
from ledger.reports.rows import as_table


def as_text(team: Team, width: int) -> str:
    """Clones, then the weeks; each line ends, none names a person."""
    return "".join(f"{line}\n" for line in _lines(team, width))


def _lines(team: Team, width: int) -> Iterator[str]:
    yield f"{counted(len(team.clones), 'clone')} heard of:"
    for clone in team.clones:
        told = f"{counted(clone.facts, 'fact')}, usage of {counted(clone.sessions, 'session')}"
        yield f"  {clone.id}  {'this one' if clone.is_this else told}"
    yield ""
    if not team.weeks:
        yield "No change that a model had a part in is known yet."
        return
    rows = [
        (week.week, plain(week.agent, 40) or "unknown", week.changes, week.known, f"{week.known / week.changes:.0%}")
        for week in team.weeks
    ]
    yield "Changes by the week they were opened in, and those of known cost:"
    yield as_table(("week", "agent", "changes", "known", "share"), rows, width).rstrip("\n")
