"""What `ledger doctor` found out: records that the checks fill in and the formats write down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

BROKEN = "broken"
ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know, in one sentence: what, where, what to do."""

    code: str
    """A short name that stays the same, for programs."""
    severity: str
    """broken: it does not do what it was set up for · advice: it works, and could do better."""
    says: str


@dataclass(frozen=True, slots=True)
class HookRun:
    """One thing that git runs for an event, or would."""

    source: str
    """config | file"""
    name: str
    owner: str
    """ledger, the manager's name, or other."""
    runs: bool
    why_not: str = ""
    where: str = ""
    """The file; of a hook in the configuration the scope that sets it."""
    via: str = ""
    """How the ledger's hook is reached by it; '' where it is not."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A hook that somebody moved away."""

    path: str
    owner: str


@dataclass(frozen=True, slots=True)
class EventState:
    """What happens for one event."""

    event: str
    runs: tuple[HookRun, ...]
    aside: tuple[Aside, ...] = ()

    @property
    def ways(self) -> tuple[str, ...]:
        """Every way in which the ledger's hook is reached."""
        return tuple(run.via for run in self.runs if run.via and run.runs)


@dataclass(frozen=True, slots=True)
class HooksState:
    """Where git takes hooks from in this worktree, and what it would run."""

    git_version: tuple[int, int]
    takes_config: bool
    directory: str
    hooks_path: str
    """core.hooksPath as it is written; '' where it is not set."""
    scope: str
    """Where that is set: system, global, local, worktree."""
    events: tuple[EventState, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Commits without a hook's line that have the same reason."""

    reason: str
    """A key of `unlined.REASONS`."""
    count: int
    latest: tuple[str, ...]
    """The ids of the youngest few."""
    latest_at: datetime


@dataclass(frozen=True, slots=True)
class CommitsState:
    """The last commits of this clone, by whether a hook told of them."""

    looked_at: int
    without_line: int
    groups: tuple[Group, ...]
    hooks_since: datetime | None
    """When the hooks were first here; None where they never were."""


@dataclass(frozen=True, slots=True)
class CommitTime:
    """What an empty commit takes in a repository made for it, with the ledger's hooks and without any."""

    rounds: int
    plain_ms: float
    """The median without hooks."""
    hooked_ms: float
    """The median with the ledger's hooks and a trailer to write, if they may."""

    @property
    def ratio(self) -> float:
        """How many times as long a commit takes with the hooks."""
        return self.hooked_ms / self.plain_ms if self.plain_ms else 0.0


@dataclass(frozen=True, slots=True)
class Flag:
    """A setting, and the file in which the hook looks for it."""

    key: str
    """In git's configuration."""
    path: str
    wanted: str
    """What the configuration says."""
    there: str
    """What the file says."""


@dataclass(frozen=True, slots=True)
class PostingState:
    """How far the ledger is behind what happened."""

    interpreter: str
    """The Python that posts in the background; '' where none is named."""
    has_interpreter: bool
    """It is there."""
    drain_error: str
    """When posting in the background last failed, and why; '' where it did not."""
    database: str
    """Where the ledger is; a password is hidden."""
    schema: str
    """The database's schema; '' where there is no ledger yet, or it cannot be opened."""
    is_readable: bool
    """It has the schema of this program; else what follows is not known."""
    posted_at: datetime | None
    lines_waiting: int | None
    """Lines of the journal that are not posted; None where the ledger cannot tell."""
    logs_read_at: datetime | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class AgentState:
    """An agent that is on this machine."""

    name: str
    names_its_model: bool
    """Its settings let it tell the hooks its session and model."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything together."""

    repository: str
    hooks: HooksState
    commits: CommitsState
    commit_time: CommitTime | None
    """None where it was not measured: not asked for, or no hook is reached."""
    posting: PostingState
    agents: tuple[AgentState, ...]
    findings: tuple[Finding, ...]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What does not do what it was set up for."""
        return tuple(finding for finding in self.findings if finding.severity == BROKEN)

    @property
    def advice(self) -> tuple[Finding, ...]:
        """What works, and could do better."""
        return tuple(finding for finding in self.findings if finding.severity == ADVICE)
