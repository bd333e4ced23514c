"""What the logs of all agents have alike: calls with disjoint buckets, and the sessions and places around them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ledger.domain.facts import Fact, Place
from ledger.domain.merging import merge_sessions
from ledger.domain.models import parse_model
from ledger.domain.session_facts import Call, Session

_UNKNOWN: dict[str, Any] = {
    **dict.fromkeys(("directory", "branch", "role", "subject", "speed", "service_tier", "region", "request_id"), ""),
    **dict.fromkeys(("agent_version", "reported_nusd")),
    "reported_kind": "",
    "is_subagent": False,
    "cache_write_1h": 0,
    "web_searches": 0,
    "quality": "final",
}
"""What a call has where its log tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Disjoint buckets; `output` includes `reasoning`."""

    input: int | None = 0
    """None where the log does not tell it."""
    cache_read: int = 0
    cache_write: int = 0
    output: int | None = 0
    """None where the log does not tell it."""
    reasoning: int | None = None

    def __bool__(self) -> bool:
        return bool(self.input or self.cache_read or self.cache_write or self.output)


def inclusive(*, whole: int, cache_read: int, cache_write: int, output: int, reasoning: int | None) -> Tokens:
    """Buckets of a log whose input includes what came from and went to the cache.

    More in the cache than in the whole is a slip of the log: it is cut to the whole, never below zero.
    """
    cache_read = min(cache_read, whole)
    cache_write = min(cache_write, whole - cache_read)
    return Tokens(
        input=whole - cache_read - cache_write,
        cache_read=cache_read,
        cache_write=cache_write,
        output=output,
        reasoning=None if reasoning is None else min(reasoning, output),
    )


def make_call(
    agent: str,
    natural_key: str,
    session: str,
    at: datetime,
    model_raw: str,
    tokens: Tokens,
    *,
    is_copy: bool = False,
    **known: Any,
) -> Call:
    """A call as an agent logged it, with whatever else is `known` of it by the names of its fields.

    The fullest copy has the numbers; the earliest, and of equally early ones the one that `is_copy` does not say to
    be of another session, owns it.
    """
    model = parse_model(model_raw)
    moment_text = at.isoformat()
    told = {
        "event_key": f"{agent}/{natural_key}",
        "source": agent,
        "session": session,
        "at": at,
        "agent": agent,
        "model_raw": model_raw[:200],
        "model": model.name,
        "provider": model.provider,
        "family": model.family,
        "input": tokens.input,
        "cache_read": tokens.cache_read,
        "cache_write_5m": tokens.cache_write,
        "output": tokens.output,
        "reasoning": tokens.reasoning,
        "best_rank": (1, tokens.output or 0, moment_text, session),
        "owner_rank": (moment_text, int(is_copy), session),
    }
    return Call(**{**_UNKNOWN, **told, **known})


def digest(*parts: object) -> str:
    """32 hex digits that stand for the parts, in their order."""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Logbook:
    """Tells each place once, with the first call made there, and each session at the end."""

    def __init__(self) -> None:
        self._places: set[str] = set()
        self._sessions: dict[str, tuple[Session, datetime]] = {}

    def enter(self, call: Call) -> Iterator[Fact]:
        """The call, after its place where that is new."""
        if call.directory and call.directory not in self._places:
            self._places.add(call.directory)
            yield Place(directory=call.directory, repository_id=None, worktree=None)
        if call.session:
            self.attend(call.session, call.agent, call.agent_version, call.at)
        yield call

    def attend(self, session: str, agent: str, version: str | None, at: datetime) -> None:
        """Note that a session was at work then."""
        known = self._sessions.get(session)
        if known and at > known[0].started_at:  # so it goes on: only its end may move
            self._sessions[session] = known[0], max(known[1], at)
            return
        row = Session(id=session, agent=agent, agent_version=version, started_at=at, ended_at=at)
        row = merge_sessions(replace(known[0], ended_at=known[1]), row) if known else row
        self._sessions[session] = row, row.ended_at

    def sessions(self) -> Iterator[Session]:
        """The sessions seen since this was asked last, from their first to their last call."""
        found, self._sessions = self._sessions, {}
        yield from (replace(first, ended_at=end) for first, end in found.values())
