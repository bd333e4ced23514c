"""Which change a call is booked to, by the first rule that applies (metric.md §4; `ledger.domain.rules`).

What a source books itself goes there. Else the calls of a session belong to the next commit that it made (how those are
found: `ledger.domain.anchors`), and those after its last one to the change of that branch. What it never committed is
inferred (`ledger.domain.inference`); what is left is unattributed, with the reason (`ledger.domain.reasons`). Equal
claims are split: nothing depends on which comes first in a list. Any new fact may change any booking of its repository,
so all of them are drawn anew.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.anchors import Anchor, Anchors, Made
from ledger.domain.changes import Identity
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.inference import Inference
from ledger.domain.owned import Owned
from ledger.domain.reasons import UNKNOWN_SUBJECT
from ledger.domain.rules import EXPLICIT, SLACK, WINDOW, least_sure, surest
from ledger.domain.session_facts import Call
from ledger.domain.whereabouts import Branches

_SPANNING = frozenset({"aggregate", "rollup"})
"""Rows that stand for the calls of a while, not of a moment."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Where one call goes: equal shares of its cost to `changes`, or to none for `reason`."""

    call: Call
    changes: tuple[str, ...]
    rule: str
    reason: str = ""


def book(history: History, identities: Sequence[Identity]) -> Iterator[Booking]:
    """A booking for every call of the history, in order of session and time."""
    books = _Books(history, identities)
    sessions = group(history.calls, lambda call: call.session)
    for session in sorted(sessions):
        yield from books.book(session, sorted(sessions[session], key=lambda call: (call.at, call.event_key)))


class _Books:
    """Books the calls of one session after the other."""

    def __init__(self, history: History, identities: Sequence[Identity]) -> None:
        self._owned = Owned(history, identities)
        self._branches = Branches(history, identities)
        self._anchors = Anchors(history, self._owned, self._branches.worktrees)
        self._inference = Inference(history, self._owned, self._branches, self._anchors)

    def book(self, session: str, calls: Sequence[Call]) -> Iterator[Booking]:
        """The bookings of a session's calls, which come in time."""
        made = self._anchors.made(session)
        sums = sorted({call.at for call in calls if call.quality in _SPANNING})
        for call in calls:
            if call.subject:
                named = self._owned.named(call.subject)
                yield Booking(call, named, EXPLICIT) if named else Booking(call, (), "", UNKNOWN_SUBJECT)
                continue
            changes, rule = self._claimed(call, made, sums) or self._inference.find(call, made)
            yield Booking(call, changes, rule, "" if changes else self._inference.reason(call, made))

    def _claimed(self, call: Call, made: Made, sums: Sequence[datetime]) -> tuple[tuple[str, ...], str] | None:
        """What the commits of the call's own session say."""
        if not made.anchors:
            return None
        if made.is_checkpoint:
            return made.changes, surest(anchor.rule for anchor in made.anchors)
        if call.quality in _SPANNING:
            place = bisect_left(sums, call.at)
            covered = _within(made.anchors, sums[place - 1] if place else None, call.at + SLACK)
            if covered:
                changes = {change for anchor in covered for change in anchor.changes}
                return tuple(sorted(changes)), least_sure(anchor.rule for anchor in covered)
        anchor = self._next_anchor(call, made)
        return (anchor.changes, anchor.rule) if anchor else None

    def _next_anchor(self, call: Call, made: Made) -> Anchor | None:
        """The next commit of the session that the call may have been for; in its own worktree, if there is one soon."""
        start = bisect_left(made.anchors, call.at, key=lambda anchor: anchor.at)
        worktree, first = self._branches.worktree(call), None
        for place in range(start, len(made.anchors)):
            anchor = made.anchors[place]
            if not self._fits(call, anchor, made):
                continue
            first = first or anchor
            if anchor.at > call.at + WINDOW:
                break
            if not worktree or anchor.worktree in ("", worktree):
                return anchor
        return first

    def _fits(self, call: Call, anchor: Anchor, made: Made) -> bool:
        """Work on one branch is not for a commit that the session made on another.

        Unless the branch is only another name, or was left: no change of it is open, and nothing was lost on it.
        """
        own = self._branches.own(call)
        if not own or not anchor.branch or own == anchor.branch:
            return True
        return not self._branches.is_alive(own, call.at) and all(row.branch != own for row in made.lost)


def _within(anchors: Sequence[Anchor], after: datetime | None, until: datetime) -> list[Anchor]:
    first = 0 if after is None else bisect_right(anchors, after, key=lambda anchor: anchor.at)
    return list(anchors[first : bisect_right(anchors, until, first, key=lambda anchor: anchor.at)])
