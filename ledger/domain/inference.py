"""Whose a call was where its session made no commit after it: by files, by what came next, by its branch.

A request that a session judged by its number is named. The rest are rules 5 and 6 of metric.md §4, and name nothing:
what they find is inferred, and where only the order of things in time speaks, weak (`ledger.domain.rules`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from ledger.domain import reasons
from ledger.domain.anchors import Anchor, Anchors, Made
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.owned import Owned
from ledger.domain.rules import BRANCH, FED, FILE, NEXT, REVIEW, SLACK, WINDOW
from ledger.domain.session_facts import Call, SessionReview
from ledger.domain.told import SILENT
from ledger.domain.whereabouts import Branches

Found = tuple[tuple[str, ...], str]
"""The changes, and the rule that found them."""
_NOTHING: Found = ((), "")


class Inference:
    """Infers where calls belong that no commit of their session claims."""

    def __init__(self, history: History, owned: Owned, branches: Branches, anchors: Anchors) -> None:
        self._history, self._owned, self._branches, self._anchors = history, owned, branches, anchors
        self._written = {
            session: {row.path: row.at for row in rows}
            for session, rows in group(history.session_writes, lambda row: row.session).items()
        }
        self._asked: tuple[str, datetime | None] | None = None
        self._fresh: Mapping[str, datetime] = {}
        judged = sorted(history.session_reviews, key=lambda row: (row.at, row.id))
        self._judged = group(judged, lambda row: row.session)
        made = [anchor for session in anchors.sessions for anchor in anchors.made(session).anchors]
        made.sort(key=lambda anchor: (anchor.at, anchor.changes, anchor.rule))
        self._by_branch = group(made, lambda anchor: anchor.branch)
        self._by_worktree = group(made, lambda anchor: anchor.worktree)

    def find(self, call: Call, made: Made) -> Found:
        """The changes of a call, and the rule that found them; none where no rule applies."""
        last = made.before(call.at)
        return (
            self._reviewed(call, made)
            or self._by_file(call, last)
            or self._next(call, made)
            or self._fed(call, made)
            or self._by_own_branch(call, last)
            or _NOTHING
        )

    def reason(self, call: Call, made: Made) -> str:
        """Why no rule applies."""
        if made.lost_after(call.at):
            return reasons.LOST_COMMIT
        if self._branches.own(call):
            return reasons.NO_CHANGE_OF_BRANCH
        if made.anchors:
            return reasons.AFTER_LAST_COMMIT
        if not self._may_have_written(call, made):
            return reasons.FED_NOTHING
        if not self._branches.is_unknown(call):
            return reasons.NO_COMMIT_ON_TARGET
        return reasons.NO_BRANCH if call.session else reasons.NO_SESSION

    def _reviewed(self, call: Call, made: Made) -> Found | None:
        """The request that the session judged next, else last; for one that wrote and committed nothing."""
        if made.anchors or call.session in self._written:
            return None
        judged = [(row.at, found) for row in self._judged.get(call.session, ()) if (found := self._judged_changes(row))]
        later = next((found for at, found in judged if at >= call.at), judged[-1][1] if judged else ())
        return (later, REVIEW) if later else None

    def _judged_changes(self, row: SessionReview) -> tuple[str, ...]:
        """The change of the request that a verdict names by its number, else by its branch."""
        if row.request_number is None:
            return self._branches.changes(row.branch, row.at) if row.branch else ()
        return self._owned.named(f"request:{row.request_number}")

    def _by_file(self, call: Call, last: Anchor | None) -> Found | None:
        """The first commit of the window that touches a file which the session wrote, and had not committed before."""
        written = self._uncommitted(call.session, last.at if last else None)
        if not written:
            return None
        for line in self._branches.line(call):
            for at, oid in self._branches.window(line, call, call.at + WINDOW):
                diff = self._history.diffs.get(oid)
                if diff and any(written[path] <= at + SLACK for path in diff.paths if path in written):
                    return self._owned.changes([oid]), FILE
        return None

    def _uncommitted(self, session: str, since: datetime | None) -> Mapping[str, datetime]:
        """The files that a session wrote since its last commit; asked call after call, so the last answer is kept."""
        if self._asked != (session, since):
            rows = self._written.get(session, {}).items()
            self._asked, self._fresh = (session, since), {path: at for path, at in rows if since is None or at > since}
        return self._fresh

    def _next(self, call: Call, made: Made) -> Found | None:
        """The next commit on the branch; where the session's own was lost, one that may have become of that."""
        lost = made.lost_after(call.at)
        if (made.anchors and not lost) or not self._may_have_written(call, made):
            return None
        until = min(call.at + WINDOW, lost.ended_at + SLACK) if lost else call.at + WINDOW
        line = next(iter(self._branches.line(call)), ())
        _, same = next(groupby(self._branches.window(line, call, until), lambda pair: pair[0]), (None, ()))
        oids = [oid for _, oid in same]
        return (self._owned.changes(oids), NEXT) if oids else None

    def _fed(self, call: Call, made: Made) -> Found | None:
        """What the next session committed on this branch or in this worktree, for one that only read."""
        if self._may_have_written(call, made):
            return None
        own, worktree = self._branches.own(call), self._branches.worktree(call)
        lines = [self._by_branch.get(own, [])] if own else []
        if worktree and not self._branches.has(own):
            lines.append(self._by_worktree.get(worktree, []))
        first = [anchor for line in lines for anchor in _first(line, call.at)]
        earliest = min((anchor.at for anchor in first), default=None)
        found = tuple(sorted({change for anchor in first if anchor.at == earliest for change in anchor.changes}))
        return (found, FED) if found else None

    def _by_own_branch(self, call: Call, last: Anchor | None) -> Found | None:
        """The change of the call's branch, never the target's; where no branch was logged, that of the last commit."""
        own = self._branches.own(call)
        found = self._branches.changes(own, call.at) if own else ()
        if not found and last and (own == last.branch if own else self._branches.is_unknown(call)):
            is_direct = any(self._owned.bases[change] == "trunk" for change in last.changes)
            found = () if is_direct or last.branch in self._history.target_names else last.changes
        return (found, BRANCH) if found else None

    def _may_have_written(self, call: Call, made: Made) -> bool:
        """The session wrote or committed, or its log would not tell: what it says nothing of may have been."""
        if not call.session or call.source in SILENT:
            return True
        return bool(call.session in self._written or made.anchors or made.lost or made.has_tried)


def _first(line: Sequence[Anchor], at: datetime) -> list[Anchor]:
    """The first anchors of a line within the window: all that are of the same moment."""
    start = bisect_left(line, at, key=lambda anchor: anchor.at)
    if start == len(line) or line[start].at > at + WINDOW:
        return []
    return list(line[start : bisect_right(line, line[start].at, start, key=lambda anchor: anchor.at)])
