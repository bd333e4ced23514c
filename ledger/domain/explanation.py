"""What `ledger show` tells of one change: every figure with what is behind it."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.domain.conclusions import Attempt, Change, ChangeCommit, Charge
from ledger.domain.facts import Commit, Contribution, Event, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A change with its commits, contributions, charges, attempts, runs, events and reverts."""

    change: Change
    outcome: str
    aliases: tuple[str, ...]
    commits: tuple[tuple[ChangeCommit, Commit | None], ...]
    """Commits of the change; None for one that was rewritten away before it was read."""
    contributions: tuple[Contribution, ...]
    charges: tuple[Charge, ...]
    attempts: tuple[Attempt, ...]
    runs: tuple[Run, ...]
    events: tuple[Event, ...]
    reverts: tuple[Commit, ...]
    """Commits that say that they revert one of the change's."""
