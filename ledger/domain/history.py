"""Everything the ledger knows about one repository, indexed for drawing conclusions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from ledger.domain.areas import by_rules, in_force
from ledger.domain.facts import Contribution, Place, RepositoryRules, RoleRule, Tag, Use
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.git_facts import BranchRange, Commit, CommitArea, CommitDiff, RepositoryCommit, Rewrite, Tip
from ledger.domain.seen_twice import Elsewhere
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
from ledger.domain.short_ids import ShortIds
from ledger.domain.twins import successors, twins
from ledger.domain.usage import Usage

_REQUEST_REF = re.compile(
    r"refs/(?:pull|pull-requests|merge-requests)/(\d{1,9})/(?:head|from)"
    r"|refs/remotes/[^/]+/(?:pr|pull|merge-requests)/(\d{1,9})(?:/head)?"
)
"""Where forges keep the heads of requests, and where people fetch them to; they outlive the branches."""


@dataclass(frozen=True, kw_only=True)
class History:
    """The facts of one repository; `is_forge` says that closes happen where git cannot see them."""

    repository_id: str
    is_forge: bool
    commits: Mapping[str, Commit]
    before: int = 0
    """How many commits of people were left out, because they are older than every trace of a model by far."""
    diffs: Mapping[str, CommitDiff] = field(default_factory=dict)
    commit_areas: tuple[CommitArea, ...] = ()
    rules: tuple[RepositoryRules, ...] = ()
    seen: tuple[RepositoryCommit, ...] = ()
    tips: tuple[Tip, ...] = ()
    ranges: tuple[BranchRange, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    tags: tuple[Tag, ...] = ()
    uses: tuple[Use, ...] = ()
    places: tuple[Place, ...] = ()
    sessions: tuple[Session, ...] = ()
    session_parents: tuple[SessionParent, ...] = ()
    """Of any repository: a fork may have been made elsewhere."""
    session_commits: tuple[SessionCommit, ...] = ()
    session_writes: tuple[SessionWrite, ...] = ()
    session_reviews: tuple[SessionReview, ...] = ()
    subagents: tuple[Subagent, ...] = ()
    role_rules: tuple[RoleRule, ...] = ()
    calls: tuple[Call, ...] = ()
    forgotten: frozenset[str] = frozenset()
    """Sessions whose calls count no more, nor what others tell of the same calls."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """Calls that are not the repository's, but may be ones of its calls told once more."""
    usages: tuple[Usage, ...] = ()
    """What clones told of their sessions, also of those whose calls are here."""
    prices: tuple[Price, ...] = ()
    runs: tuple[Run, ...] = ()
    requests: tuple[Request, ...] = ()
    events: tuple[Event, ...] = ()

    @cached_property
    def areas(self) -> Mapping[str, CommitArea]:
        """Commit → the areas it touched, by the rules in force; a commit that was not read has none."""
        return by_rules(self.commit_areas, self.rules)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Label in lower case → task type, as the configuration in force says."""
        rules = in_force(self.rules)
        return dict(rules.labels) if rules else {}

    @cached_property
    def target_names(self) -> frozenset[str]:
        """Short names of the target branches."""
        return frozenset(short_name(tip.ref) for tip in self.tips if tip.is_target)

    @cached_property
    def branch_of(self) -> Mapping[str, str]:
        """Commit → the branch that it was made on: as a hook saw it, else as the reflog tells, else as git printed."""
        printed = {
            oid: row.branch
            for row in sorted(self.session_commits, key=lambda row: (row.started_at, row.id), reverse=True)
            if row.branch and (oid := self.short_ids.only(row.printed_id))
        }
        told = {row.oid: row.branch for row in self.seen if row.branch}
        hooked = {row.oid: row.branch for row in self.seen if row.branch and row.evidence in ("hook", "merge")}
        return printed | told | hooked

    @cached_property
    def short_ids(self) -> ShortIds:
        """The commits by what git prints of their ids."""
        return ShortIds(self.commits)

    @cached_property
    def made_on(self) -> Mapping[str, str]:
        """Commit → the branch, not a target, that it was made on; where neither hook nor reflog tells, a kept range."""
        found = {oid: name for oid, name in self.branch_of.items() if name not in self.target_names}
        for row in sorted(self.ranges, key=lambda row: (row.branch, row.tip)):
            if row.base and row.tip in self.landed and request_of(row.branch) is None:
                way = list(self.first_parents(row.tip, frozenset([row.base])))
                if row.base in self.commits[way[-1]].parents[:1]:
                    found.update((oid, row.branch) for oid in way if oid not in found and oid not in self.branch_of)
        return found

    @cached_property
    def chains(self) -> tuple[tuple[str, ...], ...]:
        """The first-parent chain of each target tip, oldest commit first; a later one holds only what is its own."""
        tips = sorted({tip.oid for tip in self.tips if tip.is_target})
        whole = sorted((list(self.first_parents(tip)) for tip in tips), key=lambda chain: (-len(chain), chain[:1]))
        met, found = set[str](), list[tuple[str, ...]]()
        for chain in whole:
            found.append(tuple(oid for oid in reversed(chain) if oid not in met))
            met.update(chain)
        return tuple(chain for chain in found if chain)

    @cached_property
    def trunk(self) -> frozenset[str]:
        """Every commit on the first-parent chain of a target."""
        return frozenset(oid for chain in self.chains for oid in chain)

    @cached_property
    def request_heads(self) -> Mapping[int, tuple[str, ...]]:
        """Request → its known heads: as the forge told, a fetched ref shows, or a range was kept, the newest first."""
        found: dict[int, list[str]] = {}
        told = [(request.number, request.head_oid) for request in self.requests]
        refs = [(request_of(short_name(tip.ref)), tip.oid) for tip in self.tips]
        kept = [(request_of(row.branch), row.tip) for row in self.ranges if row.tip in self.commits]
        kept.sort(key=lambda pair: (self.commits[pair[1]].committed_at, pair[1]), reverse=True)
        for number, oid in [*told, *sorted(refs, key=lambda pair: pair[1]), *kept]:
            if number is not None and oid in self.commits:
                found.setdefault(number, []).append(oid)
        return {number: tuple(dict.fromkeys(oids)) for number, oids in found.items()}

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

    def walk(self, starts: Iterable[str], stop: Set[str] = frozenset(), other: Set[str] = frozenset()) -> Iterator[str]:
        """The known ancestors of `starts`, themselves included, children before parents.

        What is in `stop` or `other` is left out, with what only it leads to; two sets, since joining large ones costs.
        """
        stack, met = list(starts), set[str]()
        while stack:
            oid = stack.pop()
            if oid in met or oid in stop or oid in other or oid not in self.commits:
                continue
            met.add(oid)
            yield oid
            stack.extend(reversed(self.commits[oid].parents))

    def first_parents(self, oid: str, stop: Set[str] = frozenset()) -> Iterator[str]:
        """A commit and its first parents, as far as they are known and not in `stop`."""
        met = set[str]()
        while oid in self.commits and oid not in stop and oid not in met:  # forged entries may run in a circle
            met.add(oid)
            yield oid
            oid = next(iter(self.commits[oid].parents), "")

    def latest(self, oid: str) -> tuple[str, ...]:
        """What a commit has become by amends, rebases and squashes: known commits only; itself if never rewritten.

        A rewrite that was taken back again (`git reset`) counts no more than one that never was: what a branch still
        leads to is what it became.
        """
        became = {oid, *_leads_to(oid, self.newer)}
        ends = {each for each in became if each in self.commits and not self.newer.get(each)}
        return tuple(sorted(ends & self.reachable or became & self.reachable or ends))


def request_of(name: str) -> int | None:
    """The number of the request whose head has this short name; None for a branch."""
    found = _REQUEST_REF.fullmatch(name)
    return int(found[1] or found[2]) if found else None


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


def is_made(row: RepositoryCommit, commit: Commit | None) -> bool:
    """Whether the commit was made where it was seen: by `git merge` only a merge is, others were there before."""
    return row.evidence != "merge" or (commit is not None and len(commit.parents) > 1)


def short_name(ref: str) -> str:
    """refs/heads/x → x, refs/remotes/origin/x → x; a request's head → refs/pull/12/head, wherever it was fetched to."""
    found = _REQUEST_REF.fullmatch(ref)
    if found:
        return f"refs/pull/{found[1] or found[2]}/head"
    if ref.startswith("refs/remotes/"):
        return ref.removeprefix("refs/remotes/").partition("/")[2]
    return ref.removeprefix("refs/heads/")
