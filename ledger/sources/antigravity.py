"""Antigravity's conversations (usage-formats §3.2): experimental, and it says what it cannot read.

Newer conversations are SQLite files with usage in blobs of a form that is not documented; older ones are sealed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ledger.domain.antigravity import Conversation, workspace
from ledger.domain.facts import Fact
from ledger.domain.following import Mark, unreadable
from ledger.domain.logbook import Logbook
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.screen import counted
from ledger.domain.standstill import Watch
from ledger.logs import open_database

SOURCE = "antigravity"
LOGS: tuple[str, ...] = ("*.db", "*.pb")
"""Where the logs lie below a root."""
_VARIANTS = ("antigravity-cli", "antigravity", "antigravity-ide")


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """The folders of conversations of Antigravity's variants in the home."""
    return [folder for folder in _folders(environ) if folder.is_dir()]


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new."""
    return Watch(folders=tuple(map(str, _folders(environ))))


def _folders(environ: Mapping[str, str]) -> list[Path]:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    return [home / ".gemini" / variant / "conversations" for variant in _VARIANTS]


def read(
    roots: Sequence[Path],
    known: Mapping[str, str],
    path_key: Callable[[str], str],  # noqa: ARG001 - no files are read from these logs; every source is asked alike
    worktrees: Sequence[str] = (),  # noqa: ARG001
) -> Reading:
    """Facts of every conversation under the roots; a file's cursor follows its facts."""
    for root in roots:
        sealed = len(list(root.glob("*.pb")))
        if sealed:
            yield Skip(
                "file", str(root), f"{counted(sealed, 'conversation')} of a sealed form: their cost is unknown, not 0."
            )
        for path in sorted(root.glob("*.db")):
            yield from _read_file(path, known.get(str(path), ""))


def _read_file(path: Path, known: str) -> Iterator[Fact | Skip | Cursor]:
    try:
        status, log = path.stat(), path.with_name(path.name + "-wal")
        written = log.stat().st_mtime_ns if log.exists() else 0
        mark = Mark(status.st_ino, status.st_size, max(status.st_mtime_ns, written)).text()
        if mark == known:
            return
        with open_database(path) as connection:
            yield from _read_rows(connection, path)
    except OSError as error:
        yield unreadable(str(path), error.strerror)
        return
    yield Cursor(SOURCE, str(path), mark, is_whole=True)


def _read_rows(connection: sqlite3.Connection, path: Path) -> Iterator[Fact | Skip]:
    names = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "gen_metadata" not in names:
        yield Skip("file", str(path), "Its tables are of a version not known; upgrade git-ledger.")
        return
    places = (
        connection.execute("SELECT data FROM trajectory_metadata_blob") if "trajectory_metadata_blob" in names else ()
    )
    directory = next((found for (blob,) in places if isinstance(blob, bytes) and (found := workspace(blob))), "")
    conversation, book = Conversation(path.stem, directory), Logbook()
    for index, blob in connection.execute("SELECT idx, data FROM gen_metadata ORDER BY idx"):
        number = index if isinstance(index, int) else -1  # a damaged table may have no index
        for call in conversation.row(number, blob if isinstance(blob, bytes) else b""):
            yield from book.enter(call)
    yield from book.sessions()
    if conversation.refused:
        yield Skip(
            "row", str(path), f"{counted(conversation.refused, 'row')} without a readable time or token count left out."
        )
