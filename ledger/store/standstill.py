"""Whether a ledger still stands as an update left it, asked of SQLite itself: importing our engine takes longer."""

from __future__ import annotations

import os
import sqlite3

STAMP = (
    "SELECT max(CASE name WHEN 'written' THEN text END) AS written,"
    " max(CASE name WHEN 'views_hash' THEN text END) AS views,"
    " (SELECT version_num FROM alembic_version) AS version FROM ledger_meta"
)
"""What every writing changes, but one that only notes a time, and what other versions of this program change."""


def stamp_of(row: tuple[str | None, ...] | None) -> str:
    """The answer to `STAMP` in one text; '' where a part of it is missing."""
    return " ".join(part or "" for part in row) if row and all(row) else ""


def note_times(path: str, stamp: str, at: str) -> bool:
    """Note in a file that was not written to since `stamp` that it was brought up to date; False for any other.

    `at` is the moment as the file keeps it. It is asked and noted in one transaction, for which nobody is waited.
    """
    if not stamp or not os.path.isfile(path):
        return False
    try:
        connection = sqlite3.connect(f"file:{_escaped(path)}?mode=rw", uri=True, timeout=0, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            if stamp_of(connection.execute(STAMP).fetchone()) != stamp:
                return False
            noted = "UPDATE clock SET noted_at = ? WHERE name IN ('posted_at', 'logs_read_at')"
            is_noted = connection.execute(noted, (at,)).rowcount == 2
            connection.execute("COMMIT" if is_noted else "ROLLBACK")
            return is_noted
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
