"""Opening the ledger: one transaction discipline, and one plain sentence for everything that can be wrong with a file.

SQLite: WAL, 30 s busy timeout, foreign keys, and BEGIN IMMEDIATE for every write, because a deferred transaction that
reads and then writes fails at once when another process writes (storage.md §5). A database at head is recognised by
one SELECT, without importing Alembic.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from weakref import finalize

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from ledger.errors import DatabaseLocked, DatabaseUnusable
from ledger.store.filesystem import is_remote
from ledger.store.schema import APPLICATION_ID, EPOCH, HEAD
from ledger.store.writes import Writing

Say = Callable[[str], None]
_BUSY_SECONDS = 30
_CACHE_KIB = 16_384
"""Four times as much made no reading, posting or deriving faster: the system keeps the file's pages too."""
_LOG_PAGES = 10_000
_MAGIC = b"SQLite format 3\0"
_WAL = 2
"""Byte 18 of the header: the version of the journal that a writer keeps."""


def _silent(_: str) -> None:
    """Say nothing."""


class Ledger:
    """An open ledger: `read()` and `write()` give a connection inside one transaction."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where
        finalize(self, engine.dispose)  # a ledger that nobody holds any more lets go of its file too

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose reads see one state; raises DatabaseUnusable."""
        with (
            _plain(self.where),
            self.engine.connect().execution_options(read_only=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """One write transaction: all of it or nothing; raises DatabaseUnusable."""
        with _plain(self.where), self.engine.begin() as connection:
            writing = Writing(connection)
            yield writing
            writing.end()

    @property
    def is_shared(self) -> bool:
        """Several machines post to it: it is on a server."""
        return self.engine.dialect.name != "sqlite"

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def open_ledger(database: str, *, create: bool = True, say: Say = _silent) -> Ledger:
    """The ledger at a SQLAlchemy URL or path, created or migrated when needed; raises DatabaseUnusable.

    `say` gets the sentence about a migration. With `create=False` a missing database is refused.
    """
    url = database_url(database)
    if url.get_backend_name() != "sqlite":
        return _open_server(url, create=create, say=say)
    path = Path(url.database or "")
    is_new = _check_file(path, create=create, say=say)
    ledger = Ledger(_sqlite_engine(url), str(path))
    try:
        if is_new:
            _migrate(ledger)
        else:
            _check_version(ledger, path, say)
        _check_views(ledger)
    except DatabaseUnusable:
        ledger.close()
        raise
    return ledger


def open_unchanged(database: str, *, wait: float = 2) -> tuple[Ledger, str]:
    """The ledger as it is, neither made nor migrated, and its schema; raises DatabaseUnusable.

    For a look at it: only a ledger whose schema is HEAD can be read by this program, and a lock is waited for only so
    many seconds.
    """
    url = database_url(database)
    if url.get_backend_name() != "sqlite":
        return _open_server(url, create=False, say=_silent), HEAD
    path = Path(url.database or "")
    ledger = Ledger(_sqlite_engine(url, wait), str(path))
    try:
        is_empty = _check_file(path, create=False, say=_silent)
        return ledger, "" if is_empty else _read_version(ledger, path) or ""
    except DatabaseUnusable:
        ledger.close()
        raise


def database_url(database: str) -> URL:
    """The URL that a setting names; what has no scheme is the path of a SQLite file."""
    if "://" in database:
        try:
            return make_url(database)
        except (ArgumentError, ValueError) as error:
            raise DatabaseUnusable(
                "The database's URL cannot be read; write it like postgresql+psycopg://user@host/name, or name a file."
            ) from error
    return URL.create("sqlite", database=os.path.abspath(os.path.expanduser(database)))


def _open_server(url: URL, *, create: bool, say: Say) -> Ledger:
    """A server's ledger, made where there is none yet; an older one is upgraded by its owner only."""
    from ledger.store.server import check_version, server_engine, shown

    ledger = Ledger(server_engine(url), shown(url))
    with _plain(ledger.where), ledger.engine.connect() as connection:
        is_there = check_version(connection, ledger.where)
    if not is_there:
        if not create:
            raise DatabaseUnusable(f"{ledger.where} holds no ledger yet; make it with ledger db upgrade.")
        say(f"Making a ledger in {ledger.where}.")
        _migrate(ledger)
    return ledger


def upgrade_ledger(database: str) -> Ledger:
    """The ledger at a URL or path, its schema and views brought to those of this program; raises DatabaseUnusable."""
    url = database_url(database)
    if url.get_backend_name() == "sqlite":
        return open_ledger(database)
    from ledger.store.server import server_engine, shown

    ledger = Ledger(server_engine(url), shown(url))
    _migrate(ledger)
    return ledger


def _sqlite_engine(url: URL, wait: float = _BUSY_SECONDS) -> Engine:
    engine = create_engine(url, connect_args={"timeout": wait, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        # Ids are random: inserting many of them touches pages all over the file.
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        is_read = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if is_read else "BEGIN IMMEDIATE")

    return engine


def _check_file(path: Path, *, create: bool, say: Say) -> bool:
    """Whether the database is still to be made; raises DatabaseUnusable for a file that is no database."""
    try:
        if not path.exists():
            if not create:
                raise DatabaseUnusable(f"{path} does not exist; run ledger init in a repository to make it.")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(path.parent, os.W_OK):
                raise PermissionError(13, "Permission denied")
            if is_remote(str(path)):
                say(f"{path} lies on a network's file system: it is made without write-ahead log, which is slower.")
            return True
        with path.open("rb") as file:
            start = file.read(100)
    except OSError as error:
        raise DatabaseUnusable(
            f"{path} cannot be opened ({error.strerror}); "
            "make its directory writable, or name another database with --database."
        ) from error
    if not start:
        return True  # what an interrupted creation leaves; it holds nothing that could be lost
    if not start.startswith(_MAGIC):
        raise DatabaseUnusable(f"{path} is not a SQLite database; name another one with --database.")
    if start[18] == _WAL and is_remote(str(path)):
        raise DatabaseUnusable(
            f"{path} has a write-ahead log and lies on a network's file system, where SQLite damages it; "
            "move it to a local disk, or let several machines share a PostgreSQL database."
        )
    if int.from_bytes(start[68:72]) != APPLICATION_ID and not _is_ours(path):
        raise DatabaseUnusable(f"{path} belongs to another application; name another database with --database.")
    return False


def _is_ours(path: Path) -> bool:
    """By what SQLite says, since the header of a young database may still stand in its log.

    A database without a table is one whose creation was interrupted, and is ours to make.
    """
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
        try:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            return application == APPLICATION_ID or connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def _check_version(ledger: Ledger, path: Path, say: Say) -> None:
    version = _read_version(ledger, path)
    if version != HEAD:
        if version:
            say(f"Bringing {path} from schema {version} to {HEAD}.")
        _migrate(ledger)


def _read_version(ledger: Ledger, path: Path) -> str | None:
    """The schema of a file; None before the first migration. Raises DatabaseUnusable for a newer one."""
    with ledger.read() as connection:
        epoch = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        version = _version(connection)
    if epoch > EPOCH or (version or "") > HEAD:
        raise DatabaseUnusable(f"{path} was written by a newer ledger; upgrade git-ledger to read it.")
    return version


def _version(connection: Connection) -> str | None:
    try:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DatabaseError as error:
        if "no such table" in str(error):
            return None
        raise


def _migrate(ledger: Ledger) -> None:
    from ledger.store.migrate import migrate  # what most opened ledgers do not need

    with _plain(ledger.where):
        migrate(ledger.engine)


def _check_views(ledger: Ledger) -> None:
    from ledger.store.views import ensure_views

    if ledger.engine.dialect.name == "sqlite" and not os.access(ledger.where, os.W_OK):
        return
    with ledger.read() as connection:
        is_current = ensure_views(connection, check_only=True)
    if not is_current:
        with _plain(ledger.where), ledger.engine.begin() as connection:
            ensure_views(connection)


_SENTENCES = (
    (
        "database is locked",
        "is locked by another process that has been writing for 30 seconds; try again when it is done.",
    ),
    (
        "database or disk is full",
        "cannot grow: the disk is full; nothing was lost, so free some space and run this again.",
    ),
    ("disk I/O error", "cannot be read or written (disk I/O error); check the disk, then run this again."),
    ("readonly database", "is read-only; make the file and its directory writable, or name another with --database."),
    ("unable to open", "cannot be opened; make its directory writable, or name another database with --database."),
    (
        "not a database",
        "is not a database, or is damaged at its start; restore a copy, or move it away and run ledger init.",
    ),
    ("malformed", "is damaged; restore a copy, or move it away and run ledger init to read everything again."),
)


@contextmanager
def _plain(where: str) -> Iterator[None]:
    """Turn the engine's errors that a user can do something about into sentences."""
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        said = " ".join(str(error.orig).split())
        sentence = next((sentence for sign, sentence in _SENTENCES if sign in said), None)
        if "://" in where and "permission denied" in said:
            sentence = f"refuses this user ({said}); docs/postgresql.md says what a writer and a reader need."
        elif sentence is None and isinstance(error, OperationalError) and "://" in where:
            sentence = f"cannot be reached or went away: {said}."
        if sentence is None:
            raise
        kind = DatabaseLocked if "database is locked" in said else DatabaseUnusable
        raise kind(f"{where} {sentence}") from error
