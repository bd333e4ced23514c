"""Changes that landed: by merge, squash, rebase or fast-forward, or as a direct commit (ci.md §3.2).

A merge commit merged; commits that lie on the trunk as they were made on their branch were fast-forwarded; copies of a
branch's commits, one for one, were rebased; one commit that is the diff of several was squashed. What is a copy of work
that landed before (a backport, a second pick) joins the change of that work and is no second acceptance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ledger.domain.forge_facts import Request
from ledger.domain.forge_word import denials
from ledger.domain.git_facts import Commit
from ledger.domain.history import History, request_of
from ledger.domain.identities import Claims
from ledger.domain.origins import Mark, Origins
from ledger.domain.trunk import Landing, Step, landings, within


def draw_landed(history: History, claims: Claims, origins: Origins) -> None:
    """Draw every change that landed, in the order of landing."""
    drawing = _Landed(history, claims, origins)
    for landing in landings(history, origins):
        drawing.draw(landing)


class _Landed:
    def __init__(self, history: History, claims: Claims, origins: Origins) -> None:
        self.history, self.claims, self.origins = history, claims, origins
        self.requests = origins.requests
        self.merged_as = {
            event.oid: int(event.subject.removeprefix("request:"))
            for event in history.events
            if event.kind == "merged" and event.oid and event.subject.removeprefix("request:").isdecimal()
        }
        rows = (row for row in history.requests if row.merge_oid and row.merged_at)
        self.merged_as |= {row.merge_oid: row.number for row in sorted(rows, key=self._is_outer)}
        self.denied = denials(history.requests, history.events)
        self.landed_before = set(history.trunk)
        self.lanes: dict[int, int] = {}
        """Place of a change → the lane it landed on."""
        self.marks: dict[Mark, int] = {}

    def draw(self, landing: Landing) -> None:
        count = len(self.claims.changes)
        if landing.label is not None:
            self._draw_run(landing.steps, landing.label)
        elif len(self.history.commits[landing.last.oid].parents) > 1:
            self._draw_merge(landing.last)
        else:
            self._draw_plain(landing.last)
        for place in range(count, len(self.claims.changes)):
            self.lanes[place] = landing.last.lane
            for oid in self.claims.changes[place].commits:
                self.landed_before.add(oid)
                self.marks.setdefault(self.origins.mark(oid), place)
        for step in landing.steps:
            self.landed_before.update(oid for side in step.sides for oid in side)

    def _is_outer(self, request: Request) -> tuple[bool, int]:
        """The forge may say of all of a stack that one commit merged them: it is the one whose head that merged."""
        merge = self.history.commits.get(request.merge_oid)
        return bool(merge and request.head_oid in merge.parents), request.number

    # -- merges -----------------------------------------------------------------------------------------------------

    def _draw_merge(self, step: Step) -> None:
        merge = self.history.commits[step.oid]
        for side in step.sides:
            self._draw_nested(side, merge)
            self._draw_stacked(side, merge)
            work = self._plain(self.claims.free(side))
            if self._join_copies(work, step.lane, self._number_at(merge)) or not self.claims.free(side):
                self._join([step.oid, *side], self.claims.owner[(work or side)[0]])
            else:
                self._draw_side(step, merge, side)
        if not step.sides:
            self._draw_empty_merge(merge)

    def _draw_side(self, step: Step, merge: Commit, side: Sequence[str]) -> None:
        work = self._plain(self.claims.free(side))
        number = self._number_at(merge)
        sources, branch = self.origins.squash(work, self.landed_before)
        if number is not None and len(work) == 1:
            heads = self._request_commits(number)
            sources = sources or (heads if set(heads).isdisjoint(side) else [])
        is_squash = bool(sources) and len(work) == 1
        is_only = len(step.sides) == 1
        seen = (name for oid in (*side, *sources) if (name := self.origins.branch(oid)))
        branch = self._ref(number) or (merge.merged_branch if is_only else None) or branch or next(seen, None)
        self.claims.take(
            basis="branch" if number is None else "request",
            key=f"request:{number}" if number is not None else f"commit:{merge.oid if is_only else side[0]}",
            number=number,
            branch=branch,
            title=self._title(number) or self._merge_title(merge, work, branch),
            landing=merge,
            landed_by="squash" if is_squash else "merge",
            landed_at=self._merged_at(number),
            commits=[merge.oid, *side, *sources],
            brought_by=[merge.oid, *(work if is_squash else ())],
        )

    def _merge_title(self, merge: Commit, work: Sequence[str], branch: str | None) -> str:
        """A merge's subject only names the branch, so its one commit speaks."""
        return self.history.commits[work[0]].subject if len(work) == 1 else branch or merge.subject

    def _draw_empty_merge(self, merge: Commit) -> None:
        """A merge whose work had landed before; it is a change only where it is a request's."""
        number = self._number_at(merge)
        if number is not None:
            self._take_request(merge, number, [merge.oid], "merge", [merge.oid])

    def _draw_nested(self, side: Sequence[str], merge: Commit) -> None:
        """Requests that were merged into the branch before it was merged itself: each is accepted with it."""
        allowed = set(side)
        for oid in reversed(side):
            inner = self.history.commits[oid]
            is_merge = len(inner.parents) > 1
            number = self.merged_as.get(oid) if not is_merge else self._number_at(inner)
            if number is None or number in self.claims.numbers or number == self._number_at(merge):
                continue
            brought = set(within(self.history, inner.parents[1:], allowed))
            brought -= set(within(self.history, inner.parents[:1], allowed))
            heads = [each for each in side if each in brought] or self._request_commits(number)
            if heads or not is_merge:
                is_own = not is_merge and oid in self.history.request_heads.get(number, ())
                how = "merge" if is_merge or is_own else "squash"
                self._take_request(merge, number, [oid, *heads], how, () if is_own else [oid])

    def _draw_stacked(self, side: Sequence[str], merge: Commit) -> None:
        """Requests whose head lies within the branch that was merged: what they brought stands on the target."""
        own = self._number_at(merge)
        branch = self._ref(own) or merge.merged_branch
        for oid in reversed(side):
            for request in () if oid in merge.parents else self.origins.ending_at(oid):
                if request.number not in self.claims.numbers and request.number != own and request.head_ref != branch:
                    commits = self._request_commits(request.number)
                    if commits:
                        self._take_request(merge, request.number, commits, "merge", ())

    # -- plain commits ------------------------------------------------------------------------------------------------

    def _draw_run(self, steps: Sequence[Step], label: tuple[str, str]) -> None:
        run = [step.oid for step in steps][::-1]
        last, lane = self.history.commits[run[0]], steps[-1].lane
        kind, name = label
        number = self._number_of_run(run, label)
        plain = self._plain(run)
        if self._join_copies(plain, lane, number):
            return
        if kind == "copy":
            free = (self.claims.free(self.origins.copied(self.history.commits[oid])) for oid in plain)
            sources = [oid for found in free for oid in found if oid not in self.landed_before]
        else:
            sources, _ = self.origins.squash(plain, self.landed_before)
        heads = self._request_commits(number) if number is not None else []
        branch = name if kind == "branch" else next((b for oid in sources if (b := self.origins.branch(oid))), None)
        branch = self._ref(number) or branch
        subject = last.subject if len(plain) == 1 else branch or last.subject
        self.claims.take(
            basis="branch" if number is None else "request",
            key=f"commit:{last.oid}" if number is None else f"request:{number}",
            number=number,
            branch=branch,
            title=self._title(number) or subject,
            landing=last,
            landed_by="rebase" if kind == "copy" else "fast-forward",
            landed_at=self._merged_at(number),
            commits=[*run, *sources, *heads],
            brought_by=run if kind == "copy" else (),
        )

    def _number_of_run(self, run: Sequence[str], label: tuple[str, str]) -> int | None:
        kind, name = label
        said = [int(name)] if kind == "request" else [self._number_at(self.history.commits[oid]) for oid in run]
        head = request_of(name) if kind == "copy" else None
        found = (number for number in (*said, head) if number is not None and number not in self.claims.numbers)
        return next(found, None)

    def _draw_plain(self, step: Step) -> None:
        commit = self.history.commits[step.oid]
        number = self._number_at(commit)
        heads = self._request_commits(number) if number is not None else []
        copies = self._plain(heads) or [step.oid]
        if self._join_copies(copies, step.lane, number):
            self._join([step.oid], self.claims.owner[copies[0]])
            return
        sources, branch = self.origins.squash([step.oid], self.landed_before)
        if number is not None:
            made = heads or sources
            how = "fast-forward" if commit.oid in self.history.request_heads.get(number, ()) else "squash"
            self._take_request(commit, number, [step.oid, *made], how, [step.oid] if made else [], branch)
            return
        is_squash = bool(sources) or self.origins.is_told(step.oid)
        self.claims.take(
            basis="branch" if is_squash else "trunk",
            key=f"commit:{commit.oid}",
            branch=branch if is_squash else None,
            title=commit.subject,
            landing=commit,
            landed_by="squash" if is_squash else "direct",
            commits=[step.oid, *sources],
            brought_by=[step.oid] if sources else (),
        )

    def _take_request(
        self,
        landing: Commit,
        number: int,
        commits: Sequence[str],
        how: str,
        brought_by: Sequence[str],
        branch: str | None = None,
    ) -> None:
        named = self.history.commits[commits[0]]
        seen = (name for oid in commits if oid not in brought_by and (name := self.origins.branch(oid)))
        work = self._plain(oid for oid in commits if oid not in brought_by)
        subject = self._merge_title(named, work, named.merged_branch) if len(named.parents) > 1 else named.subject
        self.claims.take(
            basis="request",
            key=f"request:{number}",
            number=number,
            branch=self._ref(number) or named.merged_branch or branch or next(seen, None),
            title=self._title(number) or subject,
            landing=landing,
            landed_by=how,
            landed_at=self._merged_at(number),
            commits=commits,
            brought_by=brought_by,
        )

    # -- copies -----------------------------------------------------------------------------------------------------

    def _join_copies(self, oids: Sequence[str], lane: int, number: int | None) -> bool:
        """Let commits that are all copies of landed work join its changes; False, and nothing done, if one is not."""
        places = {oid: self._copied_place(oid, lane) for oid in oids}
        if not places or None in places.values():
            return False
        for oid, place in places.items():
            if place is not None:
                self._join([oid], place)
        if number is not None:
            self.claims.numbers.setdefault(number, self.claims.owner[oids[0]])
        return True

    def _join(self, oids: Iterable[str], place: int) -> None:
        for oid in oids:
            self.claims.join(oid, place, is_copy=True)
            self.landed_before.add(oid)

    def _copied_place(self, oid: str, lane: int) -> int | None:
        """The change that landed before with the same work: the same patch, or on another target the same mark."""
        same = (*self.origins.kin(oid), *self.origins.copied(self.history.commits[oid]))
        places = (self.claims.owner.get(each) for each in same)
        found = next((place for place in places if place is not None), None)
        if found is None:
            place = self.marks.get(self.origins.mark(oid))
            found = place if place is not None and self._is_other_target(self.lanes[place], lane) else None
        return found

    def _is_other_target(self, one: int, other: int) -> bool:
        return one != other and max(one, other) < len(self.history.chains)

    # -- requests -----------------------------------------------------------------------------------------------------

    def _number_at(self, commit: Commit) -> int | None:
        """The request that landed with a commit: the forge's word, else the message's unless the forge denies it.

        A request whose work is here was merged, by hand if not on the forge; a message alone is text.
        """
        number = self.merged_as.get(commit.oid)
        if number is None and commit.request_number is not None:
            denied = self.denied.get(commit.request_number)
            is_text = denied is not None and denied > commit.committed_at
            number = None if is_text and not self._brings(commit, commit.request_number) else commit.request_number
        if number is None or number in self.claims.numbers:
            return None
        request = self.requests.get(number)
        is_other = request is not None and request.merge_oid in self.history.trunk and request.merge_oid != commit.oid
        return None if is_other else number

    def _brings(self, commit: Commit, number: int) -> bool:
        """Whether a trunk commit is, merges, copies or squashes work that is known to be the request's."""
        request, trunk = self.requests.get(number), self.history.trunk
        listed = request.commits if request else ()
        work = {*self.history.request_heads.get(number, ()), *listed, *self.origins.of_request(number, trunk)}
        if len(commit.parents) > 1:
            return not work.isdisjoint(self.history.walk(commit.parents[1:], trunk))
        sources, _ = self.origins.squash([commit.oid], trunk)
        return not work.isdisjoint({commit.oid, *sources, *self.origins.copied(commit)})

    def _request_commits(self, number: int) -> list[str]:
        """The commits of a request that did not land before it, children before parents."""
        return self.claims.free(self.origins.of_request(number, self.landed_before))

    def _ref(self, number: int | None) -> str | None:
        request = self.requests.get(number) if number is not None else None
        return request.head_ref or None if request else None

    def _title(self, number: int | None) -> str | None:
        request = self.requests.get(number) if number is not None else None
        return request.title or None if request else None

    def _merged_at(self, number: int | None) -> datetime | None:
        request = self.requests.get(number) if number is not None else None
        return request.merged_at if request else None

    def _plain(self, oids: Iterable[str]) -> list[str]:
        return [oid for oid in oids if len(self.history.commits[oid].parents) < 2]
