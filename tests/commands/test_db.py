"""`ledger db`: where it is, and everything concluded anew."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ledger.store.schema import EPOCH, HEAD
from tests.commands.running import run


def test_the_path_is_git_s_common_directory(committed: Path) -> None:
    done = run("-C", str(committed), "db", "path")
    assert (done.code, done.out, done.err) == (0, f"{committed / '.git' / 'ledger' / 'ledger.db'}\n", "")


def test_a_path_can_be_handed_to_sqlite(posted: Path) -> None:
    connection = sqlite3.connect(run("-C", str(posted), "db", "path").out.rstrip("\n"))
    buckets = dict(connection.execute("SELECT bucket, nusd FROM reconciliation"))
    connection.close()
    assert buckets.pop("all calls") == sum(buckets.values()) == 27_000_000_000


def test_a_password_is_not_shown(committed: Path) -> None:
    done = run("-C", str(committed), "--database", "postgresql+psycopg://ann:secret@example.org/team", "db", "path")
    assert done.out == "postgresql+psycopg://ann:***@example.org/team\n"


def test_the_schema_s_version_is_told(posted: Path) -> None:
    assert run("-C", str(posted), "db", "schema").out.endswith(f": schema {HEAD}, epoch {EPOCH}\n")


def test_rebuilt_without_its_conclusions_it_says_the_same(posted: Path) -> None:
    database = posted / ".git" / "ledger" / "ledger.db"
    before = run("-C", str(posted), "report", "--as-of", "2026-04-01").out
    connection = sqlite3.connect(database)
    for table in ("change", "change_spend", "charge", "attempt"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    connection.commit()
    connection.close()
    assert run("-C", str(posted), "report", "--as-of", "2026-04-01").out != before
    done = run("-C", str(posted), "db", "rebuild")
    assert (done.code, done.err) == (0, "Derived 1 repository anew from the facts.\n")
    assert run("-C", str(posted), "report", "--as-of", "2026-04-01").out == before
