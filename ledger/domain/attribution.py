"""Which change a call is booked to, by the first rule that applies (metric.md §4).

explicit: the source books it, or a hook's line, trailer or note ties the session to a commit · printed-id: `git commit`
printed an id that is known, or known to have been rewritten · time-and-subject: a commit's author date lies in the
`git commit` call (±5 s) and the subject is equal · review: the request that a session judged which wrote nothing ·
file: the first commit of the branch within 24 h that touches a file the session wrote · next-commit: the next commit
of the branch within 24 h · branch: the change of that branch, never the target's.
Otherwise unattributed, with the reason.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.domain.changes import Identity
from ledger.domain.facts import Call, SessionCommit
from ledger.domain.grouping import group
from ledger.domain.history import History

WINDOW = timedelta(hours=24)
_SLACK = timedelta(seconds=5)
_SHORTEST_ID = 7

NO_SESSION = "the call names no session"
NO_COMMIT_ON_TARGET = "no commit followed within 24 hours on the target branch"
NO_CHANGE_OF_BRANCH = "its branch has no change"
NO_BRANCH = "no branch was logged and the session made no commit"
LOST_COMMIT = "its commit is in no change of this repository"


@dataclass(frozen=True, slots=True)
class Booking:
    """Where one call goes: equal shares of its cost to `changes`, or to none for `reason`."""

    call: Call
    changes: tuple[str, ...]
    rule: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A commit that a session made: its calls up to here belong to it."""

    at: datetime
    changes: tuple[str, ...]
    rule: str
    branch: str


def book(history: History, identities: Sequence[Identity]) -> Iterator[Booking]:
    """A booking for every call of the history, in order of session and time."""
    books = _Books(history, identities)
    sessions: dict[str, list[Call]] = {}
    for call in history.calls:
        sessions.setdefault(call.session, []).append(call)
    for session in sorted(sessions):
        calls = sorted(sessions[session], key=lambda call: (call.at, call.event_key))
        anchors = books.anchors(session) if session else ()
        yield from (books.book(call, anchors) for call in calls)


class _Books:
    """The indexes that booking looks things up in."""

    def __init__(self, history: History, identities: Sequence[Identity]) -> None:
        self.history = history
        self.owner = {oid: change.id for change in identities for oid in (*change.commits, *change.former)}
        self.numbers = {f"request:{change.number}": change.id for change in identities if change.number is not None}
        self.titles = {change.id: change for change in identities}
        self._commit_calls = group(history.session_commits, lambda row: row.session)
        self._writes = group(history.session_writes, lambda row: row.session)
        reviews = sorted(history.session_reviews, key=lambda row: (row.at, row.id))
        self._reviews = group(reviews, lambda row: row.session)
        self._explicit = self._explicit_commits()
        self._by_second = group(history.commits, lambda oid: int(history.commits[oid].authored_at.timestamp()))
        self._known_ids = sorted({*history.commits, *history.newer})
        self._branches = self._branch_timelines(identities)
        self._by_branch = group((change for change in identities if change.branch), lambda change: change.branch)

    def book(self, call: Call, anchors: Sequence[Anchor]) -> Booking:
        """The booking of one call."""
        if call.subject:
            change = self.numbers.get(call.subject) or self._named(call.subject)
            return Booking(call, (change,), "explicit") if change else Booking(call, (), "", LOST_COMMIT)
        anchor = next((anchor for anchor in anchors if anchor.at >= call.at and self._fits(call, anchor)), None)
        if anchor:
            return Booking(call, anchor.changes, anchor.rule)
        return self._infer(call, bool(anchors))

    def anchors(self, session: str) -> tuple[Anchor, ...]:
        """The commits the session made, in time, each by the surest rule that finds it."""
        found = [anchor for row in self._commit_calls.get(session, ()) for anchor in self._anchor(row)]
        told = {change for anchor in found for change in anchor.changes}
        for oid in self._explicit.get(session, ()):
            change = self._change_of(oid)
            if change and change not in told:
                dates = (self.history.commits[latest].authored_at for latest in self.history.latest(oid))
                found.extend(Anchor(at, (change,), "explicit", "") for at in dates)
        explicit = {self._change_of(oid) for oid in self._explicit.get(session, ())}
        return tuple(
            sorted(
                (Anchor(a.at, a.changes, "explicit", a.branch) if set(a.changes) <= explicit else a for a in found),
                key=lambda anchor: (anchor.at, anchor.changes),
            )
        )

    def _anchor(self, row: SessionCommit) -> Iterator[Anchor]:
        printed = self._printed(row.printed_id)
        changes = tuple(sorted({change for oid in printed if (change := self._change_of(oid))}))
        if len(changes) == 1:
            yield Anchor(row.ended_at, changes, "printed-id", row.branch)
            return
        timed = tuple(sorted({change for oid in self._in_time(row) if (change := self._change_of(oid))}))
        if timed:
            yield Anchor(row.ended_at, timed, "time-and-subject", row.branch)

    def _named(self, oid: str) -> str | None:
        """The change of a commit that a source names, perhaps by a short id: the only one that begins so."""
        found = [oid] if oid in self.owner else self._printed(oid)
        return self._change_of(found[0] if len(found) == 1 else oid)

    def _printed(self, printed: str) -> list[str]:
        if len(printed) < _SHORTEST_ID:
            return []
        start = bisect_left(self._known_ids, printed)
        return [oid for oid in self._known_ids[start : start + 2] if oid.startswith(printed)]

    def _in_time(self, row: SessionCommit) -> list[str]:
        """Found 21 of 21 rebased commits where the printed id found none (usage-formats §1.6)."""
        first, last = row.started_at - _SLACK, row.ended_at + _SLACK
        if last - first > WINDOW:
            return []
        seconds = range(int(first.timestamp()), int(last.timestamp()) + 1)
        oids = [oid for second in seconds for oid in self._by_second.get(second, ())]
        commits = self.history.commits
        return [
            oid for oid in oids if first <= commits[oid].authored_at <= last and commits[oid].subject == row.subject
        ]

    def _fits(self, call: Call, anchor: Anchor) -> bool:
        """Work on one branch is not booked to a commit that the session later made on another."""
        branch = self._own_branch(call)
        return not (branch and anchor.branch and branch != anchor.branch and branch in self._by_branch)

    def _infer(self, call: Call, has_anchors: bool) -> Booking:
        branch = self._own_branch(call)
        if not has_anchors:
            found = self._reviewed(call) or self._next_commit(call)
            if found:
                return found
        if branch is None:
            on_target = call.branch in self.history.target_names
            return Booking(
                call, (), "", NO_COMMIT_ON_TARGET if on_target else NO_SESSION if not call.session else NO_BRANCH
            )
        change = self._nearest(self._by_branch.get(branch, ()), call.at)
        return Booking(call, (change,), "branch") if change else Booking(call, (), "", NO_CHANGE_OF_BRANCH)

    def _reviewed(self, call: Call) -> Booking | None:
        """The request that the session judged next, else last; for calls of sessions that wrote nothing."""
        judged = () if call.session in self._writes else self._reviews.get(call.session, ())
        rows = [row for row in judged if f"request:{row.request_number}" in self.numbers]
        row = next((row for row in rows if row.at >= call.at), rows[-1] if rows else None)
        return Booking(call, (self.numbers[f"request:{row.request_number}"],), "review") if row else None

    def _own_branch(self, call: Call) -> str | None:
        """The call's branch, if it says whose work it is: the target's name does not."""
        return (
            call.branch
            if call.branch and call.branch != "HEAD" and call.branch not in self.history.target_names
            else None
        )

    def _next_commit(self, call: Call) -> Booking | None:
        timeline = self._branches.get(call.branch, ())
        start = bisect_left(timeline, (call.at, ""))
        window = [oid for at, oid in timeline[start:] if at <= call.at + WINDOW] if timeline else []
        written = {row.path for row in self._writes.get(call.session, ())}
        for oid in window:
            diff = self.history.diffs.get(oid)
            if written and diff and not written.isdisjoint(diff.paths):
                return Booking(call, (self.owner[oid],), "file")
        return Booking(call, (self.owner[window[0]],), "next-commit") if window else None

    def _nearest(self, changes: Iterable[Identity], at: datetime) -> str | None:
        """Of the changes that had this branch name, the one alive at the time, else the nearest one."""
        return min(((self._distance(change, at), change.id) for change in changes), default=(None, None))[1]

    def _distance(self, change: Identity, at: datetime) -> timedelta:
        dates = [self.history.commits[oid].authored_at for oid in change.commits if oid in self.history.commits]
        dates += [change.landed_at] if change.landed_at else []
        if not dates:
            return timedelta.max
        return max(min(dates) - at, at - max(dates), timedelta(0))

    def _change_of(self, oid: str) -> str | None:
        """The change of a commit, or of what it became."""
        if oid in self.owner:
            return self.owner[oid]
        return next((self.owner[new] for new in self.history.latest(oid) if new in self.owner), None)

    def _explicit_commits(self) -> dict[str, list[str]]:
        tied = [(row.session, row.oid) for row in self.history.seen if row.session]
        tied += [(session, commit.oid) for commit in self.history.commits.values() for session in commit.sessions]
        tied += [(session, row.subject) for row in self.history.contributions for session in row.sessions]
        found: dict[str, list[str]] = {}
        for session, oid in sorted(set(tied)):
            found.setdefault(session, []).append(oid)
        return found

    def _branch_timelines(self, identities: Sequence[Identity]) -> dict[str, list[tuple[datetime, str]]]:
        """Branch → its commits by author date: the branch a hook saw, else the change's, else the target."""
        timelines: dict[str, list[tuple[datetime, str]]] = {}
        for change in identities:
            for oid in change.commits:
                commit = self.history.commits.get(oid)
                if commit is None:
                    continue
                seen = self.history.branch_of.get(oid)
                names = {seen} if seen else {change.branch} if change.branch else set(self.history.target_names)
                for name in names:
                    timelines.setdefault(name or "", []).append((commit.authored_at, oid))
        return {name: sorted(timeline) for name, timeline in timelines.items()}
