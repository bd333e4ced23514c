"""`ledger forget`: what a session did counts no more; an author's name is taken out, with what hangs on it.

A session is forgotten by an entry, so it stays so when its log is read again and wherever the entry goes, and can be
remembered by another. An author's name cannot come back: it is erased, and whoever is asked for it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.codex_lineage import FORK
from ledger.domain.retractions import AUTHOR, withdrawn
from ledger.domain.screen import plain
from ledger.entries import retraction
from ledger.errors import LedgerError
from ledger.posting.undoing import of_session
from ledger.posting.update import erase_forgotten, shared_workplace, update
from ledger.posting.workplace import Workplace
from ledger.store import forgetting, reads, retold, tags
from ledger.store.engine import Ledger
from ledger.store.forgetting import Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What is to be forgotten, and what it takes along."""

    author: str = ""
    """The id under which the author is forgotten; '' where a session is meant."""
    sessions: tuple[str, ...]
    commits: int = 0
    """Of the author: they stay as links of history, without a name, and what was said of them counts no more."""
    weight: Weight


def find_loss(workplace: Workplace, ledger: Ledger, name: str) -> Loss:
    """What a session's id, or its beginning, or an author's address stands for; raises LedgerError for neither."""
    address = name.rpartition("<")[2].rstrip("> ").strip()
    with ledger.read() as connection:
        named = [] if "@" in address else tags.find_sessions(connection, name)
        sessions = with_subagents(connection, named)
        weight = forgetting.weigh(connection, sessions)
    if len(named) > 1:
        raise LedgerError(f"{plain(name, 80)} begins the ids of several sessions; give more of it.")
    return Loss(sessions=tuple(sessions), weight=weight) if sessions else _of_author(workplace, ledger, address)


def with_subagents(connection: Connection, sessions: Sequence[str]) -> list[str]:
    """The sessions, and those of the subagents that are known to have worked for them; sorted."""
    found = set(sessions)
    parents = [row for row in retold.families(connection, sessions) if row.kind != FORK]
    while more := {row.session for row in parents if row.parent in found} - found:
        found |= more
    return sorted(found)


def _of_author(workplace: Workplace, ledger: Ledger, name: str) -> Loss:
    workplace = shared_workplace(workplace, ledger)
    wanted = workplace.author_id(name)
    with ledger.read() as connection:
        names = [each for each in forgetting.authors(connection) if workplace.author_id(each) == wanted]
        if not names and wanted not in withdrawn(reads.retractions(connection)).authors:
            raise LedgerError(
                f"{plain(name, 80)} is no session and no author of a commit here; ledger show names sessions, and an "
                "author goes by the address that git log shows."
            )
        sessions = with_subagents(connection, forgetting.sessions_of(connection, names))
        commits = forgetting.count_commits(connection, names)
        weight = forgetting.weigh(connection, sessions)
    return Loss(author=wanted, sessions=tuple(sessions), commits=commits, weight=weight)


def forget(workplace: Workplace, ledger: Ledger, loss: Loss, now: datetime) -> bool:
    """Let it count no more, and draw the conclusions; whether that changed anything."""
    return _post(workplace, ledger, loss, now, is_gone=True)


def remember(workplace: Workplace, ledger: Ledger, loss: Loss, now: datetime) -> bool:
    """Let a session count again; whether that changed anything. Raises LedgerError for an author."""
    if loss.author:
        raise LedgerError(
            "An author's name was erased and cannot come back; ledger forget SESSION --undo brings back one session."
        )
    return _post(workplace, ledger, loss, now, is_gone=False)


def is_forgotten(ledger: Ledger, loss: Loss) -> bool:
    """Whether every session of it is forgotten, and no commit has the author's name."""
    with ledger.read() as connection:
        gone = withdrawn(reads.retractions(connection)).sessions
    return gone.issuperset(loss.sessions) and not loss.commits


def _post(workplace: Workplace, ledger: Ledger, loss: Loss, now: datetime, *, is_gone: bool) -> bool:
    by = workplace.clone_id()
    with ledger.write() as writing:
        known = reads.retractions(writing.connection)
        entries = [
            entry
            for session in loss.sessions
            for entry in of_session(session, is_gone=is_gone, entries=known, now=now, by=by)
        ]
        if loss.author:
            entries.append(retraction(loss.author, what=AUTHOR, at=now.isoformat(), by=by))
        done = writing.post(entries)
    erase_forgotten(workplace, ledger)
    update(workplace, ledger, now=now, sources=())
    return bool(done.new)
