"""Looking at a ledger: it is neither made nor migrated, nor waited for, and hooks' commits are found by their key."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import DatabaseLocked, DatabaseUnusable
from ledger.store import reads
from ledger.store.engine import open_ledger, open_unchanged
from ledger.store.schema import EPOCH, HEAD


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A ledger at head, at rest."""
    path = tmp_path / "ledger.db"
    open_ledger(str(path)).close()
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_ledger_at_head_is_opened_and_its_schema_told(made: Path) -> None:
    ledger, schema = open_unchanged(str(made))
    with ledger.read() as connection:
        assert reads.times(connection) == {}
    ledger.close()
    assert schema == HEAD


def test_a_missing_ledger_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="does not exist"):
        open_unchanged(str(tmp_path / "none" / "ledger.db"))
    assert list(tmp_path.iterdir()) == []


def test_an_older_ledger_is_not_migrated(made: Path) -> None:
    change(made, "UPDATE alembic_version SET version_num = '0001'")
    ledger, schema = open_unchanged(str(made))
    ledger.close()
    assert schema == "0001"
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_an_empty_file_has_no_schema_and_stays_empty(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    ledger, schema = open_unchanged(str(path))
    ledger.close()
    assert (schema, path.stat().st_size) == ("", 0)


def test_a_newer_ledger_is_refused(made: Path) -> None:
    change(made, f"PRAGMA user_version = {EPOCH + 1}")
    with pytest.raises(DatabaseUnusable, match="newer ledger"):
        open_unchanged(str(made))


def test_a_lock_has_an_error_of_its_own(made: Path) -> None:
    change(made, "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(made, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseLocked, match="locked"):
            open_unchanged(str(made), wait=0)


def test_a_look_leaves_no_file_behind(made: Path) -> None:
    before = {path.name: path.read_bytes() for path in made.parent.iterdir()}
    ledger, _ = open_unchanged(str(made))
    with ledger.read() as connection:
        reads.times(connection)
    ledger.close()
    assert {path.name: path.read_bytes() for path in made.parent.iterdir()} == before


def test_a_server_s_ledger_is_opened_as_it_is(bare_url: str) -> None:
    with pytest.raises(DatabaseUnusable, match="holds no ledger yet"):
        open_unchanged(bare_url)
    open_ledger(bare_url).close()
    ledger, schema = open_unchanged(bare_url)
    ledger.close()
    assert schema == HEAD
