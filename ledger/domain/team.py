"""How complete a team's ledger is: which clones told something, and of how much of the work the cost is known.

No name of a person is among it: a clone is a random id, and the rest is counted by week and agent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.grouping import group

WEEKS = 8
"""So many weeks are told, the last ones with a change."""


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone that was heard of."""

    id: str
    facts: int
    """Facts that it told through the shared refs."""
    sessions: int
    """Sessions that it told the usage of."""
    is_this: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A change that a model had a part in, as far as this asks."""

    at: datetime
    agent: str
    """'' when unknown."""
    is_known: bool
    """All of its cost."""


@dataclass(frozen=True, slots=True)
class Week:
    """The changes of one agent that were opened in one week."""

    week: str
    """ISO 8601: 2026-W09."""
    agent: str
    changes: int
    known: int
    """Those of known cost."""


@dataclass(frozen=True, slots=True)
class Team:
    """Clones, and weeks from the latest on."""

    clones: tuple[Clone, ...]
    weeks: tuple[Week, ...]


def weeks(changes: Iterable[Opened]) -> tuple[Week, ...]:
    """The changes by week and agent: the last WEEKS weeks that have any, the latest first."""
    found = group(changes, lambda change: (_week(change.at), change.agent))
    last = sorted({week for week, _ in found}, reverse=True)[:WEEKS]
    return tuple(
        Week(week, agent, len(rows), sum(row.is_known for row in rows))
        for week in last
        for (each, agent), rows in sorted(found.items())
        if each == week
    )


def _week(at: datetime) -> str:
    year, week, _ = at.isocalendar()
    return f"{year:04d}-W{week:02d}"
