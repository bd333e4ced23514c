"""Changes that did not land: requests that are open or closed, and branches, there or remembered.

A force-push continues the life of a branch, and so does work that was thrown away and soon done again; a name that is
used again later, or after a landing, starts another one. What an earlier head held and the one that landed did not is
former work of the same change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger.domain.forge_facts import Request
from ledger.domain.forge_word import closed_at
from ledger.domain.git_facts import BranchRange, Tip
from ledger.domain.grouping import group
from ledger.domain.history import History, request_of, short_name
from ledger.domain.identities import Claims, Identity
from ledger.domain.origins import Mark, Origins, is_beside
from ledger.domain.redone import Use, redone_in, use_of


def draw_unlanded(history: History, claims: Claims, origins: Origins) -> None:
    """Draw every request and every branch that no landing took."""
    drawing = _Unlanded(history, claims, origins)
    drawing.draw_requests()
    drawing.draw_branches()


@dataclass(slots=True)
class _Life:
    """One use of a branch's name: the commits of its last head and those of earlier heads."""

    branch: str
    is_gone: bool
    """No ref leads to its last head any more."""
    heads: list[str]
    former: list[str] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)
    redone_in: int | None = None
    """The place of the change that it was a dropped try of."""


class _Unlanded:
    def __init__(self, history: History, claims: Claims, origins: Origins) -> None:
        self.history, self.claims, self.origins = history, claims, origins
        self.marks: dict[Mark, int] = {}
        """What survives a rebase → the change that landed or is a request."""
        self.told = group(history.events, lambda event: event.subject)

    # -- requests -----------------------------------------------------------------------------------------------------

    def draw_requests(self) -> None:
        """Stacked requests are cut at their joints: the one with the fewest commits first."""
        known = self.origins.requests.keys() | self.history.request_heads.keys()
        rest = sorted(known - self.claims.numbers.keys())
        commits = {number: self.origins.of_request(number, self.history.landed) for number in rest}
        for number in sorted(rest, key=lambda number: (len(commits[number]), number)):
            place = self._landed_as(number)
            if place is not None:
                self._name(place, number)
            elif number in self.origins.requests:
                self._draw_request(self.origins.requests[number], commits[number])
            elif self.claims.free(commits[number]):
                self._draw_fetched(number, commits[number])

    def _landed_as(self, number: int) -> int | None:
        """The landed branch that a request's head is the last commit of; a merge of a target is no such request."""
        request = self.origins.requests.get(number)
        if request and request.head_ref in self.history.target_names:
            return None
        for head in self.history.request_heads.get(number, ()):
            place = self.claims.owner.get(head)
            change = self.claims.changes[place] if place is not None else None
            if change and self._is_branch_of(change, head):
                return place
        return None

    def _is_branch_of(self, change: Identity, head: str) -> bool:
        work = [oid for oid in change.commits if oid not in change.landing]
        is_last = head in work and not any(head in self.history.commits[oid].parents for oid in work)
        return bool(change.landed_oid and change.number is None and change.basis == "branch" and is_last)

    def _name(self, place: int, number: int) -> None:
        change, request = self.claims.changes[place], self.origins.requests.get(number)
        self.claims.numbers[number] = place
        self.claims.changes[place] = replace(
            change,
            id=f"{self.history.repository_id}/request:{number}",
            basis="request",
            number=number,
            branch=(request.head_ref if request else None) or change.branch,
            title=(request.title if request else None) or change.title,
            landed_at=(request.merged_at if request else None) or change.landed_at,
        )

    def _draw_request(self, request: Request, commits: Sequence[str]) -> None:
        landing = self.history.commits.get(request.merge_oid) if request.merged_at else None
        is_elsewhere = is_beside(request, self.history)
        self.claims.take(
            basis="request",
            key=f"request:{request.number}",
            number=request.number,
            branch=request.head_ref or None,
            title=request.title,
            landing=None if is_elsewhere else landing,
            landed_at=None if is_elsewhere else request.merged_at,
            commits=commits,
        )

    def _draw_fetched(self, number: int, commits: Sequence[str]) -> None:
        """A request of which nothing is known but its head: the forge has to say what became of it."""
        own = self.claims.free(commits)
        self.claims.take(
            basis="request",
            key=f"request:{number}",
            number=number,
            branch=next((name for oid in own if (name := self.origins.branch(oid))), None),
            title=self.history.commits[own[0]].subject,
            commits=own,
        )

    # -- branches -----------------------------------------------------------------------------------------------------

    def draw_branches(self) -> None:
        """The smallest first, so that a stack is cut at its joints."""
        tips = group(
            (tip for tip in self.history.tips if request_of(short_name(tip.ref)) is None),
            lambda tip: short_name(tip.ref),
        )
        ranges = group(self.history.ranges, lambda row: row.branch)
        landed = group(
            (place for place, change in enumerate(self.claims.changes) if change.branch or change.number is not None),
            lambda place: self.claims.changes[place].branch or "",
        )
        self.marks = {
            self.origins.mark(oid): place
            for place, change in enumerate(self.claims.changes)
            for oid in change.commits
            if change.landed_oid or change.number is not None
        }
        lives = list[_Life]()
        for branch in sorted((tips.keys() | ranges.keys()) - self.history.target_names):
            found = self._lives(branch, tips.get(branch, ()), ranges.get(branch, ()))
            number = request_of(branch)
            own = [self.claims.numbers[number]] if number in self.claims.numbers else landed.get(branch, [])
            left = [life for life in found if not self._continues(life, own)]
            if number is None:
                lives += self._tried(left, own)
            elif own:
                self._join([oid for life in left for oid in (*life.heads, *life.former)], own[0])
        for life in sorted(lives, key=lambda life: (len(life.heads), life.branch, life.heads)):
            if life.redone_in is None:
                self._draw_branch(life)
            else:
                self._join(self._dropped(life), life.redone_in)

    def _tried(self, lives: Sequence[_Life], places: Sequence[int]) -> list[_Life]:
        """The lives of a name, newest first, without those that a later one is another try of."""
        if not any(life.is_gone for life in lives):
            return list(lives)
        found: list[_Life] = []
        uses: list[tuple[Use, int | _Life]] = [(use, place) for place in places if (use := self._use_of(place))]
        for life in lives:
            dropped = use_of(self.history.commits[oid] for oid in self._dropped(life)) if life.is_gone else None
            place = redone_in(dropped, [use for use, _ in uses]) if dropped else None
            if dropped is None or place is None:
                found.append(life)
                use = dropped or use_of(self.history.commits[oid] for oid in self.claims.free(life.heads))
                uses += [(use, life)] if use else []
                continue
            use, of = uses[place]
            uses[place] = (use.with_try(dropped), of)
            if isinstance(of, _Life):
                of.former += [oid for oid in self._dropped(life) if oid not in of.former]
            else:
                life.redone_in = of
                found.append(life)
        return found

    def _dropped(self, life: _Life) -> list[str]:
        """What is nobody's yet of a life that is gone; what another branch leads to was not dropped."""
        return [oid for oid in self.claims.free([*life.heads, *life.former]) if oid not in self.history.reachable]

    def _use_of(self, place: int) -> Use | None:
        """What a change used the name of its branch for: by its work, else by what landed."""
        change = self.claims.changes[place]
        request = self.origins.requests.get(change.number) if change.number is not None else None
        told = self.told.get(f"request:{change.number}", ())
        merged = request.merged_at if request else None
        work = [oid for oid in change.commits if oid not in change.landing] or change.commits
        own = [self.history.commits[oid] for oid in work]
        plain = [commit for commit in own if len(commit.parents) < 2] or own
        return use_of(plain, change.landed_at or merged or closed_at(request, told))

    def _join(self, oids: Iterable[str], place: int) -> None:
        for oid in self.claims.free(oids):
            self.claims.join(oid, place)

    def _lives(self, branch: str, current: Iterable[Tip], ranges: Iterable[BranchRange]) -> list[_Life]:
        standing = sorted({tip.oid for tip in current}, key=self._age)
        gone = sorted({row.tip for row in ranges} - set(standing), key=self._age)
        lives: list[_Life] = []
        for tip in reversed([*gone, *standing]):
            oids = [oid for oid in self.history.walk([tip], self.history.landed) if not self._is_replaced(oid)]
            marks = {self.origins.mark(oid) for oid in oids}
            life = next((life for life in lives if life.marks & marks), None)
            if life is None:
                lives.append(_Life(branch, tip in gone, oids, [], marks))
            else:
                life.former.extend(oid for oid in oids if oid not in life.heads and oid not in life.former)
                life.marks.update(marks)
        return [life for life in lives if life.heads]

    def _age(self, oid: str) -> tuple[bool, datetime | None, str]:
        commit = self.history.commits.get(oid)
        return commit is not None, commit.committed_at if commit else None, oid

    def _is_replaced(self, oid: str) -> bool:
        return oid in self.history.newer and any(new != oid for new in self.history.latest(oid))

    def _continues(self, life: _Life, places: Sequence[int]) -> bool:
        """Give what is left of a life to the change that it is an earlier head of; False where it is new work.

        A rebased commit stays the same work. The rest of a head is an earlier one's if it grew from work that the
        change holds and not from its end.
        """
        oids = [*life.heads, *life.former]
        for oid in oids:
            if self.origins.mark(oid) in self.marks:
                self.claims.join(oid, self.marks[self.origins.mark(oid)])
        for place in places:
            change = self.claims.changes[place]
            work = [oid for oid in change.commits if oid not in change.landing]
            ends = set(work) - {parent for oid in work for parent in self.history.commits[oid].parents}
            grew = self._grew_from(self.claims.free(oids))
            shares = {self.origins.mark(oid) for oid in work} & {self.origins.mark(oid) for oid in grew}
            if shares and ends.isdisjoint(grew):
                self._join(oids, place)
        return not self.claims.free(life.heads)

    def _grew_from(self, oids: Sequence[str]) -> set[str]:
        """The commits and all that is behind them, down to where they left the trunk."""
        met = set(self.history.walk(oids, self.history.trunk))
        parents = {parent for oid in met for parent in self.history.commits[oid].parents}
        return met | (parents & self.history.trunk)

    def _draw_branch(self, life: _Life) -> None:
        own = self.claims.free(life.heads)
        if own:
            self.claims.take(
                basis="branch",
                key=f"branch:{life.branch}@{self.claims.first(own)}",
                branch=life.branch,
                title=self.history.commits[own[0]].subject if len(own) == 1 else life.branch,
                commits=own,
                former=life.former,
            )
