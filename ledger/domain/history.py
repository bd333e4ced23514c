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
    SessionParent,
    SessionWrite,
    Tip,
    Use,
)
from ledger.domain.seen_twice import Elsewhere
from ledger.domain.twins import successors, twins


@dataclass(frozen=True, kw_only=True)
class History:
    """The facts of one repository; `is_forge` says that closes happen where git cannot see them."""

    repository_id: str
    is_forge: bool
    commits: Mapping[str, Commit]
    before: int = 0
    """How many commits of people were left out, because they are older than every trace of a model by far."""
    diffs: Mapping[str, CommitDiff] = field(default_factory=dict)
    seen: tuple[RepositoryCommit, ...] = ()
    tips: tuple[Tip, ...] = ()
    ranges: tuple[BranchRange, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    uses: tuple[Use, ...] = ()
    places: tuple[Place, ...] = ()
    sessions: tuple[Session, ...] = ()
    session_parents: tuple[SessionParent, ...] = ()
    """Of any repository: a fork may have been made elsewhere."""
    session_commits: tuple[SessionCommit, ...] = ()
    session_writes: tuple[SessionWrite, ...] = ()
    calls: tuple[Call, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    """Calls that are not the repository's, but may be ones of its calls told once more."""
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
        """Commit → the branch that it was made on: as a hook saw it, else as the reflog tells."""
        told = {row.oid: row.branch for row in self.seen if row.branch}
        return told | {row.oid: row.branch for row in self.seen if row.branch and row.evidence == "hook"}

    @cached_property
    def newer(self) -> Mapping[str, tuple[str, ...]]:
        """Rewritten commit → the commits it became; cherry-picks are copies, not successors."""
        told = _edges((edge.old, edge.new) for edge in self.rewrites if edge.kind != "cherry-pick")
        gone = self.commits.keys() - self.reachable - told.keys()
        found = successors(gone, self.reachable, self.commits, self.diffs)
        # What a commit was rewritten from is no successor of it: that rewrite was taken back.
        return told | _edges((old, new) for old, new in found if old not in _leads_to(new, told))

    @cached_property
    def copies(self) -> Mapping[str, tuple[str, ...]]:
        """Commit → its cherry-picked copies."""
        told = [(edge.old, edge.new) for edge in self.rewrites if edge.kind == "cherry-pick"]
        return _edges([*told, *twins(self.reachable, self.commits, self.diffs)])

    @cached_property
    def reachable(self) -> frozenset[str]:
        """Every commit that some branch still leads to."""
        return frozenset(self.walk(tip.oid for tip in self.tips))

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
        """What a commit has become by amends, rebases and squashes: known commits only; itself if never rewritten.

        A rewrite that was taken back again (`git reset`) counts no more than one that never was: what a branch still
        leads to is what it became.
        """
        became = {oid, *_leads_to(oid, self.newer)}
        ends = {each for each in became if each in self.commits and not self.newer.get(each)}
        return tuple(sorted(ends & self.reachable or became & self.reachable or ends))


def _leads_to(oid: str, edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    met, stack = set[str](), [oid]
    while stack:
        new = [each for each in edges.get(stack.pop(), ()) if each not in met]
        met.update(new)
        stack.extend(new)
    return met


def _edges(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    edges: dict[str, set[str]] = {}
    for old, new in pairs:
        if old != new:
            edges.setdefault(old, set()).add(new)
    return {old: tuple(sorted(news)) for old, news in edges.items()}


def short_name(ref: str) -> str:
    """refs/heads/x → x, refs/remotes/origin/x → x."""
    if ref.startswith("refs/remotes/"):
        return ref.removeprefix("refs/remotes/").partition("/")[2]
    return ref.removeprefix("refs/heads/")
