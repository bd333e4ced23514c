"""Change identity: which commits are one change, and how it landed.

Trunk commits are read oldest first. A merge claims the commits it brings; a commit that names a request, or whose
stable patch-id is that of a branch, is a squash; commits that a hook saw made on another branch were fast-forwarded;
what remains is a direct commit. Requests and branches that did not land follow. A commit belongs to one change.
Rules: DESIGN "Words", hooks.md §2.3 and §7, ci.md §3.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger.domain.facts import BranchRange, Commit, Request
from ledger.domain.grouping import group
from ledger.domain.history import History, short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which commits are one change; conclusions about it are drawn elsewhere."""

    id: str
    basis: str
    number: int | None
    branch: str | None
    title: str
    landed_oid: str | None
    landed_by: str | None
    landed_at: datetime | None
    commits: tuple[str, ...]
    """In what landed, or in the last head; a squash commit stands beside its sources."""
    former: tuple[str, ...] = ()
    """Rewritten away, or in an earlier head."""
    aliases: tuple[str, ...] = ()


def identify(history: History) -> tuple[Identity, ...]:
    """Every change of the repository, each commit in at most one of them."""
    return _Drawing(history).draw()


@dataclass
class _Drawing:
    history: History
    changes: list[Identity] = field(default_factory=list)
    claimed: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        history = self.history
        self.requests = {request.number: request for request in history.requests}
        self.by_merge = {request.merge_oid: request for request in history.requests if request.merge_oid}
        self.by_patch: dict[str, list[BranchRange]] = {}
        for row in sorted(history.ranges, key=lambda row: (row.seen_at, row.branch, row.tip)):
            if row.patch_id:
                self.by_patch.setdefault(row.patch_id, []).append(row)
        self.done: set[int] = set()

    def draw(self) -> tuple[Identity, ...]:
        for chain in self._trunks():
            self._draw_trunk(chain)
        for number in sorted(self.requests.keys() - self.done):
            self._draw_request(self.requests[number])
        for heads, former, branch in self._unlanded_branches():
            self._draw_branch(heads, former, branch)
        return tuple(self._with_former())

    # -- what landed ------------------------------------------------------------------------------------------------

    def _trunks(self) -> Iterator[list[str]]:
        """First-parent chains of the target tips, oldest commit first; a later chain brings only what is its own."""
        met: set[str] = set()
        tips = sorted({tip.oid for tip in self.history.tips if tip.is_target})
        chains = sorted(
            (list(self._first_parents(tip, set())) for tip in tips), key=lambda chain: (-len(chain), chain[:1])
        )
        for chain in chains:
            own = [oid for oid in chain if oid not in met]
            met.update(own)
            yield own[::-1]

    def _first_parents(self, oid: str, stop: set[str]) -> Iterator[str]:
        commits, met = self.history.commits, set[str]()
        while oid in commits and oid not in stop and oid not in met:  # forged entries may run in a circle
            met.add(oid)
            yield oid
            parents = commits[oid].parents
            oid = parents[0] if parents else ""

    def _draw_trunk(self, chain: list[str]) -> None:
        run: list[str] = []
        for oid in chain:
            commit = self.history.commits[oid]
            branch = self._other_branch(commit)
            if run and branch != self._other_branch(self.history.commits[run[-1]]):
                self._draw_fast_forward(run)
                run = []
            if branch is not None:
                self.reached.add(oid)
                run.append(oid)
            elif oid not in self.reached:
                self._draw_landing(commit)
        if run:
            self._draw_fast_forward(run)

    def _other_branch(self, commit: Commit) -> str | None:
        """The branch that a plain trunk commit was made on, if a hook saw it and it was not the target."""
        branch = self.history.branch_of.get(commit.oid)
        plain = len(commit.parents) < 2 and commit.request_number is None and commit.oid not in self.by_merge
        return branch if plain and branch and branch not in self.history.target_names else None

    def _draw_landing(self, commit: Commit) -> None:
        sides = self._sides(commit)
        if sides and commit.merged_branch in self.history.target_names:
            inner = list(self._first_parents(commit.parents[1], self.reached))
            self._draw_trunk(inner[::-1])
            self.reached.update((commit.oid, *sides))
            return
        self.reached.update((commit.oid, *sides))
        request = self.by_merge.get(commit.oid)
        number = request.number if request else commit.request_number
        if number is not None and number not in self.done:
            self._land_request(commit, number, sides)
        elif sides:
            self._land_branch(commit, commit.merged_branch, sides, "merge")
        else:
            self._draw_single(commit)

    def _sides(self, commit: Commit) -> list[str]:
        """The commits that a merge brings."""
        if len(commit.parents) < 2:
            return []
        before = set(self.history.walk(commit.parents[:1], self.reached))
        return [oid for oid in self.history.walk(commit.parents[1:], self.reached) if oid not in before]

    def _land_request(self, commit: Commit, number: int, sides: list[str]) -> None:
        request = self.requests.get(number)
        row = self._range_of(commit)
        heads = sides or self._request_commits(request) or self._range_commits(row)
        rebased = [] if sides else self._rebased(commit, heads)
        how = "merge" if sides else "rebase" if len(rebased) > 1 else "squash"
        landed = rebased or [commit.oid]
        self._take(
            basis="request",
            key=f"request:{number}",
            number=number,
            branch=(request.head_ref if request else None) or commit.merged_branch or self._made_on(row, heads),
            title=request.title if request else self._title(commit, heads),
            landing=commit,
            landed_by=how,
            landed_at=request.merged_at if request else None,
            commits=[*landed, *heads],
        )
        self.done.add(number)

    def _rebased(self, last: Commit, heads: list[str]) -> list[str]:
        """The trunk commits that are copies of `heads`: same author date and subject, from `last` backwards."""
        copies, oid = [], last.oid
        for head in heads:
            copy, original = self.history.commits.get(oid), self.history.commits[head]
            if copy is None or (copy.authored_at, copy.subject) != (original.authored_at, original.subject):
                break
            copies.append(oid)
            oid = copy.parents[0] if copy.parents else ""
        if len(copies) < len(heads):
            return []
        self.changes = [change for change in self.changes if change.landed_oid not in copies]
        return copies

    def _draw_single(self, commit: Commit) -> None:
        row = self._range_of(commit)
        sources = [oid for oid in commit.squashed if oid in self.history.commits] or self._range_commits(row)
        if row is not None or sources:
            self._land_branch(commit, row.branch if row else None, sources, "squash")
            return
        self._take(
            basis="trunk",
            key=f"commit:{commit.oid}",
            title=commit.subject,
            landing=commit,
            landed_by="direct",
            commits=[commit.oid],
        )

    def _land_branch(self, commit: Commit, branch: str | None, sources: list[str], how: str) -> None:
        self._take(
            basis="branch",
            key=f"commit:{commit.oid}",
            branch=branch or self._made_on(None, sources),
            title=self._title(commit, sources),
            landing=commit,
            landed_by=how,
            commits=[commit.oid, *sources],
        )

    def _draw_fast_forward(self, run: list[str]) -> None:
        last = self.history.commits[run[-1]]
        self._take(
            basis="branch",
            key=f"commit:{last.oid}",
            branch=self.history.branch_of[last.oid],
            title=last.subject if len(run) == 1 else self.history.branch_of[last.oid],
            landing=last,
            landed_by="fast-forward",
            commits=run[::-1],
        )

    def _made_on(self, row: BranchRange | None, heads: list[str]) -> str | None:
        """The branch of the range, else the one that a hook saw the commits made on."""
        seen = (name for oid in heads if (name := self.history.branch_of.get(oid)))
        return row.branch if row else next(seen, None)

    def _title(self, commit: Commit, sources: list[str]) -> str:
        """A squash has a title of its own; a merge's subject only names the branch, so its one commit speaks."""
        if len(commit.parents) < 2:
            return commit.subject
        if len(sources) == 1:
            return self.history.commits[sources[0]].subject
        return commit.merged_branch or commit.subject

    def _range_of(self, commit: Commit) -> BranchRange | None:
        """The branch that this commit is the squash of, by stable patch-id (hooks.md §2.3)."""
        diff = self.history.diffs.get(commit.oid)
        if diff is None or not diff.patch_id:
            return None
        rows = self.by_patch.get(diff.patch_id, ())
        return next((row for row in rows if row.tip != commit.oid and row.tip not in self.claimed), None)

    def _range_commits(self, row: BranchRange | None) -> list[str]:
        return list(self.history.walk([row.tip], self.history.landed)) if row else []

    # -- what did not land ------------------------------------------------------------------------------------------

    def _request_commits(self, request: Request | None) -> list[str]:
        if request is None:
            return []
        listed = [oid for oid in request.commits if oid in self.history.commits]
        if listed:
            return listed[::-1]
        if request.head_oid in self.history.commits:
            return list(self.history.walk([request.head_oid], self.history.landed))
        for oid in self.history.latest(request.head_oid) if request.head_oid else ():
            return list(self.history.walk([oid], self.history.landed))
        return [] if request.head_oid else self._branch_commits(request.head_ref)

    def _branch_commits(self, branch: str) -> list[str]:
        tips = [tip.oid for tip in self.history.tips if short_name(tip.ref) == branch and not tip.is_target]
        rows = sorted(
            (row for row in self.history.ranges if row.branch == branch), key=lambda row: (row.seen_at, row.tip)
        )
        starts = tips or [row.tip for row in rows[-1:]]
        return list(self.history.walk(starts, self.history.landed))

    def _draw_request(self, request: Request) -> None:
        heads = [oid for oid in self._request_commits(request) if oid not in self.claimed]
        landing = self.history.commits.get(request.merge_oid) if request.merged_at else None
        self._take(
            basis="request",
            key=f"request:{request.number}",
            number=request.number,
            branch=request.head_ref or None,
            title=request.title,
            landing=landing,
            landed_by=None,
            landed_at=request.merged_at,
            commits=heads,
        )

    def _unlanded_branches(self) -> list[tuple[list[str], list[str], str]]:
        """(commits of the head, of earlier heads, branch), the smallest first, so that a stack is cut at its joints."""
        found: list[tuple[list[str], list[str], str]] = []
        tips = group(self.history.tips, lambda tip: short_name(tip.ref))
        ranges = group(self.history.ranges, lambda row: row.branch)
        for branch in sorted((tips.keys() | ranges.keys()) - self.history.target_names):
            lives = self._heads({tip.oid for tip in tips.get(branch, ())}, ranges.get(branch, ()))
            found.extend((heads, former, branch) for heads, former in lives)
        return sorted(found, key=lambda found: (len(found[0]), found[2], found[0]))

    def _heads(self, current: set[str], ranges: Iterable[BranchRange]) -> list[tuple[list[str], list[str]]]:
        """The heads of a branch's lives: a force-push continues one, a name used again starts another."""
        rows = sorted(ranges, key=lambda row: (row.tip in current, row.seen_at, row.tip))
        tips = list(
            dict.fromkeys([*(row.tip for row in rows if row.tip not in current), *sorted(current, key=self._age)])
        )
        lives: list[tuple[list[str], list[str], set[object]]] = []
        for tip in reversed(tips):
            oids = [oid for oid in self.history.walk([tip], self.history.landed) if not self._is_replaced(oid)]
            marks = {self._mark(oid) for oid in oids}
            life = next((life for life in lives if life[2] & marks), None)
            if life is None:
                lives.append((oids, [], marks))
            else:
                life[1].extend(oid for oid in oids if oid not in life[0] and oid not in life[1])
                life[2].update(marks)
        return [(heads, former) for heads, former, _ in lives if heads]

    def _age(self, oid: str) -> tuple[datetime, str] | tuple[()]:
        commit = self.history.commits.get(oid)
        return (commit.committed_at, oid) if commit else ()

    def _is_replaced(self, oid: str) -> bool:
        return any(new != oid for new in self.history.latest(oid))

    def _mark(self, oid: str) -> object:
        """What survives a rebase: author, author date and subject."""
        commit = self.history.commits[oid]
        return (commit.author, commit.authored_at, commit.subject)

    def _draw_branch(self, heads: list[str], former: list[str], branch: str) -> None:
        own = [oid for oid in heads if oid not in self.claimed]
        earlier = tuple(oid for oid in former if oid not in self.claimed)
        if own:
            first = self._first(own)
            self._take(
                basis="branch",
                key=f"branch:{branch}@{first}",
                branch=branch,
                title=self.history.commits[own[0]].subject if len(own) == 1 else branch,
                landing=None,
                landed_by=None,
                commits=own,
                former=earlier,
            )

    # -- keeping -----------------------------------------------------------------------------------------------------

    def _first(self, oids: Iterable[str]) -> str:
        commits = self.history.commits
        return min(oids, key=lambda oid: (commits[oid].authored_at, commits[oid].committed_at, oid))

    def _take(
        self,
        *,
        basis: str,
        key: str,
        title: str,
        landing: Commit | None,
        landed_by: str | None,
        commits: list[str],
        number: int | None = None,
        branch: str | None = None,
        landed_at: datetime | None = None,
        former: tuple[str, ...] = (),
    ) -> None:
        own = tuple(dict.fromkeys(oid for oid in commits if oid not in self.claimed))
        self.claimed.update(own, former)
        prefix = self.history.repository_id
        aliases = [f"{prefix}/branch:{branch}@{self._first(own)}"] if branch and own else []
        if landing:
            aliases.append(f"{prefix}/commit:{landing.oid}")
        identity = f"{prefix}/{key}"
        self.changes.append(
            Identity(
                id=identity,
                basis=basis,
                number=number,
                branch=branch,
                title=title,
                landed_oid=landing.oid if landing else None,
                landed_by=landed_by,
                landed_at=landed_at or (landing.committed_at if landing else None),
                commits=own,
                former=former,
                aliases=tuple(alias for alias in aliases if alias != identity),
            )
        )

    def _with_former(self) -> Iterator[Identity]:
        """Each change with the commits that were rewritten into its own, whether or not they are still readable."""
        owner = {oid: change.id for change in self.changes for oid in change.commits}
        former: dict[str, list[str]] = {}
        for old in sorted(self.history.newer.keys() - owner.keys() - self.claimed):
            for new in self.history.latest(old):
                if new in owner:
                    former.setdefault(owner[new], []).append(old)
                    break
        for change in self.changes:
            extra = tuple(oid for oid in former.get(change.id, ()) if oid not in change.former)
            yield replace(change, former=(*change.former, *extra)) if extra else change
