"""Everything the ledger knows about one repository, indexed for drawing conclusions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ledger.domain.facts import (
    BranchRange,
    Call,
    Commit,
    CommitDiff,
    Contribution,
    Event,
    Place,
    Price,
    RepositoryCommit,
    Request,
    Rewrite,
    Run,
    Session,
    SessionCommit,
    SessionWrite,
    Tip,
    Use,
)


@dataclass(frozen=True, kw_only=True)
class History:
    """The facts of one repository; `is_forge` says that closes happen where git cannot see them."""

    repository_id: str
    is_forge: bool
    commits: Mapping[str, Commit]
    before: int = 0
    """How many commits were left out, because they are older than every trace of a model by far."""
    diffs: Mapping[str, CommitDiff] = field(default_factory=dict)
    seen: tuple[RepositoryCommit, ...] = ()
    tips: tuple[Tip, ...] = ()
    ranges: tuple[BranchRange, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    uses: tuple[Use, ...] = ()
    places: tuple[Place, ...] = ()
    sessions: tuple[Session, ...] = ()
    session_commits: tuple[SessionCommit, ...] = ()
    session_writes: tuple[SessionWrite, ...] = ()
    calls: tuple[Call, ...] = ()
    prices: tuple[Price, ...] = ()
    runs: tuple[Run, ...] = ()
    requests: tuple[Request, ...] = ()
    events: tuple[Event, ...] = ()

    @cached_property
    def target_names(self) -> frozenset[str]:
        """Short names of the target branches."""
        return frozenset(short_name(tip.ref) for tip in self.tips if tip.is_target)

    @cached_property
    def branch_of(self) -> Mapping[str, str]:
        """Commit → the branch that a hook saw it made on."""
        return {row.oid: row.branch for row in self.seen if row.branch}

    @cached_property
    def newer(self) -> Mapping[str, tuple[str, ...]]:
        """Rewritten commit → the commits it became; cherry-picks are copies, not successors."""
        edges: dict[str, set[str]] = {}
        for rewrite in self.rewrites:
            if rewrite.kind != "cherry-pick" and rewrite.old != rewrite.new:
                edges.setdefault(rewrite.old, set()).add(rewrite.new)
        return {old: tuple(sorted(news)) for old, news in edges.items()}

    @cached_property
    def landed(self) -> frozenset[str]:
        """Every commit that is reachable from a target branch."""
        return frozenset(self.walk(tip.oid for tip in self.tips if tip.is_target))

    def walk(self, starts: Iterable[str], stop: frozenset[str] | set[str] = frozenset()) -> Iterator[str]:
        """The known ancestors of `starts`, themselves included, without what is in `stop`; children before parents."""
        stack, met = list(starts), set[str]()
        while stack:
            oid = stack.pop()
            if oid in met or oid in stop or oid not in self.commits:
                continue
            met.add(oid)
            yield oid
            stack.extend(reversed(self.commits[oid].parents))

    def latest(self, oid: str) -> tuple[str, ...]:
        """What a commit has become by amends, rebases and squashes: known commits only; itself if never rewritten."""
        ends, stack, met = set[str](), [oid], set[str]()
        while stack:
            current = stack.pop()
            if current in met:
                continue
            met.add(current)
            successors = self.newer.get(current, ())
            if successors:
                stack.extend(successors)
            elif current in self.commits:
                ends.add(current)
        return tuple(sorted(ends))


def short_name(ref: str) -> str:
    """refs/heads/x → x, refs/remotes/origin/x → x."""
    if ref.startswith("refs/remotes/"):
        return ref.removeprefix("refs/remotes/").partition("/")[2]
    return ref.removeprefix("refs/heads/")
