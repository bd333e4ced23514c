"""The last commits of a clone, and what its reflogs remember, for `ledger doctor`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from ledger.domain.unlined import Moved, Recent
from ledger.git import Git

_ENTRY = "--format=%H%x1f%gd%x1f%gs"
_AT = re.compile(r"@\{(\d+)\}$")
_LAST_SECOND = 253402300799


def recent_commits(git: Git, count: int) -> list[Recent]:
    """The last commits that the branches and worktrees of this clone reach, the youngest first."""
    if not git.has_commits:
        return []
    said = git.run("log", f"--max-count={count}", "--format=%H%x1f%ct%x1f%ce", *_heads(git), "--branches", check=False)
    rows = (line.split("\x1f") for line in said.splitlines())
    return [Recent(oid, _moment(at), committer) for oid, at, committer in rows]


def reflog_entries(git: Git) -> Iterator[Moved]:
    """Every entry about a worktree's HEAD or a branch; none where git keeps no reflog."""
    # One process each: where one of them has no reflog, git gives up all of them.
    for ref in [*_heads(git), "--branches"]:
        for line in git.run("log", "-g", "--date=unix", _ENTRY, ref, check=False).splitlines():
            oid, place, action = line.split("\x1f", 2)
            if at := _AT.search(place):
                yield Moved(oid, _moment(at[1]), action)


def _heads(git: Git) -> list[str]:
    """The HEADs of all worktrees that point at a commit, those included whose directory is gone."""
    linked = sorted(path.name for path in (git.common_dir / "worktrees").glob("*") if path.is_dir())
    named = ["main-worktree/HEAD", *(f"worktrees/{name}/HEAD" for name in linked)]
    return [ref for ref in named if git.commit_of(ref)]


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(min(int(seconds or 0), _LAST_SECOND), UTC)
