"""An update with nothing new, told at a glance: everything that it would read looks as the last one left it.

What has to be looked at, and how it looked when an update found nothing, stands in a note beside the worktree's own git
files. All of this runs before anything else is imported or read; where anything at all is in doubt, the usual way is
taken (`remembering` says what is noted then).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ledger.domain.standstill import Look, Note, concealed
from ledger.git_process import LOCAL_VARIABLES
from ledger.posting.looking import look_at
from ledger.store.standstill import note_times

NOTE = os.path.join("ledger", "standstill")


@dataclass(frozen=True, slots=True)
class Glance:
    """A note, and how things look now."""

    asked: str
    """The database that the command line names, '' for none."""
    note: Note | None = None
    look: Look | None = None

    def notices(self, now: datetime, *, is_watched: bool) -> tuple[str, ...] | None:
        """What an update has to say where there is nothing new, and notes that it was made; None for the usual way.

        `is_watched` says that a person could be asked something.
        """
        note, look = self.note, self.look
        if note is None or look is None or note.digest != look.digest:
            return None
        if note.asks == "always" or (note.asks == "watched" and is_watched):
            return None
        at = now.astimezone(UTC)
        if note.until and at >= datetime.fromisoformat(note.until):
            return None
        kept = at.replace(tzinfo=None).isoformat(" ", "microseconds")
        return note.notices if note_times(note.plan.database, note.stamp, kept) else None


def glance(
    path: str,
    asked: str | None,
    environ: Mapping[str, str] | None = None,
    clock: Callable[[], int] = time.time_ns,
) -> Glance:
    """How everything looks that an update at `path` reads; without a look where nothing was noted, or for elsewhere."""
    environ = os.environ if environ is None else environ
    note = _noted(path, environ)
    if note is None:
        return Glance(asked or "")
    plan = note.plan
    told = tuple((name, concealed(environ.get(name))) for name, _ in plan.environ)
    is_same = plan.asked == (asked or "") and plan.environ == told
    return Glance(asked or "", note, look_at(plan, clock) if is_same else None)


def _noted(path: str, environ: Mapping[str, str]) -> Note | None:
    """The note of the worktree around a path, as `Git.open` would find it; None where it might find another one."""
    if any(name in environ for name in LOCAL_VARIABLES):
        return None
    directory = os.path.abspath(os.path.expanduser(path))
    try:
        found = _git_dir(directory) if os.path.isdir(directory) else None
        if found is None:
            return None
        top, git_dir = found
        with open(os.path.join(git_dir, NOTE), encoding="utf-8") as file:
            note = Note.parse(file.read())
    except (OSError, ValueError):
        return None
    return note if note and note.plan.worktree == os.path.realpath(top) else None


def _git_dir(path: str) -> tuple[str, str] | None:
    """Top of the worktree and its git directory; None in a git directory, where there may be no worktree."""
    while not os.path.lexists(os.path.join(path, ".git")):
        above = os.path.dirname(path)
        if above == path or os.path.exists(os.path.join(path, "HEAD")):
            return None
        path = above
    found = os.path.join(path, ".git")
    if os.path.isfile(found):
        with open(found, encoding="utf-8", errors="surrogateescape") as file:
            found = os.path.join(path, file.read().removeprefix("gitdir:").strip())
    return path, found
