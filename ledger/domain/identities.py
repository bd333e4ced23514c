"""Changes as they are drawn: who owns which commit, and under which ids a change was known earlier.

An id is that of the request, else of the commit that landed, else of branch and first commit (DESIGN "Schema"). What is
booked to an earlier id is found by its alias, so every id that an earlier post could have given is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.git_facts import Commit
from ledger.domain.grouping import group
from ledger.domain.history import History


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
    landing: tuple[str, ...] = ()
    """Those of `commits` that brought the work and are not the work itself: a merge, a squash, rebased copies."""
    former: tuple[str, ...] = ()
    """Rewritten away, in an earlier head, or in `copies`."""
    copies: tuple[str, ...] = ()
    """Those of `former` that brought the work onto a target once more: backports, which are accepted no second time."""
    aliases: tuple[str, ...] = ()


class Claims:
    """The changes drawn so far. A commit belongs to the change that took it first."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.owner: dict[str, int] = {}
        """Commit → the place in `changes` of the change that has it."""
        self.changes: list[Identity] = []
        self.numbers: dict[int, int] = {}
        """Request → the place of its change; a backport's request stands for the change that it copies."""
        self._names = group((row for row in history.ranges), lambda row: row.tip)

    def __contains__(self, oid: str) -> bool:
        return oid in self.owner

    def free(self, oids: Iterable[str]) -> list[str]:
        """Those that no change has yet, once each."""
        return list(dict.fromkeys(oid for oid in oids if oid not in self.owner))

    def take(
        self,
        *,
        basis: str,
        key: str,
        title: str,
        commits: Iterable[str],
        landing: Commit | None = None,
        landed_by: str | None = None,
        landed_at: datetime | None = None,
        brought_by: Iterable[str] = (),
        number: int | None = None,
        branch: str | None = None,
        former: Iterable[str] = (),
    ) -> None:
        """Draw one change over those of the commits that are free; `brought_by` are its `landing` in Identity."""
        own = tuple(self.free(commits))
        self.owner.update(dict.fromkeys(own, len(self.changes)))
        earlier = tuple(self.free(former))
        self.owner.update(dict.fromkeys(earlier, len(self.changes)))
        if number is not None:
            self.numbers[number] = len(self.changes)
        self.changes.append(
            Identity(
                id=f"{self.history.repository_id}/{key}",
                basis=basis,
                number=number,
                branch=branch,
                title=title,
                landed_oid=landing.oid if landing else None,
                landed_by=landed_by,
                landed_at=landed_at or (landing.committed_at if landing else None),
                commits=own,
                landing=tuple(dict.fromkeys(oid for oid in brought_by if oid in own)),
                former=earlier,
            )
        )

    def join(self, oid: str, place: int, *, is_copy: bool = False) -> None:
        """Give a free commit to a change as a former one."""
        if oid not in self.owner:
            change = self.changes[place]
            copies = (*change.copies, oid) if is_copy else change.copies
            self.changes[place] = replace(change, former=(*change.former, oid), copies=copies)
            self.owner[oid] = place

    def finished(self) -> tuple[Identity, ...]:
        """Every change with the commits that were rewritten into its own, readable or not, and its earlier ids."""
        for old in sorted(self.history.newer.keys() - self.owner.keys()):
            new = next((new for new in self.history.latest(old) if new in self.owner), None)
            if new is not None:
                self.join(old, self.owner[new])
        numbers = group(self.numbers.items(), lambda pair: pair[1])
        ids = {change.id for change in self.changes}
        found = []
        for place, change in enumerate(self.changes):
            earlier = {f"{self.history.repository_id}/{key}" for key in self._earlier_keys(change)}
            earlier |= {f"{self.history.repository_id}/request:{number}" for number, _ in numbers.get(place, ())}
            found.append(replace(change, aliases=tuple(sorted(earlier - ids))))
        return tuple(found)

    def _earlier_keys(self, change: Identity) -> Iterator[str]:
        """What an earlier post could have called the change: by each of its branches, first commits and landings."""
        commits = self.history.commits
        work = [oid for oid in change.commits if oid in commits and oid not in change.landing] or change.commits
        known = [oid for oid in change.former if oid in commits and oid not in change.copies]
        names = {change.branch, *(self.history.made_on.get(oid) for oid in (*work, *known))}
        names |= {row.branch for oid in (*change.commits, *known) for row in self._names.get(oid, ())}
        if work:
            first = self.first(work)
            began = commits[first].authored_at
            firsts = [first, *(oid for oid in known if commits[oid].authored_at <= began)]
            yield from (f"branch:{name}@{oid}" for name in names if name for oid in firsts)
        if change.landed_oid:
            trunk = self.history.trunk
            yield from (f"commit:{oid}" for oid in (*change.commits, *change.copies) if oid in trunk)
            yield f"commit:{change.landed_oid}"

    def first(self, oids: Iterable[str]) -> str:
        """The commit that was begun with."""
        commits = self.history.commits
        return min(oids, key=lambda oid: (commits[oid].authored_at, commits[oid].committed_at, oid))
