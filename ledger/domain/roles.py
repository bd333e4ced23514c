"""In which role a call was made: explicit evidence first, then the change's contributions, then written rules.

A session that wrote no file and made no commit scouts; one that wrote or committed implements (metric.md §4). A
gateway tells neither, so nothing is inferred from its silence. The evidence is kept beside the role, so that what is
inferred can be told from what was said.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from ledger.domain.attribution import Booking
from ledger.domain.facts import Call, Contribution, Use
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.told import TELLERS

ROLES = ("implement", "review", "scout")


class Roles:
    """Looks up the role of booked calls."""

    def __init__(self, history: History, contributions: Mapping[str, Iterable[Contribution]]) -> None:
        self._uses = group(sorted(history.uses, key=lambda use: use.started_at), lambda use: use.worktree)
        self._worktrees = {place.directory: place.worktree for place in history.places if place.worktree}
        self._active = {row.session for row in history.session_writes} | {
            row.session for row in history.session_commits
        }
        self._said = {
            change: {(row.model, row.role) for row in rows if row.model and row.role}
            for change, rows in contributions.items()
        }

    def role(self, booking: Booking) -> tuple[str, str]:
        """(role, evidence): evidence is explicit, contribution or inferred; ("", "") when nothing tells."""
        call = booking.call
        if call.role:
            return call.role, "explicit"
        use = self._use(call)
        if use and use.role:
            return use.role, "explicit"
        said = {role for change in booking.changes for model, role in self._said.get(change, ()) if model == call.model}
        if len(said) == 1:
            return said.pop(), "contribution"
        if call.session in self._active:
            return "implement", "inferred"
        if not call.session or call.source in TELLERS:
            return "", ""
        return "scout", "inferred"

    def _use(self, call: Call) -> Use | None:
        """The last declaration for the call's worktree that was in force at its time."""
        worktree = self._worktrees.get(call.directory)
        uses = self._uses.get(worktree, []) if worktree else []
        place = bisect_right(uses, call.at, key=lambda use: use.started_at)
        return uses[place - 1] if place and call.at < uses[place - 1].until else None
