"""Where work was done: the worktree and branch of a call, the changes of a branch, its commits in time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from ledger.domain.changes import Identity
from ledger.domain.history import History
from ledger.domain.session_facts import Call

Line = Sequence[tuple[datetime, str]]
"""Commits by author date."""
_NOBODYS = ("", "HEAD")
"""What an agent logs where it knows no branch, and on a detached HEAD."""
_LONGEST = timedelta.max


def worktrees_of(history: History) -> dict[str, str]:
    """Commit → the worktree that it was made in: as a hook saw it, else as a reflog tells."""
    made = (row for row in history.seen if row.worktree and row.evidence != "merge")
    rows = sorted(made, key=lambda row: (row.evidence != "hook", row.worktree))
    return {row.oid: row.worktree for row in reversed(rows)}


class Branches:
    """The branches of a repository's changes.

    A commit's branch is told by a hook, else by a reflog, else by what git printed, else by the message of the merge
    that brought it; one that nothing tells of was made on the target, if it is a direct commit there.
    """

    def __init__(self, history: History, identities: Sequence[Identity]) -> None:
        self._history = history
        self.worktrees: Mapping[str, str] = {
            place.directory: place.worktree for place in history.places if place.worktree
        }
        self._worktree_of = worktrees_of(history)
        self._spans: dict[str, dict[str, tuple[datetime, datetime]]] = {}
        self._open: dict[str, list[datetime | None]] = {}
        by_branch: dict[str, list[tuple[datetime, str]]] = {}
        by_worktree: dict[str, list[tuple[datetime, str]]] = {}
        for change in identities:
            self._add(change)
            for oid in change.commits:
                commit = history.commits.get(oid)
                if commit is None or len(commit.parents) > 1:
                    continue  # a merge brings the work of others
                for name in self._made_on(change, oid):
                    by_branch.setdefault(name, []).append((commit.authored_at, oid))
                if oid in self._worktree_of:
                    by_worktree.setdefault(self._worktree_of[oid], []).append((commit.authored_at, oid))
        self._by_branch = {name: sorted(line) for name, line in by_branch.items()}
        self._by_worktree = {name: sorted(line) for name, line in by_worktree.items()}

    def own(self, call: Call) -> str:
        """The call's branch, if it says whose work it is: '' where it is unknown, detached or the target."""
        return "" if call.branch in _NOBODYS or call.branch in self._history.target_names else call.branch

    def is_unknown(self, call: Call) -> bool:
        """No branch was logged, or HEAD was detached."""
        return call.branch in _NOBODYS

    def worktree(self, call: Call) -> str:
        """The worktree that the call was made in; '' when unknown."""
        return self.worktrees.get(call.directory, "")

    def has(self, branch: str) -> bool:
        """Whether a change is known that was made on this branch."""
        return branch in self._spans

    def is_alive(self, branch: str, at: datetime) -> bool:
        """Whether a change of this branch had not landed by then."""
        return any(landed is None or landed >= at for landed in self._open.get(branch, ()))

    def changes(self, branch: str, at: datetime) -> tuple[str, ...]:
        """The change of this branch that was alive then, else the nearest in time; several where they are as near."""
        distances = {
            change: max(first - at, at - last, timedelta(0))
            for change, (first, last) in self._spans.get(branch, {}).items()
        }
        nearest = min(distances.values(), default=_LONGEST)
        return tuple(sorted(change for change, distance in distances.items() if distance == nearest))

    def line(self, call: Call) -> list[Line]:
        """Where the call's work may have been committed, the surest first: on its branch, in its worktree."""
        lines = [] if self.is_unknown(call) else [self._by_branch.get(call.branch, ())]
        worktree = self.worktree(call)
        return [*lines, self._by_worktree.get(worktree, ())] if worktree else list(lines)

    def window(self, line: Line, call: Call, until: datetime) -> Iterable[tuple[datetime, str]]:
        """The commits of a line from the call on; on the target none that was made in another worktree.

        Where no commit is known of the call's own worktree, it may be another's under another path: in a container.
        """
        start = bisect_left(line, (call.at.replace(microsecond=0), ""))
        worktree = self.worktree(call)
        is_any = bool(self.own(call)) or worktree not in self._by_worktree
        for place in range(start, bisect_right(line, (until, "~"), start)):
            at, oid = line[place]
            if is_any or self._worktree_of.get(oid, worktree) == worktree:
                yield at, oid

    def _add(self, change: Identity) -> None:
        """Keep the change under every name that its commits were made under: branches are renamed."""
        commits = self._history.commits
        oids = [oid for oid in (*change.commits, *change.former) if oid in commits]
        dates = [commits[oid].authored_at for oid in change.commits if oid in commits]
        dates += [change.landed_at] if change.landed_at else []
        names = {change.branch or "", *(self._history.branch_of.get(oid, "") for oid in oids)}
        for name in names - {""} - self._history.target_names if dates else ():
            self._spans.setdefault(name, {})[change.id] = (min(dates), max(dates))
            self._open.setdefault(name, []).append(change.landed_at)

    def _made_on(self, change: Identity, oid: str) -> frozenset[str]:
        told = self._history.branch_of.get(oid) or change.branch
        if told:
            return frozenset({told})
        return self._history.target_names if change.basis == "trunk" else frozenset()
