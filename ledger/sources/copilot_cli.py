"""Copilot CLI's sessions: its store of usage events, and the events of sessions that are not in it (§7).

The store has one row per request, the events tell sums when a session shuts down. Both are read; that a session's
sums count only where the store does not know it is concluded (`ledger.domain.retold`).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.domain.copilot_events import AGENT, CopilotSession, tokens_of
from ledger.domain.facts import Fact
from ledger.domain.fields import count, moment, seconds, text
from ledger.domain.following import Mark, unreadable
from ledger.domain.jsonl import clean
from ledger.domain.logbook import Logbook, make_call
from ledger.domain.paths import inside
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.screen import counted
from ledger.domain.session_facts import Call
from ledger.domain.shell_calls import PathKey
from ledger.domain.standstill import Watch
from ledger.logs import follow_file, open_database

SOURCE = "copilot-cli"
LOGS: tuple[str, ...] = ("session-store.db", "session-state/**/*.jsonl")
"""Where the logs lie below a root."""
_STORE = "session-store.db"
_USAGE = "assistant_usage_events"
_TOKENS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
_SETTING = re.compile(r"^(cwd|git_?root|branch):\s*[\"']?(.*?)[\"']?\s*$", re.M | re.I)
_FIRST_MILLISECONDS = 10**11
"""Numbers beyond are milliseconds: as seconds they would lie after the year 5000."""


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """Copilot CLI's directory: `$COPILOT_HOME`, else `~/.copilot`."""
    root = _root(environ)
    return [root] if (root / "session-state").is_dir() or (root / _STORE).is_file() else []


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new: without a folder of sessions they may lie anywhere below the root."""
    root = _root(environ)
    sessions = root / "session-state"
    return Watch(folders=(str(root),), trees=(str(sessions if sessions.is_dir() else root),))


def _root(environ: Mapping[str, str]) -> Path:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    return Path(environ["COPILOT_HOME"]) if environ.get("COPILOT_HOME") else home / ".copilot"


def read(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every session under the roots; a cursor follows the facts of its file."""

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    for root in roots:
        if (root / _STORE).is_file():
            yield from _read_store(root / _STORE, known.get(str(root / _STORE), ""))
        base = root / "session-state" if (root / "session-state").is_dir() else root
        for path in sorted(base.rglob("*.jsonl")):
            if path.name == "events.jsonl" or path.parent == base:
                yield from _read_events(path, known.get(str(path), ""), key)


def _read_events(path: Path, known: str, path_key: PathKey) -> Iterator[Fact | Skip | Cursor]:
    name = path.parent.name if path.name == "events.jsonl" else path.stem

    def log_of(state: Mapping[str, Any]) -> CopilotSession:
        return CopilotSession(name, path_key, state, place=_place(path.with_name("workspace.yaml")))

    yield from follow_file(path, known, SOURCE, log_of)


def _place(path: Path) -> tuple[str, str]:
    """Directory and branch from the plain settings beside a session; '' where they say none."""
    try:
        found = {name.lower(): value[:1000] for name, value in _SETTING.findall(path.read_text(errors="replace"))}
    except OSError:
        return "", ""
    return found.get("cwd", ""), found.get("branch", "")[:250]


# -- the store ---------------------------------------------------------------------------------------------------------


def _read_store(path: Path, known: str) -> Iterator[Fact | Skip | Cursor]:
    """Its usage events, all of them where anything changed."""
    try:
        status, log = path.stat(), path.with_name(path.name + "-wal")
        written = log.stat().st_mtime_ns if log.exists() else 0
        mark = Mark(status.st_ino, status.st_size, max(status.st_mtime_ns, written))
        if mark.text() == known:
            return
        with open_database(path) as connection:
            columns = _columns(connection, _USAGE)
            if not {"id", "session_id", "model", "created_at", *_TOKENS[:1], "output_tokens"} <= columns:
                if columns:
                    yield Skip("file", str(path), "Its tables are of a version not known; upgrade git-ledger.")
                return
            yield from _stored_calls(connection, str(path))
    except OSError as error:
        yield unreadable(str(path), error.strerror)
        return
    yield Cursor(SOURCE, str(path), mark.text(), is_whole=True)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name of ours
    names = [column[0] for column in found.description]
    for row in found:
        yield clean(dict(zip(names, row, strict=True)))


def _stored_calls(connection: sqlite3.Connection, where: str) -> Iterator[Fact | Skip]:
    has_sessions = "id" in _columns(connection, "sessions")
    sessions = {text(row["id"]): row for row in _rows(connection, "sessions")} if has_sessions else {}
    book, refused = Logbook(), 0
    for row in _rows(connection, _USAGE):
        try:
            call = _stored_call(row, sessions.get(text(row["session_id"]), {}))
        except ValueError:
            refused += 1
            continue
        yield from book.enter(call)
    yield from book.sessions()
    if refused:
        yield Skip("row", where, f"{counted(refused, 'row')} without a readable time or token count left out.")


def _stored_call(row: Mapping[str, Any], session: Mapping[str, Any]) -> Call:
    """One request; raises ValueError for counts and times that are none."""
    at = _when(row["created_at"])
    if at is None:
        raise ValueError("created_at")
    tokens = tokens_of(tuple(count(row, name) for name in _TOKENS))
    name, credit = text(row["session_id"]), count(row, "total_nano_aiu")
    call = make_call(AGENT, f"{name}/event/{row['id']}", name, at, text(row["model"]), tokens)
    return replace(
        call,
        directory=text(session.get("cwd")),
        branch=text(session.get("branch"))[:250],
        is_subagent="sub" in text(row.get("initiator")).lower(),
        reported_nusd=credit or None,
        reported_kind="credits" if credit else "",
    )


def _when(value: Any) -> datetime | None:
    """A time as the store may write it: with a zone, in UTC without one, in seconds or milliseconds."""
    if isinstance(value, str):
        try:
            naive = datetime.fromisoformat(value)
        except ValueError:
            return None
        return moment(value if naive.tzinfo else naive.replace(tzinfo=UTC).isoformat())
    is_small = isinstance(value, int | float) and value < _FIRST_MILLISECONDS
    return seconds(value) if is_small else moment(value)
