"""Which Codex sessions are of one family, so that what a fork replays of its parent is known as the parent's.

A fork's file begins with its parent's rows under new times. Rows of one family with the same running total are one
call, even where the parent's file is gone: then siblings share what they replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.fields import record, text
from ledger.domain.session_facts import SessionParent

FORK, SUBAGENT, APART = "fork", "subagent", "apart"
REVIEW = "/review"
"""What stands for Codex's own reviewer: `codex review`, and `/review` within a session."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a rollout says it is."""

    id: str
    parent: str
    """The session it was forked from or spawned by; ''."""
    session: str
    """The session at the top, where the file names it; ''."""
    is_subagent: bool
    name: str
    """The agent's role or kind as Codex calls it, `/review` for its own reviewer; ''."""
    starts_at: int | None
    """The ordinal of its own first row, where what comes before is inherited."""

    def origin(self) -> SessionParent | None:
        """What it goes back to; None for a session of its own."""
        if not self.id or not self.parent or self.parent == self.id:
            return None
        kind = FORK if not self.is_subagent else SUBAGENT if self.starts_at is None else APART
        return SessionParent(session=self.id, parent=self.parent, kind=kind)


def remembered(kept: Mapping[str, Any]) -> Identity:
    """The identity that an earlier reading kept; a field that it did not know yet is empty."""
    named = {name: kept.get(name, "") for name in ("id", "parent", "session", "name")}
    return Identity(**named, is_subagent=bool(kept.get("is_subagent")), starts_at=kept.get("starts_at"))


def identity_of(payload: Mapping[str, Any]) -> Identity:
    """The identity in a `session_meta` row's payload."""
    source = record(payload.get("source"))
    subagent = source.get("subagent")
    spawn = record(record(subagent).get("thread_spawn"))
    parent = payload.get("forked_from_id") or payload.get("parent_thread_id") or spawn.get("parent_thread_id")
    kind = REVIEW if subagent == "review" else subagent if isinstance(subagent, str) else record(subagent).get("other")
    named = payload.get("agent_role") or spawn.get("agent_role") or kind
    starts_at = payload.get("subagent_history_start_ordinal")
    return Identity(
        id=text(payload.get("id")),
        parent=text(parent),
        session=text(payload.get("session_id")),
        is_subagent=bool(subagent or payload.get("source") == "subagent" or payload.get("parent_thread_id")),
        name=text(named)[:100],
        starts_at=starts_at if isinstance(starts_at, int) and not isinstance(starts_at, bool) else None,
    )


class Lineage:
    """Family and generation of each session, from what their files say of their parents."""

    def __init__(self, parents: Iterable[SessionParent]) -> None:
        self._parents: dict[str, str] = {}
        self._bosses: dict[str, str] = {}
        for row in sorted(parents, key=lambda each: (each.session, each.parent)):
            if row.kind != APART:
                self._parents.setdefault(row.session, row.parent)
            if row.kind != FORK:
                self._bosses.setdefault(row.session, row.parent)

    def place(self, session: str) -> tuple[str, int]:
        """(family, generation) of a session: its earliest known ancestor, and how far that is."""
        chain, circle = _chain(session, self._parents)
        return min(circle) if circle else chain[-1], len(chain) - 1

    def top(self, session: str) -> str:
        """The session that a subagent works for in the end; a session that is no subagent is its own."""
        chain, circle = _chain(session, self._bosses)
        return min(circle) if circle else chain[-1]

    def relatives(self, sessions: Iterable[str]) -> frozenset[str]:
        """The sessions of these ones' families that have parents or children, themselves included."""
        wanted = {self.place(each)[0] for each in sessions}
        known = {*self._parents, *self._parents.values()}
        return frozenset(each for each in known if self.place(each)[0] in wanted)

    @property
    def has_subagents(self) -> bool:
        """Whether any session is known to have worked for another one."""
        return bool(self._bosses)


def _chain(session: str, parents: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """A session and its ancestors up to the first; and those of them that are their own ancestors, by a slip."""
    chain = [session]
    while parent := parents.get(chain[-1]):
        if parent in chain:
            return chain, chain[chain.index(parent) :]
        chain.append(parent)
    return chain, []
