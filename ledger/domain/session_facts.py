"""Facts that agents and gateways tell: sessions, what was done in them, calls and the rates of their prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from ledger.domain.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One run of an agent."""

    key: ClassVar[Key] = ("id",)
    id: str
    """The agent's own id, e.g. Claude Code's sessionId."""
    agent: str
    agent_version: str | None
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParent:
    """A session goes back to another one: its log begins with the other's rows, or it worked for it."""

    key: ClassVar[Key] = ("session", "parent")
    session: str
    parent: str
    kind: str
    """fork: it goes on from what the other had | subagent: it worked for the other, and may repeat what that had |
    apart: a subagent that says where its own rows begin, so that it repeats nothing"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCommit:
    """A `git commit` call made in a session, as the transcript tells it."""

    key: ClassVar[Key] = ("id",)
    id: str
    """The tool call's id, or session and time."""
    session: str
    directory: str
    started_at: datetime
    ended_at: datetime
    printed_id: str
    """Abbreviated object id that git printed; '' when it printed none."""
    branch: str
    subject: str
    """As git printed it; where it printed none, the mark of the command's (`commit_commands.mark_of`), or ''."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWrite:
    """A session wrote a file; the path is a keyed hash, relative to the worktree where that is known."""

    key: ClassVar[Key] = ("session", "path")
    session: str
    path: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subagent:
    """A subagent's run within a session: what it is called, and whether it wrote a file or made a commit."""

    key: ClassVar[Key] = ("session", "id")
    session: str
    id: str
    """As in `Call.subagent`."""
    name: str
    """The agent definition it ran; '' when unknown."""
    has_written: bool
    at: datetime
    """When it was first told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReview:
    """A session gave its verdict on a request, as the transcript tells it (`gh pr review`)."""

    key: ClassVar[Key] = ("id",)
    id: str
    """The tool call's id."""
    session: str
    subagent: str
    """'' for the main thread."""
    directory: str
    at: datetime
    request_number: int | None
    """None: the request of a branch."""
    branch: str = ""
    """The branch that was named in place of a number; '' for the one that was checked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One billable model call. Token buckets are disjoint; `output` includes `reasoning`."""

    key: ClassVar[Key] = ("event_key",)
    event_key: str
    """`source/natural id`, unique over all files and sessions."""
    source: str
    session: str
    """Owner: the session of the earliest copy; '' when unknown."""
    directory: str
    """Owner: the place of the earliest copy; '' when unknown."""
    branch: str
    """Owner: the branch the agent logged; '' when unknown, `HEAD` when detached."""
    at: datetime
    """Owner: time of the earliest copy."""
    agent: str
    agent_version: str | None
    model_raw: str
    model: str | None
    provider: str | None
    family: str | None
    role: str
    """Only when the source itself says so; '' otherwise."""
    subject: str
    """Object id or `request:12` when the source itself books the call; '' otherwise."""
    task_type: str = ""
    """What kind of work a tag of the source's says it is; ''."""
    agent_name: str = ""
    """What the log calls who was at work within the agent: a subagent's definition, a mode, a command (`/review`)."""
    subagent: str = ""
    """The subagent's run within the session; '' for the main thread, and where the log does not tell."""
    is_subagent: bool
    input: int | None
    """Uncached input tokens; None where nobody told how much went in: the cache's buckets then hold what is known."""
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    output: int | None
    """None where nobody told how much came out."""
    reasoning: int | None
    web_searches: int
    speed: str
    """standard | fast | ''"""
    service_tier: str
    region: str
    """Where inference ran if it is priced by place (`us`); ''."""
    request_id: str
    reported_nusd: int | None
    reported_kind: str
    """list | billed | proxy, in nano-USD; credits | premium, in billionths of the seller's own units; ''"""
    quality: str
    """final | placeholder | estimated | aggregate | rollup"""
    best_rank: tuple[int, int, str, str]
    """Which copy the numbers came from: (main thread 1 or sidechain 0, output, time, row id); the largest wins."""
    owner_rank: tuple[str, int, str]
    """Which copy the ownership came from: (time, 1 if the file is not the session's, session); the smallest wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The rates that a call's list cost is computed with; kept, so that a rebuild needs no price table."""

    key: ClassVar[Key] = ("provider", "model_raw", "day", "speed", "service_tier", "region")
    provider: str
    model_raw: str
    day: str
    """YYYY-MM-DD, UTC."""
    speed: str
    service_tier: str
    region: str
    priced_as: str | None
    """The price table's id of the model; None when it has none: the call stays unpriced."""
    match: str
    """exact | override; fuzzy | mode | missing: unpriced, and why"""
    tiers: tuple[tuple[int, int, int, int, int, int], ...]
    """(from input tokens above, input, cache read, 5 m write, 1 h write, output): nano-USD per million tokens."""
    web_search_nusd: int
    """Nano-USD per web search; 0 in a table's price: not known."""
    table_version: str
