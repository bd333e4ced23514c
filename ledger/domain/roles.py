"""In which role a call was made: by what was said of it, in a written order, then by written rules (metric.md §4).

What was said, the first that applies: a tag of the session; a trailer or tag that this model reviewed or scouted the
change; `ledger use` or LEDGER_ROLE; the agent's name by the settings; the source's own word (an entry, a resource
attribute, a gateway's tag); a name that says itself what it is; a trailer or tag that the model implemented. That comes
last because it speaks of the commit: it does not make one's own explorer or reviewer an implementer.

The rules, marked `inferred`: a review command, or a verdict given on a request by who wrote nothing, reviews; a session
or subagent that wrote a file or committed implements; one that did neither scouts. A gateway tells neither, and some
logs do not, so nothing is inferred from their silence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from ledger.domain.agent_names import COMMAND, role_by, rules_in_force, usual_role
from ledger.domain.agents import plain_agent
from ledger.domain.attribution import Booking
from ledger.domain.evidence import TAG
from ledger.domain.facts import Contribution, Use
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.session_facts import Call
from ledger.domain.tagging import ROLE, by_session
from ledger.domain.told import SILENT

Run = tuple[str, str]
"""A session and a subagent of it, '' for the main thread."""


class Roles:
    """Looks up the role of booked calls."""

    def __init__(self, history: History, contributions: Mapping[str, Iterable[Contribution]]) -> None:
        self._uses = group(sorted(history.uses, key=lambda use: use.started_at), lambda use: use.worktree)
        self._worktrees = {place.directory: place.worktree for place in history.places if place.worktree}
        self._rules = rules_in_force(history.role_rules)
        self._names = {(row.session, row.id): row.name for row in history.subagents}
        self._active: set[Run] = {(row.session, row.id) for row in history.subagents if row.has_written}
        self._active |= {(row.session, "") for row in history.session_writes}
        self._active |= {(row.session, "") for row in history.session_commits}
        self._reviewing: set[Run] = {(row.session, row.subagent) for row in history.session_reviews}
        self._said = {change: list(rows) for change, rows in contributions.items()}
        self._tagged = {session: told[ROLE].text for session, told in by_session(history.tags).items() if ROLE in told}
        self._found: dict[tuple[Any, ...], tuple[str, str]] = {}

    def role(self, booking: Booking) -> tuple[str, str]:
        """(role, evidence): evidence is contribution, explicit, name or inferred; ("", "") when nothing tells.

        Judged once for all calls that are alike in what it is judged by: that is nearly all of a session's.
        """
        call = booking.call
        run = (call.session, call.subagent, call.source, call.agent_name, call.role)
        use = self._use(call)
        alike = (booking.changes, call.model, call.agent, run, use)
        found = self._found.get(alike)
        if found is None:
            found = self._found[alike] = self._judged(booking, use)
        return found

    def _judged(self, booking: Booking, use: Use | None) -> tuple[str, str]:
        call = booking.call
        name = call.agent_name or self._names.get((call.session, call.subagent), "")
        said, is_tagged = self._said_of(booking.changes, call.model, call.agent)
        rules = (
            (self._tagged.get(call.session, ""), "explicit"),
            (said if said != "implement" else "", "contribution"),
            (use.role if use and not is_tagged else "", "explicit"),
            (role_by(self._rules, name) if name else "", "name"),
            (call.role, "explicit"),
            (usual_role(name) if name and not name.startswith(COMMAND) else "", "name"),
            (said, "contribution"),
            (self._inferred(call, name), "inferred"),
        )
        return next(((role, evidence) for role, evidence in rules if role), ("", ""))

    def _said_of(self, changes: Iterable[str], model: str | None, agent: str) -> tuple[str, bool]:
        """(the one role that is said of a call's model on its changes, whether by a tag, which corrects the others).

        Where the call's agent is named beside the model, only that counts: two agents may run one model. A tag that
        names no agent is about all of them.
        """
        rows = [row for change in changes for row in self._said.get(change, ())]
        rows = [row for row in rows if row.model and row.model == model and row.role]
        own = [row for row in rows if plain_agent(row.agent) == plain_agent(agent)]
        tags = [row for row in rows if row.evidence == TAG and (row in own or not own or not row.agent)]
        roles = {row.role for row in tags or own or rows}
        return roles.pop() if len(roles) == 1 else "", bool(tags)

    def _inferred(self, call: Call, name: str) -> str:
        if name.startswith(COMMAND) and (role := usual_role(name)):
            return role
        run = (call.session, call.subagent)
        if run in self._active:
            return "implement"
        if not call.session or call.source in SILENT:
            return ""
        return "review" if run in self._reviewing else "scout"

    def _use(self, call: Call) -> Use | None:
        """The last declaration for the call's worktree that was in force at its time."""
        worktree = self._worktrees.get(call.directory)
        uses = self._uses.get(worktree, []) if worktree else []
        place = bisect_right(uses, call.at, key=lambda use: use.started_at)
        return uses[place - 1] if place and call.at < uses[place - 1].until else None
