"""Which Codex sessions are of one family, so that what a fork replays of its parent is known as the parent's.

A fork's file begins with its parent's rows under new times. Rows of one family with the same running total are one
call, whichever file is read first and even where the parent's is gone: then siblings share what they replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.fields import record, text


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a rollout says it is."""

    id: str
    parent: str
    """The session it was forked from or spawned by; ''."""
    session: str
    """The session at the top, where the file names it; ''."""
    is_subagent: bool
    role: str
    starts_at: int | None
    """The ordinal of its own first row, where what comes before is inherited."""


_ROLES = {"review": "review", "reviewer": "review", "explorer": "scout", "scout": "scout"}


def identity_of(payload: Mapping[str, Any]) -> Identity:
    """The identity in a `session_meta` row's payload."""
    source = record(payload.get("source"))
    subagent = source.get("subagent")
    spawn = record(record(subagent).get("thread_spawn"))
    parent = payload.get("forked_from_id") or payload.get("parent_thread_id") or spawn.get("parent_thread_id")
    named = payload.get("agent_role") or spawn.get("agent_role") or subagent
    starts_at = payload.get("subagent_history_start_ordinal")
    return Identity(
        id=text(payload.get("id")),
        parent=text(parent),
        session=text(payload.get("session_id")),
        is_subagent=bool(subagent or payload.get("source") == "subagent" or payload.get("parent_thread_id")),
        role=_ROLES.get(text(named).lower(), ""),
        starts_at=starts_at if isinstance(starts_at, int) and not isinstance(starts_at, bool) else None,
    )


class Lineage:
    """Family and generation of each session; what was once settled stays, since calls were posted by it."""

    def __init__(self, settled: Mapping[str, Any]) -> None:
        self._settled: dict[str, tuple[str, int]] = {name: (row[0], row[1]) for name, row in settled.items()}
        self._parents: dict[str, str] = {}

    def learn(self, identities: Iterable[Identity]) -> None:
        """Note the parents that files name; one that says where its own rows begin needs none."""
        for found in identities:
            if found.id and found.parent and found.parent != found.id and found.starts_at is None:
                self._parents.setdefault(found.id, found.parent)

    def place(self, session: str) -> tuple[str, int]:
        """(family, generation) of a session: its earliest known ancestor, and how far that is."""
        chain = [session]
        while chain[-1] not in self._settled and (parent := self._parents.get(chain[-1])) and parent not in chain:
            chain.append(parent)
        family, generation = self._settled.get(chain[-1], (chain[-1], 0))
        if len(chain) > 1:
            for steps, name in enumerate(reversed(chain)):
                self._settled.setdefault(name, (family, generation + steps))
        return family, generation + len(chain) - 1

    def settled(self) -> dict[str, tuple[str, int]]:
        """Families of more than one, to be remembered."""
        return self._settled
