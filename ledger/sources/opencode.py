"""OpenCode's storage tree, its SQLite databases, and exported sessions (usage-formats §6).

Every rule about messages is in `ledger.domain.opencode_messages`. The same message may stand in all three: after a
migration it does.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.fields import record, records, text
from ledger.domain.following import unreadable
from ledger.domain.jsonl import clean, document
from ledger.domain.opencode_messages import Messages, Run, run_of
from ledger.domain.paths import inside
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.screen import counted
from ledger.domain.shell_calls import PathKey
from ledger.domain.standstill import Watch
from ledger.logs import open_database

SOURCE = "opencode"
LOGS: tuple[str, ...] = ("opencode*.db", "storage/message/*/*.json", "*export*.json")
"""Where the logs lie below a root."""
_MESSAGES = ("message", "session_message")
_RUNS = ("session", "session_v2")
Rows = Iterator[Fact | Skip | Cursor]


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """OpenCode's data directories: `$XDG_DATA_HOME/opencode`, else `~/.local/share/opencode`; on Windows two more."""
    return [root for root in _homes(environ) if root.is_dir()]


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new: parts of messages are read only with these."""
    homes = _homes(environ)
    return Watch(folders=tuple(map(str, homes)), trees=tuple(str(home / "storage" / "message") for home in homes))


def _homes(environ: Mapping[str, str]) -> list[Path]:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    bases = [Path(environ.get("XDG_DATA_HOME") or home / ".local/share")]
    bases += [Path(environ[name]) for name in ("LOCALAPPDATA",) if environ.get(name)]
    return list(dict.fromkeys(base / "opencode" for base in bases))


def read(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every session under the roots; a root may also be a file that `opencode export` wrote."""

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    for root in roots:
        yield from _read_tree(root / "storage", known, key)
        for path in sorted(root.glob("opencode*.db")):
            yield from _read_database(path, known.get(str(path), ""), key)
        for path in [root] if root.is_file() else sorted(root.glob("*export*.json")):
            yield from _read_export(path, known.get(str(path), ""), key)


# -- the tree ----------------------------------------------------------------------------------------------------------


def _read_tree(storage: Path, known: Mapping[str, str], path_key: PathKey) -> Rows:
    """Each session's directory of messages, where any of them changed; it has one cursor."""
    folders = sorted(path for path in storage.glob("message/*") if path.is_dir())
    if not folders:
        return
    runs = [run_of(found) for path in sorted(storage.glob("session/**/*.json")) if (found := _object(path))]
    for folder in folders:
        try:
            files = sorted(folder.glob("*.json"))
            mark = _fingerprint(files)
            before = record(document(known.get(str(folder), "{}").encode()))
            if before.get("mark") == mark:
                continue
            yield from _read_folder(folder, files, Messages(runs, path_key), storage, mark)
        except OSError as error:
            yield unreadable(str(folder), error.strerror)


def _read_folder(folder: Path, files: Sequence[Path], messages: Messages, storage: Path, mark: str) -> Rows:
    broken = 0
    for path in files:
        found = _object(path)
        if found is None:
            broken += 1
            continue
        yield from messages.message(found, path.stem, folder.name)
        for part in sorted((storage / "part" / (text(found.get("id")) or path.stem)).glob("*.json")):
            yield from messages.part(_object(part) or {}, part.stem, folder.name)
    yield from _end(messages, str(folder), broken)
    yield Cursor(SOURCE, str(folder), json.dumps({"mark": mark}), is_whole=True)


def _object(path: Path) -> dict[str, Any] | None:
    try:
        found = document(path.read_bytes())
    except OSError:
        return None
    return found if isinstance(found, dict) else None


def _fingerprint(paths: Iterable[Path]) -> str:
    """What changes when any of the files does."""
    states = [(path.name, (status := path.stat()).st_size, status.st_mtime_ns) for path in paths if path.exists()]
    return hashlib.sha256(repr(states).encode()).hexdigest()[:16]


def _end(messages: Messages, where: str, broken: int) -> Rows:
    yield from messages.ending()
    if broken:
        yield Skip("file", where, f"{counted(broken, 'file')} of it could not be read and were left out.")
    if messages.refused:
        yield Skip("row", where, f"{counted(messages.refused, 'message')} without a readable time or count left out.")


# -- the database ------------------------------------------------------------------------------------------------------


def _read_database(path: Path, known: str, path_key: PathKey) -> Rows:
    """The rows that changed since the last time; its cursor is the latest change seen."""
    before = record(document(known.encode()))
    try:
        inode, mark = path.stat().st_ino, _fingerprint([path, path.with_name(path.name + "-wal")])
        if before.get("mark") == mark:
            return
        with open_database(path) as connection:
            columns = {name: _columns(connection, name) for name in (*_MESSAGES, *_RUNS, "part")}
            messages = Messages(_runs(connection, columns), path_key)
            since = before.get("since", 0) if before.get("inode") == inode else 0
            latest = yield from _read_rows(connection, path, columns, messages, since)
    except OSError as error:
        yield unreadable(str(path), error.strerror)
        return
    yield from _end(messages, str(path), 0)
    yield Cursor(SOURCE, str(path), json.dumps({"inode": inode, "mark": mark, "since": latest}))


def _read_rows(
    connection: sqlite3.Connection, path: Path, columns: Mapping[str, set[str]], messages: Messages, since: int
) -> Generator[Fact | Skip | Cursor, None, int]:
    """The facts of the rows that changed since then; returns the latest change."""
    tables = [name for name in (*_MESSAGES, "part") if {"id", "session_id", "data"} <= columns[name]]
    if not set(tables) & set(_MESSAGES):
        yield Skip("file", str(path), "Its tables are of a version not known; upgrade git-ledger.")
    latest = since
    for table in tables:
        for name, session, held, created, updated in _rows(connection, table, columns[table], since):
            found = record(document(str(held).encode("utf-8", "replace")))
            if table == "part":
                yield from messages.part(found, text(name), text(session))
            else:
                yield from messages.message(found, text(name), text(session), created)
            latest = max(latest, updated if isinstance(updated, int) else 0)
    return latest


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}


def _runs(connection: sqlite3.Connection, columns: Mapping[str, set[str]]) -> list[Run]:
    wanted = ("id", "parent_id", "directory", "version", "time_created")
    found: list[Run] = []
    for table in _RUNS:
        names = [name for name in wanted if name in columns[table]]
        if "id" in names:
            rows = connection.execute(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608 - names of ours
            found += [run_of(clean(dict(zip(names, row, strict=True)))) for row in rows]
    return found


def _rows(connection: sqlite3.Connection, table: str, columns: set[str], since: int) -> Iterator[tuple[Any, ...]]:
    created = "time_created" if "time_created" in columns else "NULL"
    updated = "time_updated" if "time_updated" in columns else "NULL"
    where = f"WHERE {updated} >= ?" if updated != "NULL" else "WHERE ? IS NOT NULL"
    if table == "part":
        where += " AND (data LIKE '%commit%' OR data LIKE '%filePath%' OR data LIKE '%atch%')"
    select = f"SELECT id, session_id, data, {created}, {updated} FROM {table} {where}"  # noqa: S608 - names of ours
    yield from connection.execute(select, (since,))


# -- exports -----------------------------------------------------------------------------------------------------------


def _read_export(path: Path, known: str, path_key: PathKey) -> Rows:
    try:
        mark = _fingerprint([path])
        before = record(document(known.encode()))
        if before.get("mark") == mark:
            return
        found = record(document(path.read_bytes()))
    except OSError as error:
        yield unreadable(str(path), error.strerror)
        return
    run = run_of(record(found.get("info")))
    if not run.id or not isinstance(found.get("messages"), list):
        yield Skip("file", str(path), "It is no session that opencode export wrote; remove it from here.")
        return
    messages = Messages([run], path_key)
    for number, each in enumerate(records(found["messages"])):
        yield from messages.message(record(each.get("info")), f"{run.id}/{number}", run.id)
        for part in records(each.get("parts")):
            yield from messages.part(part, text(part.get("id")), run.id)
    yield from _end(messages, str(path), 0)
    yield Cursor(SOURCE, str(path), json.dumps({"mark": mark}), is_whole=True)
