"""Facts that git tells: commits, what they changed and became, and where branches stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from ledger.domain.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """Where a ref of one clone stood when it was last read; the only fact that is replaced, per clone, on each post."""

    key: ClassVar[Key] = ("repository_id", "clone_id", "ref")
    repository_id: str
    clone_id: str
    ref: str
    """Full name: refs/heads/main, refs/remotes/origin/main."""
    oid: str
    is_target: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRange:
    """The commits of a branch over its target, kept because branches are deleted."""

    key: ClassVar[Key] = ("repository_id", "branch", "tip")
    repository_id: str
    branch: str
    """Short name, without the remote's."""
    tip: str
    base: str
    """The merge base with the target when it was read; '' when there is none."""
    patch_id: str | None
    """Stable patch-id of `base..tip` as one diff; None when the diff is empty."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A git commit (table `git_commit`)."""

    key: ClassVar[Key] = ("oid",)
    oid: str
    parents: tuple[str, ...]
    author: str
    """Keyed hash of the address, or the address itself where `ledger.authors = plain`; `service:NAME` for a bot;
    `forgotten`.
    """
    authored_at: datetime
    committed_at: datetime
    subject: str
    request_number: int | None
    """Named by the message: `(#12)` at the end, `Merge pull request #12`, `See merge request !12` …"""
    merged_branch: str | None
    """Named by a merge message: `Merge branch 'x'`, `Merge pull request #12 from owner/x`."""
    reverts: tuple[str, ...]
    """Object ids after `This reverts commit`, `request:12` after `Reverts owner/name#12`."""
    picked_from: str | None
    """Object id after `(cherry picked from commit`."""
    squashed: tuple[str, ...]
    """Object ids that a `git merge --squash` message lists."""
    task_type: str | None
    """From the trailer `Ledger-Task` alone; other sources are concluded."""
    sessions: tuple[str, ...]
    """Session ids in trailers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitDiff:
    """What a commit changed against its first parent, read where attribution needs it; no path is kept in clear."""

    key: ClassVar[Key] = ("oid",)
    oid: str
    added: int
    deleted: int
    kinds: tuple[tuple[str, int], ...]
    """Changed lines by kind of path: source, docs, test, ci, build; sorted."""
    paths: tuple[str, ...]
    """Keyed hashes of the touched paths, sorted."""
    patch_id: str | None
    """Stable patch-id; None for merges and empty commits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitArea:
    """What the path rules of one digest say of a commit: the areas and packages it touched, with their lines."""

    key: ClassVar[Key] = ("oid", "rules")
    oid: str
    rules: str
    """Digest of the rules."""
    areas: tuple[tuple[str, int, str], ...]
    """(name, changed lines, stakes high | normal), sorted; a file in several areas counts in each."""
    packages: tuple[tuple[str, int], ...]
    """(directory of the package, changed lines), sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryCommit:
    """A commit was seen in a repository: by scanning it, in a hook's line, a reflog or a session, or by its forge."""

    key: ClassVar[Key] = ("repository_id", "oid", "evidence")
    repository_id: str
    oid: str
    evidence: str
    """scan | hook | merge (a hook after `git merge`: it made the commit only if that is a merge) | reflog | note |
    session (printed in one) | forge (listed among a request's commits)"""
    branch: str
    """Short name of the branch it was made on; '' when unknown."""
    session: str
    """Session id that the hook saw; '' when none."""
    worktree: str
    """The worktree's directory; '' when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """An edge old commit → new commit."""

    key: ClassVar[Key] = ("old", "new", "kind")
    repository_id: str
    old: str
    new: str
    kind: str
    """amend | rebase | squash | cherry-pick"""
    evidence: str
    """post-rewrite | post-commit | reflog | message"""
