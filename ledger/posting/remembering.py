"""What is noted after an update, so that the next one with nothing new can be told at a glance (`standstill`)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from operator import or_
from pathlib import Path

import ledger as program
from ledger.domain.standstill import Note, Plan, Watch, concealed, noted
from ledger.domain.workspaces import WORKSPACE_FILES
from ledger.git import Git
from ledger.hooking.shared import REQUIRE_MODEL, TRAILERS
from ledger.posting.agents import AGENTS
from ledger.posting.asking import find_access
from ledger.posting.settling import droppable
from ledger.posting.standstill import NOTE, Glance
from ledger.posting.update import Posted
from ledger.posting.workplace import SETTINGS, Workplace
from ledger.sources import aider
from ledger.store import reads
from ledger.store.engine import Ledger

_IN_LEDGER = ("secret", "clone-id", "fetched", TRAILERS, REQUIRE_MODEL)
_IN_WORKTREES = ("logs/HEAD", "gitdir")
_IN_GIT = ("HEAD", "shallow", "logs/HEAD", "reftable/tables.list")


def remember(glance: Glance, workplace: Workplace, ledger: Ledger, posted: Posted, before: str) -> None:
    """Note what an update of all sources read, and, where it found nothing new, how that looked ahead of it.

    `before` is the ledger's stamp when the update began: it found nothing where neither it nor anybody else wrote what
    was posted, changed or left out since. Nothing is noted on a server, which many write to, and where a path means
    something else from another directory.
    """
    if ledger.is_shared or not workplace.git.worktree or not os.path.isabs(workplace.database):
        return
    heeded = Heeded(workplace.environ)
    with ledger.read() as connection:
        stamp = reads.stamp(connection)
        own = [place.worktree for place in reads.facts(connection, "place", posted.repository_id)]
        places = [place.directory for place in reads.places_without_repository(connection)]
    files, until = droppable(ledger)
    asking = asks(replace(workplace, environ=heeded))
    worktrees = workplace.git.worktrees()
    watch = reduce(or_, (agent.watch(heeded) for agent in AGENTS.values()), _watch(workplace.git, worktrees))
    plan = Plan(
        worktree=str(workplace.git.worktree),
        asked=glance.asked,
        database=ledger.where,
        environ=tuple(sorted((name, concealed(workplace.environ.get(name))) for name in heeded.names)),
        watch=watch | Watch(files=files),
        roots=tuple(sorted({*map(str, worktrees), *workplace.config.path, *(path for path in own if path)})),
        places=tuple(places),
    )
    if not all(map(os.path.isabs, (*plan.watch.files, *plan.watch.folders, *plan.watch.trees, *plan.roots))):
        return
    found = Note(plan, "", stamp, until.isoformat() if until else "", asking, tuple(posted.notices))
    note = noted(glance.note, glance.look, found, is_idle=stamp == before != "")
    if note != glance.note:
        _write(workplace.git.git_dir / NOTE, note.text())


def standing(ledger: Ledger) -> str:
    """The stamp of a ledger in a file; '' on a server."""
    if ledger.is_shared:
        return ""
    with ledger.read() as connection:
        return reads.stamp(connection)


class Heeded(Mapping[str, str]):
    """An environment that remembers which of its variables were asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.names = {"LEDGER_DATABASE_URL"}
        """That one is asked for before anybody can listen."""

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._environ[name]

    def __iter__(self) -> Iterator[str]:
        """All of them were asked for then."""
        self.names.update(self._environ)
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)


def asks(workplace: Workplace) -> str:
    """never | watched | always: whether an update would ask a forge, as `commands.syncing` has it."""
    wish = workplace.config.sync
    if wish == "off" or find_access(workplace) is None:
        return "never"
    return "always" if wish == "auto" else "watched"


def _watch(git: Git, worktrees: list[Path]) -> Watch:
    """What the repository itself keeps in files, the settings in its worktree, and this program."""
    common, top = git.common_dir, Path(git.worktree or git.git_dir)
    files = [
        *(git.ledger_dir / name for name in _IN_LEDGER),
        *(common / name for name in _IN_GIT),
        git.git_dir / "HEAD",
        *sorted(path for name in _IN_WORKTREES for path in common.glob(f"worktrees/*/{name}")),
        *(top / name for name in (*SETTINGS, *WORKSPACE_FILES)),
        *(path for worktree in worktrees for path in aider.watched_in(worktree)),
    ]
    rooms = [Path(folder) for folder, _, _ in os.walk(Path(program.__file__).parent) if "__pycache__" not in folder]
    folders = [git.ledger_dir / "journal", common / "worktrees", *sorted(rooms)]
    return Watch(files=tuple(map(str, dict.fromkeys(files))), folders=tuple(map(str, folders)))


def _write(path: Path, text: str) -> None:
    """At once, so that nobody reads half of it; where it cannot be written, the next update takes the usual way."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError, UnicodeEncodeError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
