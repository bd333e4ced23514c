"""The facts: what was read from the world, kept for ever.

One record per fact table; a field is a column of the same name. `key` names the columns of the natural key.
Times are aware UTC. Money is integer nano-USD. '' in a key field and None elsewhere mean unknown.
Rules of merging: `ledger.domain.merging`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

Key = tuple[str, ...]


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
class RepositoryCommit:
    """A commit was seen in a repository: by scanning it, by a hook's line, in a reflog, or printed in a session."""

    key: ClassVar[Key] = ("repository_id", "oid", "evidence")
    repository_id: str
    oid: str
    evidence: str
    """scan | hook | merge (a hook after `git merge`: it made the commit only if that is a merge) | reflog | note |
    session (printed in one)"""
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
    """None: the request of the branch that was checked out."""


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
    """Nano-USD per web search."""
    table_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One CI or local test run on a commit."""

    key: ClassVar[Key] = ("repository_id", "run", "attempt")
    repository_id: str
    run: str
    """The provider's id of the run and job, unique in the repository."""
    attempt: int
    oid: str
    request_number: int | None
    name: str
    conclusion: str
    """passed | failed | cancelled | skipped | unknown"""
    is_required: bool
    tests: int | None
    failures: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A pull or merge request as the forge described it last; the newest `at` wins."""

    key: ClassVar[Key] = ("repository_id", "number")
    repository_id: str
    number: int
    title: str
    state: str
    """open | closed | merged"""
    head_ref: str
    head_oid: str
    base_ref: str
    merge_oid: str
    opened_at: datetime
    merged_at: datetime | None
    closed_at: datetime | None
    labels: tuple[str, ...]
    is_draft: bool
    commits: tuple[str, ...]
    """Object ids of its commits where the source lists them."""
    at: datetime
    """When it was described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something the forge or git said about a request or commit."""

    key: ClassVar[Key] = ("repository_id", "subject", "kind", "at")
    repository_id: str
    subject: str
    """`request:12` or an object id."""
    kind: str
    """opened | merged | closed | reopened | reviewed | reverted | restored"""
    at: datetime
    actor: str
    """Keyed hash; '' when unknown."""
    verdict: str
    """For reviews: approved | changes_requested | commented; ''."""
    oid: str
    """The commit it is about: merge commit, reviewed head; ''."""


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
    | Call
    | Price
    | Run
    | Request
    | Event
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
    "call": Call,
    "price": Price,
    "run": Run,
    "request": Request,
    "event": Event,
    "entry": Entry,
}
"""Fact table → record, parents before children."""
