"""The facts: what was read from the world, kept for ever; here those that people and configuration tell, and the list.

One record per fact table; a field is a column of the same name. `key` names the columns of the natural key.
Times are aware UTC. Money is integer nano-USD. '' in a key field and None elsewhere mean unknown.
Rules of merging: `ledger.domain.merging`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from ledger.domain.forge_facts import Event, Request, Run, SyncMark
from ledger.domain.git_facts import BranchRange, Commit, CommitArea, CommitDiff, RepositoryCommit, Rewrite, Tip
from ledger.domain.keys import Key
from ledger.domain.session_facts import (
    Call,
    Price,
    Session,
    SessionCommit,
    SessionParent,
    SessionReview,
    SessionWrite,
    Subagent,
)
from ledger.domain.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository by its local surrogate; a fork is its own."""

    key: ClassVar[Key] = ("id",)
    id: str
    """16 hex digits of the hash over the sorted root commits and the first-seen origin."""
    name: str
    """Shown to people: the last two parts of the remote, else the directory's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryAlias:
    """Another name of a repository: a normalised remote `host/owner/name`, a forge's numeric id, or a root commit."""

    key: ClassVar[Key] = ("alias", "repository_id")
    alias: str
    repository_id: str
    kind: str
    """remote | forge | root"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryLabel:
    """A label that an organisation gives a repository: team, cost centre."""

    key: ClassVar[Key] = ("repository_id", "label")
    repository_id: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A directory that an agent worked in or git knows as a worktree; local, never shared."""

    key: ClassVar[Key] = ("directory",)
    directory: str
    """As the agent wrote it; `repository:ID` for facts that came without a directory."""
    repository_id: str | None
    """None: not (yet) known to belong to a repository of this ledger, so out of scope."""
    worktree: str | None
    """The top directory of the worktree that holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRules:
    """The path rules and the label map of a clone's configuration, and since when it has them."""

    key: ClassVar[Key] = ("repository_id", "clone_id")
    repository_id: str
    clone_id: str
    rules: str
    """Digest of the path rules."""
    labels: tuple[tuple[str, str], ...]
    """(label in lower case, task type), sorted."""
    is_configured: bool
    """A file says so; False where these are the rules of every repository."""
    at: datetime
    """When the clone was first posted from with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A model, with its agent and role, took part in a commit or request, and how we know."""

    key: ClassVar[Key] = ("repository_id", "subject", "role", "agent", "model_raw", "evidence")
    repository_id: str
    subject: str
    """Object id of a commit, or `request:12`."""
    role: str
    """implement | review | scout; '' when unknown."""
    agent: str
    """'' when unknown."""
    model_raw: str
    """As written; '' when no model was named."""
    model: str | None
    """Normalised, e.g. `claude-opus-4-8`."""
    provider: str | None
    family: str | None
    evidence: str
    """tag | statement | journal | note | trailer | coauthor | author | footer | branch, from the surest on"""
    at: datetime
    """For a note, when the notes were read: as of that commit of theirs."""
    variant: str = ""
    """How the model was called, e.g. `1m`, `high`, `fast`; ''."""
    lines: int | None = None
    """Lines that a note says are the model's; None without one."""
    scope: str = ""
    """`mixed`: it stands in the squash of several commits, and not for each of them; ''."""
    task_type: str = ""
    """What kind of work a note says it was; ''."""
    sessions: tuple[str, ...] = ()
    """The agent's sessions that a note names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """`ledger tag`: a person said what a commit, request or session is; the newest that is not taken back holds.

    Which model made a commit or request is a Contribution of evidence `tag`.
    """

    key: ClassVar[Key] = ("repository_id", "subject", "name", "text")
    repository_id: str
    subject: str
    """Object id of a commit, `request:12`, or `session:ID`."""
    name: str
    """task; of a session also role, and change: what its calls are booked to."""
    text: str
    """A task type; a role; an object id or `request:12`."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """`ledger use`: a person said which model works in a worktree, in which role, from when to when."""

    key: ClassVar[Key] = ("repository_id", "worktree", "started_at")
    repository_id: str
    worktree: str
    started_at: datetime
    until: datetime
    branch: str
    agent: str
    model_raw: str
    role: str
    task_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """Which role agents of a name have, as the settings of one clone say it since then; the latest word holds."""

    key: ClassVar[Key] = ("repository_id", "clone_id", "pattern")
    repository_id: str
    clone_id: str
    pattern: str
    """An agent's name, in small letters, with `*` for any letters."""
    role: str
    """implement | review | scout; '' when the rule was taken back."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeRule:
    """Which forge a repository is on, as the settings of one clone say it since then (`ledger.forge`)."""

    key: ClassVar[Key] = ("repository_id", "clone_id")
    repository_id: str
    clone_id: str
    forge: str
    """github, gitlab … or none; '' when the setting was taken back."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry kept word for word: of an unknown kind or a later version, or a statement or retraction."""

    key: ClassVar[Key] = ("id",)
    id: str
    kind: str
    text: str


Fact = (
    Repository
    | RepositoryAlias
    | RepositoryLabel
    | Place
    | Tip
    | BranchRange
    | Commit
    | CommitDiff
    | CommitArea
    | RepositoryRules
    | RepositoryCommit
    | Rewrite
    | Contribution
    | Tag
    | Use
    | Session
    | SessionParent
    | SessionCommit
    | SessionWrite
    | Subagent
    | SessionReview
    | RoleRule
    | ForgeRule
    | Call
    | Usage
    | Price
    | Run
    | Request
    | Event
    | SyncMark
    | Entry
)

KINDS: dict[str, type[Any]] = {
    "repository": Repository,
    "repository_alias": RepositoryAlias,
    "repository_label": RepositoryLabel,
    "place": Place,
    "tip": Tip,
    "branch_range": BranchRange,
    "git_commit": Commit,
    "commit_diff": CommitDiff,
    "commit_area": CommitArea,
    "repository_rules": RepositoryRules,
    "repository_commit": RepositoryCommit,
    "rewrite": Rewrite,
    "contribution": Contribution,
    "tag": Tag,
    "use_period": Use,
    "session": Session,
    "session_parent": SessionParent,
    "session_commit": SessionCommit,
    "session_write": SessionWrite,
    "subagent": Subagent,
    "session_review": SessionReview,
    "role_rule": RoleRule,
    "forge_rule": ForgeRule,
    "call": Call,
    "usage": Usage,
    "price": Price,
    "run": Run,
    "request": Request,
    "event": Event,
    "sync_mark": SyncMark,
    "entry": Entry,
}
"""Fact table → record, parents before children."""
