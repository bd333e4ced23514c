"""`ledger sources`: what every source has on this machine, and what the ledger has of it.

Files are looked at from outside only: that they are there, how large, how old. None is opened, so nothing is read that
nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ledger.domain.sources import Counted, Kind, Present, SourceState, SourceStates
from ledger.errors import DatabaseUnusable
from ledger.git import Git
from ledger.posting.agents import AGENTS, AgentLogs
from ledger.posting.kept import is_missing, shown
from ledger.posting.named import NAMED
from ledger.posting.update import HERE
from ledger.posting.workplace import Workplace
from ledger.sources import aider, git_ai
from ledger.store import reads
from ledger.store.engine import open_unchanged
from ledger.store.schema import HEAD


@dataclass(frozen=True, slots=True)
class _Told:
    """What the ledger tells of all sources; `notice` says why where it tells nothing."""

    counted: dict[str, Counted] = field(default_factory=dict)
    posted_at: datetime | None = None
    logs_read_at: datetime | None = None
    notice: str = ""


def look_at_sources(workplace: Workplace) -> SourceStates:
    """Every source in the order of reading; nothing is read, made or changed."""
    told = _told(workplace.database)
    worktrees = list(workplace.git.worktrees())
    states = [_state(name, "repository", present_here(name, workplace.git), told, told.posted_at) for name in HERE]
    for name, agent in AGENTS.items():
        logs = present_of(agent, agent.find_roots(workplace.environ), worktrees)
        states.append(_state(name, "agent", logs, told, told.logs_read_at))
    states += [_state(name, "named", None, told, None) for name in NAMED]
    return SourceStates(
        str(workplace.git.worktree or workplace.git.git_dir), shown(workplace.database), tuple(states), told.notice
    )


def _state(name: str, kind: Kind, present: Present | None, told: _Told, last_read: datetime | None) -> SourceState:
    counted = None if told.notice else told.counted.get(name, Counted())
    return SourceState(name, kind, present, counted, last_read)


def present_here(name: str, git: Git) -> Present:
    """What a repository's own source has: journal, reflogs of HEAD, git-ai's notes; commits are git's to count."""
    if name == "journal":
        folder = git.ledger_dir / "journal"
        return _present([folder] if folder.is_dir() else [], folder.glob("*.log"))
    if name == "reflogs":
        logs = [git.common_dir / "logs/HEAD", *(git.common_dir / "worktrees").glob("*/logs/HEAD")]
        found = [path for path in logs if path.is_file()]
        return _present(found, found)
    if name == git_ai.SOURCE:
        notes = git_ai.find_notes(git)
        return Present((git_ai.REF,), newest=notes.at) if notes else Present()
    return _present([Path(git.common_dir)], ())


def present_of(agent: AgentLogs, roots: Sequence[Path], worktrees: Iterable[Path]) -> Present:
    """What an agent's logs are; of Aider's also the chats and logs in this repository's worktrees."""
    own = [path for top in worktrees for path in aider.kept_in(top)] if agent.SOURCE == aider.SOURCE else []
    found = [*roots, *(path for path in own if path.is_file() and path not in roots)]
    return _present(found, {path for root in found for path in _logs(root, agent.LOGS)})


def _logs(root: Path, patterns: Sequence[str]) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for pattern in patterns:
        yield from root.glob(pattern)


def _present(where: Sequence[Path], files: Iterable[Path]) -> Present:
    """Counts and sizes; a file that goes away meanwhile, or that nobody may look at, is not there."""
    count, size, newest = 0, 0, 0.0
    for path in files:
        try:
            status = path.stat()
        except OSError:
            continue
        count, size, newest = count + 1, size + status.st_size, max(newest, status.st_mtime)
    return Present(tuple(map(str, where)), count, size, datetime.fromtimestamp(newest, UTC) if count else None)


def _told(database: str) -> _Told:
    """What the ledger tells, asked without making, migrating or waiting for it."""
    try:
        if is_missing(database):
            return _Told(notice="There is no ledger here yet; run ledger init, which makes it and reads these.")
        ledger, schema = open_unchanged(database)
        try:
            if schema != HEAD:
                return _Told(notice="The ledger is of another version; run ledger update, then this again.")
            with ledger.read() as connection:
                calls, places = reads.calls_by_source(connection), reads.cursors_by_source(connection)
                times = reads.times(connection)
        finally:
            ledger.close()
    except DatabaseUnusable as error:
        return _Told(notice=str(error))
    counted = {}
    for name in calls.keys() | places.keys():
        number, latest = calls.get(name, (0, None))
        counted[name] = Counted(number, latest, places.get(name, 0))
    return _Told(counted, times.get("posted_at"), times.get("logs_read_at"))
