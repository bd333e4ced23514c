"""A look from outside at what an update reads: nothing is opened, git alone is asked what it says.

Files are told apart by what the system says of them, as cursors do (`domain.following`), and by the time of the last
change of that: whoever sets a file's date back, replaces it or makes it readable changes it too.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable

from ledger.domain.standstill import RACY_NS, Look, Plan, Watch
from ledger.errors import LedgerError
from ledger.git import standing
from ledger.posting.enclosing import real, root_of

Tell = Callable[[str], None]


class _Unclear(Exception):
    """A directory that is linked to from within a tree: how far that leads cannot be told at a glance."""


def look_at(plan: Plan, clock: Callable[[], int] = time.time_ns) -> Look | None:
    """What everything of the plan looks like now; None where that cannot be told. `clock` tells nanoseconds."""
    started = clock()
    digest = hashlib.sha256()

    def tell(words: str) -> None:
        digest.update(words.encode(errors="surrogateescape") + b"\0")

    try:
        for said in standing(plan.worktree):
            digest.update(said + b"\0")
        touched = tell_files(plan.watch, tell)
        known = {real(root): root for root in plan.roots}
        for place in plan.places:
            tell(root_of(place, known) or "")
    except (LedgerError, OSError, ValueError, _Unclear):  # a value is wrong where a path holds what no path can
        return None
    return Look(digest.hexdigest(), touched < started - RACY_NS)


def tell_files(watch: Watch, tell: Tell) -> int:
    """Tells of all files what the system says of them; returns when the last was touched, in nanoseconds."""
    touched = 0
    for path in watch.files:
        touched = max(touched, _file(path, path, tell))
    for folder in watch.folders:
        touched = max(touched, _listing(folder, tell, into=None))
    for tree in watch.trees:
        below = [tree]
        while below:
            touched = max(touched, _listing(below.pop(), tell, into=below))
    return touched


def _listing(folder: str, tell: Tell, into: list[str] | None) -> int:
    """Tells of a directory's entries, and hands on its directories; returns when the last file was touched."""
    tell(folder)
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError as error:
        tell(f"? {error.errno}")
        return 0
    touched = 0
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            tell(f"{entry.name}/")
            if into is not None:
                into.append(entry.path)
        elif entry.is_dir():
            if into is not None:
                raise _Unclear
            tell(f"{entry.name}/ {real(entry.path)}")
        else:
            touched = max(touched, _file(entry.path, entry.name, tell))
    return touched


def _file(path: str, name: str, tell: Tell) -> int:
    """Tells what the system says of a file, or of the one that it links to; returns when that was touched."""
    try:
        status = os.stat(path)
    except OSError as error:
        tell(f"{name} ? {error.errno}")
        return 0
    written, changed = status.st_mtime_ns, status.st_ctime_ns
    tell(f"{name} {status.st_dev} {status.st_ino} {status.st_mode} {status.st_size} {written} {changed}")
    return max(written, changed)
