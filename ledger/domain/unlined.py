"""Why a commit has no line of a hook: judged from what this clone's reflogs remember and who committed it.

A clone's reflog tells which commits were made in it and how others came in; it goes back ninety days (hooks.md §1.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.diagnosis import Group

BEFORE = "before"
ELSEWHERE = "elsewhere"
HERE = "here"
UNKNOWN = "unknown"
REASONS = {
    HERE: "made here without hooks",
    BEFORE: "made before any hook was installed",
    ELSEWHERE: "made in another clone, on the forge, or in a worktree that is gone",
    UNKNOWN: "older than this clone's reflog, so nobody can tell",
}
"""Reason → what it says to a person, the one to do something about first."""

_NAMED = 3
_FORGES = frozenset({"noreply@github.com", "noreply@gitlab.com", "noreply@bitbucket.org"})
_ARRIVED = re.compile(
    r"$|(?:push|initial pull)$|(?:checkout|reset|clone|fetch|[Bb]ranch)\b[^:]*:"
    r"|(?:rebase|pull)\b[^:]*\((?:start|finish|abort)\)|rebase finished"
    r"|(?:merge|pull)\b.*: Fast-forward$|cherry-pick: fast-forward$"
)
"""What git writes where HEAD or a branch comes to a commit that was there before."""
_COMPLETE = re.compile(r"commit \(initial\)|initial pull")
"""What the oldest entry says where nothing of the reflog has expired; a clone's first entry proves it by itself."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A commit that is looked at."""

    oid: str
    committed_at: datetime
    committer: str
    """The address of who committed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry of a reflog: HEAD or a branch came to a commit."""

    oid: str
    at: datetime
    action: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What a clone's reflogs remember."""

    made: dict[str, datetime]
    """Commit → when it was made here."""
    since: datetime | None
    """How far back they go; None: nothing is remembered."""
    is_complete: bool
    """They begin with the clone, so a commit that is not in `made` was made elsewhere."""


def remember(entries: Iterable[Moved]) -> Memory:
    """What the entries of all reflogs tell together."""
    made: dict[str, datetime] = {}
    since: datetime | None = None
    is_complete = is_cloned = False
    for entry in entries:
        is_cloned = is_cloned or entry.action.startswith("clone: ")
        is_start = _COMPLETE.match(entry.action) is not None
        if since is None or entry.at < since:
            since, is_complete = entry.at, is_start
        elif entry.at == since:
            is_complete = is_complete or is_start
        if not _ARRIVED.match(entry.action):
            made[entry.oid] = min(entry.at, made.get(entry.oid, entry.at))
    return Memory(made, since, is_complete or is_cloned)


def reason(commit: Recent, memory: Memory, hooks_since: datetime | None) -> str:
    """Why no hook told of a commit, a key of REASONS."""
    made_at = memory.made.get(commit.oid)
    if made_at is not None:
        return BEFORE if hooks_since is None or made_at <= hooks_since else HERE
    if commit.committer.lower() in _FORGES or memory.is_complete:
        return ELSEWHERE
    if memory.since is not None and commit.committed_at >= memory.since:
        return ELSEWHERE
    return BEFORE if hooks_since is None or commit.committed_at < hooks_since else UNKNOWN


def without_line(
    commits: Sequence[Recent], lined: AbstractSet[str], memory: Memory, hooks_since: datetime | None
) -> tuple[Group, ...]:
    """The commits that no line tells of, by reason in the order of REASONS; the youngest first in each."""
    sorted_out: dict[str, list[Recent]] = {}
    for commit in sorted(commits, key=lambda each: (each.committed_at, each.oid), reverse=True):
        if commit.oid not in lined:
            sorted_out.setdefault(reason(commit, memory, hooks_since), []).append(commit)
    return tuple(
        Group(name, len(found), tuple(each.oid for each in found[:_NAMED]), found[0].committed_at)
        for name in REASONS
        if (found := sorted_out.get(name))
    )
