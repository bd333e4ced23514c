"""A copy of a SQLite ledger, taken while others write, that opens anywhere: one file without a log beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from ledger.errors import DatabaseUnusable, LedgerError
from ledger.store.engine import Ledger

_PAGES = 5000


def backup(ledger: Ledger, to: Path) -> int:
    """Write the ledger to `to`, whole or not at all; returns its size in bytes. Raises LedgerError."""
    if ledger.is_shared:
        raise LedgerError("A server's ledger is backed up by the server: pg_dump --format=custom.")
    if to.exists():
        raise LedgerError(f"{to} exists already; name a new file.")
    draft = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        with (
            closing(sqlite3.connect(str(ledger.engine.url.database))) as source,
            closing(sqlite3.connect(draft)) as copy,
        ):
            source.backup(copy, pages=_PAGES)
            # Without a log, so that it can be read from a directory that nobody may write to.
            copy.execute("PRAGMA journal_mode = DELETE")
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        os.link(draft, to)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnusable(f"The copy could not be written to {to} ({error}); nothing is there now.") from error
    finally:
        draft.unlink(missing_ok=True)
    return to.stat().st_size
