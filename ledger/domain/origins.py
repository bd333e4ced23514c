"""What a landed commit was made from: the commits that it is the squash of, or a copy of.

A squash is told by what `git merge --squash` and the hooks wrote down, else by the stable patch-id of a branch's range
(hooks.md §2.3). A copy, by rebase or cherry-pick, has its original's author and author date, and the same subject or
patch (hooks.md §7). Nothing is guessed from a subject alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.forge_facts import Request
from ledger.domain.git_facts import BranchRange, Commit
from ledger.domain.grouping import group
from ledger.domain.history import History, request_of, short_name
from ledger.domain.reach import sizes

Mark = tuple[str, datetime, str]


@dataclass(frozen=True, slots=True)
class Head:
    """Where work that is not on the trunk ends: a branch's tip or an earlier one, or a request's head."""

    name: str
    rank: int
    """0 for a request, 1 for a branch that is there, 2 for a head that is gone."""
    oid: str


class Origins:
    """The indexes that originals are looked up in."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.home: dict[str, Head] = {}
        """Commit → the smallest head that holds it, so that stacked branches are cut at their joints."""
        self._branch: dict[str, str] = {}
        heads = list(_heads(history))
        size = sizes(history, (head.oid for head in heads))
        for head in sorted(heads, key=lambda head: (size[head.oid], head.rank, head.name, head.oid)):
            # What one leads to has all that is behind it, so no commit is looked at twice.
            self.home.update([(oid, head) for oid in history.walk([head.oid], history.trunk, self.home.keys())])
            if request_of(head.name) is None:
                new = list(history.walk([head.oid], history.trunk, self._branch.keys()))
                self._branch.update(dict.fromkeys(new, head.name))
        commits, trunk = history.commits, history.trunk
        aside = [oid for oid in commits if oid not in trunk and len(commits[oid].parents) < 2]
        self._by_date = group(sorted(aside), lambda oid: (commits[oid].author, commits[oid].authored_at))
        self._squashed = group(
            sorted((edge.new, edge.old) for edge in history.rewrites if edge.kind == "squash"), lambda pair: pair[0]
        )
        self._picked = group(
            sorted((edge.new, edge.old) for edge in history.rewrites if edge.kind == "cherry-pick"),
            lambda pair: pair[0],
        )
        self._by_patch = group(
            sorted((row for row in history.ranges if row.patch_id), key=self._age, reverse=True),
            lambda row: row.patch_id,
        )
        self._kin = _both_ways(history)
        self.requests = {request.number: request for request in history.requests}
        self._lines: dict[str, Set[str]] = {}
        self._reached: dict[str, Set[str]] = {}
        self._ending = group(history.requests, lambda row: row.head_oid)

    def squash(self, oids: Iterable[str], stop: Set[str]) -> tuple[list[str], str | None]:
        """(the commits that these are squashes of, the branch if it is known); what is in `stop` landed before."""
        sources, branch = list[str](), None
        for oid in oids:
            told = [old for _, old in self._squashed.get(oid, ()) if old in self.history.commits]
            row = None if told else self._range_of(oid, stop)
            branch = branch or (row.branch if row and request_of(row.branch) is None else None)
            sources += told or (self.history.walk([row.tip], stop) if row else ())
        found = [oid for oid in dict.fromkeys(sources) if oid not in stop]
        return found, branch or next((name for oid in found if (name := self.branch(oid))), None)

    def is_told(self, oid: str) -> bool:
        """Whether the commit is said to be a squash, though what it was made from may be nowhere to be read."""
        return oid in self._squashed

    def copied(self, commit: Commit) -> list[str]:
        """The commits beside the trunk that a plain trunk commit is a copy of, those of living heads first."""
        near = self._by_date.get((commit.author, commit.authored_at), ())
        told = [old for _, old in self._picked.get(commit.oid, ()) if old in self.history.commits]
        same = [oid for oid in (*told, *near) if oid != commit.oid and (oid in told or self._is_same(commit, oid))]
        return sorted(dict.fromkeys(same), key=lambda oid: (self.home[oid].rank if oid in self.home else 3, oid))

    def branch(self, oid: str) -> str | None:
        """The branch that a commit beside the trunk was made on: as was seen, else the smallest that holds it."""
        return self.history.made_on.get(oid) or self._branch.get(oid)

    def kin(self, oid: str) -> list[str]:
        """The commits that are the same patch by the same author and date, or are said to be picked from each other."""
        met, stack = {oid}, [oid]
        while stack:
            new = [each for each in self._kin.get(stack.pop(), ()) if each not in met]
            met.update(new)
            stack.extend(new)
        return sorted(met - {oid})

    def of_request(self, number: int, stop: Set[str] = frozenset()) -> list[str]:
        """The commits of a request that are not in `stop`, children before parents: as listed, else behind its head.

        A list that is older than the head is of an earlier head. What is behind the branch that it went into, or behind
        the head of another branch's request that was not merged, was made there and is not its own.
        """
        request, commits = self.requests.get(number), self.history.commits
        is_old = request and request.head_oid in commits and request.told_at("commits") < request.told_at("head_oid")
        listed = [oid for oid in request.commits if oid in commits][::-1] if request and not is_old else []
        if listed:
            found = [oid for oid in listed if oid not in stop]
        else:
            heads = self._request_heads(number, request)
            found = list(self.history.walk(heads, stop, self._line_below(request, heads)))
        below = set(self.history.walk(self._joints(request, found), stop))
        return [oid for oid in found if oid not in below]

    def _request_heads(self, number: int, request: Request | None) -> Sequence[str]:
        heads = self.history.request_heads.get(number, ())[:1]
        if not heads and request and request.head_oid:
            return self.history.latest(request.head_oid)[:1]
        return self._branch_heads(request.head_ref) if not heads and request else heads

    def _line_below(self, request: Request | None, heads: Sequence[str]) -> Set[str]:
        """The first-parent line of the branch that a stacked request is for; none where the request became its end."""
        if request is None or not is_beside(request, self.history):
            return frozenset()
        line = self._lines.get(request.base_ref)
        if line is None:
            bases = self._base_heads(request)
            found = (oid for base in bases for oid in self.history.first_parents(base, self.history.trunk))
            line = self._lines[request.base_ref] = frozenset(found)
        merge = self.history.commits.get(request.merge_oid)
        if merge and len(merge.parents) > 1 and merge.oid not in line:
            line = frozenset(self.history.first_parents(merge.parents[0], self.history.trunk))
        return line if line.isdisjoint(heads) else frozenset()

    def _base_heads(self, request: Request) -> list[str]:
        asked = (row.head_oid for row in self.history.requests if row.head_ref == request.base_ref)
        return [oid for oid in asked if oid in self.history.commits] or self._branch_heads(request.base_ref)

    def _joints(self, request: Request | None, found: Sequence[str]) -> list[str]:
        """The heads, among the commits of a request, of others that it is stacked on and that were not merged."""
        own = request.head_ref if request else ""
        return [
            oid for oid in found[1:] if any(row.head_ref != own and not row.merged_at for row in self.ending_at(oid))
        ]

    def ending_at(self, oid: str) -> list[Request]:
        """The requests that a commit is the head of, without those that say of no work that it is theirs.

        A forge closes a request whose branch was set back to where it came from: its head is others' work.
        """
        return [row for row in self._ending.get(oid, ()) if row.head_ref and not self._is_empty(row)]

    def _is_empty(self, request: Request) -> bool:
        if request.head_ref in self.history.target_names:
            return True
        is_elsewhere = is_beside(request, self.history) and not request.merged_at
        return is_elsewhere and request.head_oid in self._behind(request)

    def _behind(self, request: Request) -> Set[str]:
        """What the branch that a stacked request is for leads to, down to the trunk."""
        if request.base_ref not in self._reached:
            self._reached[request.base_ref] = frozenset(
                self.history.walk(self._base_heads(request), self.history.trunk)
            )
        return self._reached[request.base_ref]

    def _branch_heads(self, branch: str) -> list[str]:
        """Where a branch stands, else where it stood last."""
        tips = [tip.oid for tip in self.history.tips if short_name(tip.ref) == branch and not tip.is_target]
        rows = sorted((row for row in self.history.ranges if row.branch == branch), key=self._age)
        return tips or [row.tip for row in rows[-1:]]

    def mark(self, oid: str) -> Mark:
        """What survives a rebase: author, author date and subject."""
        commit = self.history.commits[oid]
        return commit.author, commit.authored_at, commit.subject

    def _is_same(self, commit: Commit, oid: str) -> bool:
        if commit.subject == self.history.commits[oid].subject:
            return True
        mine, other = self.history.diffs.get(commit.oid), self.history.diffs.get(oid)
        return bool(mine and other and mine.patch_id and mine.patch_id == other.patch_id)

    def _range_of(self, oid: str, stop: Set[str]) -> BranchRange | None:
        """The youngest range whose diff this commit is, one that stands before one that was rewritten.

        A branch that was made by picking the commit is no source of it.
        """
        diff = self.history.diffs.get(oid)
        if diff is None or not diff.patch_id:
            return None
        later = set(self.history.copies.get(oid, ()))
        rows = [
            row
            for row in self._by_patch.get(diff.patch_id, ())
            if row.tip not in stop and row.tip not in later and row.tip != oid
        ]
        return next((row for row in rows if self.history.latest(row.tip) == (row.tip,)), next(iter(rows), None))

    def _age(self, row: BranchRange) -> tuple[datetime, str, str]:
        commit = self.history.commits.get(row.tip)
        return commit.committed_at if commit else row.seen_at, row.branch, row.tip


def is_beside(request: Request, history: History) -> bool:
    """The request went into a branch that is no target, so being merged there is not landing."""
    return bool(request.base_ref and history.target_names and request.base_ref not in history.target_names)


def _heads(history: History) -> Iterator[Head]:
    """Every head that does not lie on the trunk."""
    found: dict[tuple[str, str], int] = {}
    for number, oids in history.request_heads.items():
        found.update(((f"refs/pull/{number}/head", oid), 0) for oid in oids)
    for tip in history.tips:
        if not tip.is_target and request_of(short_name(tip.ref)) is None:
            found.setdefault((short_name(tip.ref), tip.oid), 1)
    for row in history.ranges:
        found.setdefault((row.branch, row.tip), 2)
    for (name, oid), rank in sorted(found.items()):
        if oid in history.commits and oid not in history.trunk and name not in history.target_names:
            yield Head(name, rank, oid)


def _both_ways(history: History) -> dict[str, list[str]]:
    edges = [(old, new) for old, news in history.copies.items() for new in news]
    return {
        oid: [other for _, other in pairs]
        for oid, pairs in group([*edges, *((new, old) for old, new in edges)], lambda pair: pair[0]).items()
    }
