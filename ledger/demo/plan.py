"""What the demo's year holds, as frozen records: changes, the turns models take at them, calls, commits and runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """One billable model call; token buckets are disjoint, as Claude Code writes them."""

    at: datetime
    model: str
    input: int
    cache_read: int
    cache_write: int
    output: int
    is_subagent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCommit:
    """A `git commit` at the end of a turn."""

    at: datetime
    subject: str
    path: str
    """The file it appends to, relative to the worktree."""
    lines: int
    voice: str
    """How the commit says which model made it: environment | use | coauthor | trailer | silent | person."""
    trailers: tuple[str, ...] = ()
    """Trailers in the message itself, whole lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A CI run on the head that a turn left."""

    at: datetime
    attempt: int
    passed: bool
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One stretch of work by one model in one session; it ends in a commit or in nothing."""

    session: str
    """Claude Code's sessionId; '' for a person at work."""
    resumes: str
    """The session whose rows this one's file starts with, as after `claude --resume`; ''."""
    model: str
    role: str
    """implement | review | scout"""
    branch: str
    is_elsewhere: bool
    """The session ran in another directory: out of the repository's scope."""
    has_long_cache: bool
    """The session writes its cache for an hour, else for five minutes."""
    started_at: datetime
    calls: tuple[PlannedCall, ...]
    commit: PlannedCommit | None
    runs: tuple[PlannedRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """One pull request, from its branch to its end."""

    number: int
    model: str
    """Who tried first; '' for a person."""
    kind: str
    """feat | fix | docs"""
    title: str
    branch: str
    turns: tuple[Turn, ...]
    outcome: str
    """accepted | rejected | open"""
    landing: str
    """merge | squash, where it is accepted"""
    opened_at: datetime
    decided_at: datetime | None
    reverted_at: datetime | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A person's commit straight on the target branch."""

    at: datetime
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All that will happen, and the day the report looks back from."""

    seed: int
    started_at: datetime
    as_of: datetime
    changes: tuple[PlannedChange, ...]
    strays: tuple[Turn, ...]
    """Sessions that reached no commit, and one that ran elsewhere."""
    releases: tuple[Release, ...]
