"""Which commits a session made, each by the surest rule that finds it: its calls up to there belong to them.

In the order of metric.md §4: a hook's line, a trailer or a note names the session; git printed an id that is known; the
printed commit is in no change, but its stable patch-id is that of one that is; a commit was authored while the session
ran `git commit`, under the same subject. Where git printed nothing and the command does not tell the subject, it is the
one commit that was made there meanwhile.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from ledger.domain.commit_commands import mark_of
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.owned import Owned
from ledger.domain.rules import EXPLICIT, NEXT, PATCH, PRINTED, SLACK, TIMED, WINDOW, least_sure, surest
from ledger.domain.session_facts import SessionCommit
from ledger.domain.whereabouts import worktrees_of

_WHOLE_SECOND = timedelta(seconds=1)
"""Git drops the fraction: a commit was made up to so much later than it says."""
_CHECKPOINT = re.compile(r"[0-9a-f]{12}")
"""Entire's checkpoints: a moment that commits name, not a run that made them one after the other."""
_FOLDED = re.compile(r"^(?:(?:fixup|squash|amend)! )+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A commit that a session made."""

    at: datetime
    changes: tuple[str, ...]
    """One, unless it is in several, or several were made at once."""
    rule: str
    branch: str
    """'' when unknown."""
    worktree: str
    """'' when unknown."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a session committed."""

    anchors: tuple[Anchor, ...] = ()
    """In time."""
    lost: tuple[SessionCommit, ...] = ()
    """Its commits that git printed and that are in no change, in time."""
    has_tried: bool = False
    """It ran a `git commit` that printed nothing and that no commit is known of."""
    is_checkpoint: bool = False

    @property
    def changes(self) -> tuple[str, ...]:
        """All changes of the anchors, sorted."""
        return tuple(sorted({change for anchor in self.anchors for change in anchor.changes}))

    def before(self, at: datetime) -> Anchor | None:
        """The last commit before a moment."""
        place = bisect_left(self.anchors, at, key=lambda anchor: anchor.at)
        return self.anchors[place - 1] if place else None

    def lost_after(self, at: datetime) -> SessionCommit | None:
        """The first commit from a moment on that is in no change."""
        return next((row for row in self.lost if row.ended_at >= at), None)


class Anchors:
    """Finds what sessions committed; `worktrees` tells the worktree of a directory."""

    def __init__(self, history: History, owned: Owned, worktrees: Mapping[str, str]) -> None:
        self._history, self._owned, self._worktrees = history, owned, worktrees
        self._rows = group(history.session_commits, lambda row: row.session)
        self._told = self._told_commits()
        self._by_second = group(history.commits, lambda oid: int(history.commits[oid].authored_at.timestamp()))
        self._worktree_of = worktrees_of(history)
        self._made: dict[str, Made] = {}

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions that are known to have run `git commit`, found or not."""
        return frozenset({*self._rows, *self._told} - {""})

    def made(self, session: str) -> Made:
        """The commits of one session."""
        if session not in self._made:
            self._made[session] = self._find_made(session)
        return self._made[session]

    def _find_made(self, session: str) -> Made:
        told = self._told.get(session, {})
        explicit = set(self._owned.changes(self._owned.sources(told)))
        rows = self._found(session)
        anchors = [
            Anchor(
                row.ended_at,
                changes,
                EXPLICIT if explicit.issuperset(changes) else rule,
                row.branch,
                self._worktrees.get(row.directory, ""),
            )
            for row, changes, rule in rows
            if changes
        ]
        anchors.extend(self._explicit(told, [(row, changes) for row, changes, _ in rows if changes]))
        unknown = [row for row, changes, _ in rows if not changes]
        return Made(
            anchors=tuple(_at_once(anchors)),
            lost=tuple(row for row in unknown if row.printed_id),
            has_tried=any(not row.printed_id for row in unknown),
            is_checkpoint=_CHECKPOINT.fullmatch(session) is not None,
        )

    def _found(self, session: str) -> list[tuple[SessionCommit, tuple[str, ...], str]]:
        """Each `git commit` call of the session in time, with its changes and the rule that finds them."""
        found: list[tuple[SessionCommit, tuple[str, ...], str]] = []
        by_subject: dict[str, tuple[str, ...]] = {}
        for row in sorted(self._rows.get(session, ()), key=lambda row: (row.started_at, row.ended_at, row.id)):
            subject = _FOLDED.sub("", row.subject)
            changes, rule = self._find(row)
            if not changes and subject:
                # An amend keeps the author date, a fixup goes into the commit that it names: both follow it.
                changes, rule = by_subject.get(subject, ()), TIMED
            by_subject[subject] = changes
            found.append((row, changes, rule))
        return found

    def _told_commits(self) -> dict[str, dict[str, bool]]:
        """Session → the commits tied to it, and whether a hook did it as they were made."""
        tied = {(session, oid): False for oid, commit in self._history.commits.items() for session in commit.sessions}
        tied |= {(session, row.subject): False for row in self._history.contributions for session in row.sessions}
        # After a merge HEAD may stand on what others made: whoever pulled did not make it.
        tied |= {(row.session, row.oid): True for row in self._history.seen if row.session and row.evidence != "merge"}
        found: dict[str, dict[str, bool]] = {}
        for (session, oid), is_hooked in sorted(tied.items()):
            found.setdefault(session, {})[oid] = is_hooked
        return found

    def _explicit(
        self, told: Mapping[str, bool], rows: Sequence[tuple[SessionCommit, tuple[str, ...]]]
    ) -> Iterator[Anchor]:
        """The commits that are told of, unless the session's own rows tell when they were made."""
        for oid in self._owned.sources(told):
            at = self._made_at(oid, is_hooked=told[oid])
            changes, rule = self._owned.changes([oid]), EXPLICIT
            if not changes:
                changes, rule = self._owned.alike(oid), PATCH
            if at is None or not changes:
                continue
            if any(self._tells(row, oid, at) for row, known in rows if set(known).issuperset(changes)):
                continue
            branch = self._history.branch_of.get(oid, "")
            yield Anchor(at + _WHOLE_SECOND, changes, rule, branch, self._worktree_of.get(oid, ""))

    def _tells(self, row: SessionCommit, oid: str, at: datetime) -> bool:
        """The row is about this commit: it printed its id, or was running when it was made."""
        return self._owned.printed(row.printed_id) == [oid] or row.started_at - SLACK <= at <= row.ended_at + SLACK

    def _made_at(self, oid: str, *, is_hooked: bool) -> datetime | None:
        """When the session made it: a hook saw it made; a trailer may stand on a copy made later."""
        commit = self._history.commits.get(oid)
        if commit:
            return commit.committed_at if is_hooked else commit.authored_at
        return min((self._history.commits[new].authored_at for new in self._history.latest(oid)), default=None)

    def _find(self, row: SessionCommit) -> tuple[tuple[str, ...], str]:
        """(changes, rule) of one `git commit` call; ((), "") when nothing finds it."""
        printed = self._owned.printed(row.printed_id)
        if len(printed) > 1:
            same = [oid for oid in printed if oid in self._history.commits and self._subject(oid) == row.subject]
            printed = same if len(same) == 1 else []
        changes = self._owned.changes(printed)
        if changes:
            return changes, PRINTED
        alike = self._owned.alike(printed[0]) if printed else ()
        if alike:
            return alike, PATCH
        if not row.subject and not row.printed_id:
            return self._owned.changes(self._meanwhile(row)), NEXT
        timed = self._owned.changes(self._owned.sources(self._in_time(row)))
        return (timed, TIMED) if timed else ((), "")

    def _subject(self, oid: str) -> str:
        return self._history.commits[oid].subject

    def _is_subject(self, row: SessionCommit, subject: str) -> bool:
        return row.subject == subject or (not row.printed_id and row.subject == mark_of(subject))

    def _in_time(self, row: SessionCommit) -> list[str]:
        """The commits of this subject authored during the call, those nearest to it: clocks may differ by seconds.

        Found 21 of 21 rebased commits where the printed id found none (usage-formats §1.6).
        """
        first, last = row.started_at.replace(microsecond=0), row.ended_at
        if last - first > WINDOW or not row.subject:
            return []
        seconds = range(int((first - SLACK).timestamp()), int((last + SLACK).timestamp()) + 1)
        commits = self._history.commits
        near = group(
            (
                oid
                for second in seconds
                for oid in self._by_second.get(second, ())
                if self._is_subject(row, commits[oid].subject) and self._owned.changes([oid])
            ),
            lambda oid: max(first - commits[oid].authored_at, commits[oid].authored_at - last, timedelta(0)),
        )
        return near[nearest] if (nearest := min(near, default=None)) is not None and nearest <= SLACK else []

    @cached_property
    def _by_committed(self) -> Mapping[int, Sequence[str]]:
        """Commits by the second in which they were committed: asked for only where git printed nothing."""
        commits = self._history.commits
        return group(commits, lambda oid: int(commits[oid].committed_at.timestamp()))

    def _meanwhile(self, row: SessionCommit) -> list[str]:
        """The one commit that was authored or amended in the row's worktree while it ran; none of several."""
        first = row.started_at.replace(microsecond=0)
        if row.ended_at - first > WINDOW:
            return []
        seconds = range(int(first.timestamp()), int(row.ended_at.timestamp()) + 1)
        worktree = self._worktrees.get(row.directory, "")
        near = {oid for at in seconds for by in (self._by_second, self._by_committed) for oid in by.get(at, ())}
        found = [oid for oid in near if self._worktree_of.get(oid, worktree) == worktree and self._owned.changes([oid])]
        sources = self._owned.sources(found)
        return sources if len(sources) == 1 else []


def _at_once(found: Iterable[Anchor]) -> Iterator[Anchor]:
    """The anchors in time; what was committed at one moment has equal claims to what came before."""
    for at, same in sorted(group(found, lambda anchor: anchor.at).items()):
        claims = {anchor.changes for anchor in same}
        rules = [anchor.rule for anchor in same]
        yield Anchor(
            at,
            tuple(sorted({change for changes in claims for change in changes})),
            surest(rules) if len(claims) == 1 else least_sure(rules),
            _common(anchor.branch for anchor in same),
            _common(anchor.worktree for anchor in same),
        )


def _common(names: Iterable[str]) -> str:
    """The one name that all give; '' when they differ."""
    met = set(names)
    return met.pop() if len(met) == 1 else ""
