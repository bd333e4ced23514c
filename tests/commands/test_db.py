"""`ledger db`: where it is, and everything concluded anew."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from ledger.commands.db import _shell
from ledger.store.schema import EPOCH, HEAD
from tests.commands.running import run, run_process


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


def test_a_sound_ledger_is_all_ok_and_is_not_changed(posted: Path) -> None:
    database = posted / ".git" / "ledger" / "ledger.db"
    run("-C", str(posted), "report")
    before = database.read_bytes()
    done = run("-C", str(posted), "db", "check", "--full")
    assert (done.code, done.err) == (0, "")
    assert all(line.endswith(": ok") for line in done.out.splitlines())
    assert len(done.out.splitlines()) == 5
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE charge SET nusd = nusd + 1 WHERE change_id <> '' AND nusd > 0", "whose cost is not the sum"),
        ("DELETE FROM call_sum", "conclusions about"),
        ("UPDATE change SET lead_model = 'another'", "rows missing or different"),
        ("DELETE FROM attempt", "attempt: "),
        ("UPDATE call SET output = output + 7, reported_nusd = reported_nusd + 7", "conclusions about"),
        ("DELETE FROM change WHERE number = 4", "charges of changes that are not there"),
        ("DELETE FROM place", "calls whose place is not there"),
        ("UPDATE ledger_meta SET text = 'x' WHERE name = 'plain_commits'", ""),
    ],
)
def test_whatever_does_not_agree_is_found(posted: Path, sql: str, says: str) -> None:
    with closing(sqlite3.connect(posted / ".git" / "ledger" / "ledger.db")) as connection, connection:
        connection.execute(sql)
    done = run("-C", str(posted), "db", "check")
    assert (done.code == 3) == bool(says)
    assert says in done.out


def test_damaged_pages_are_found(posted: Path) -> None:
    database = posted / ".git" / "ledger" / "ledger.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_charge_change_id'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(size))
    done = run("-C", str(posted), "db", "check")
    assert done.code in (1, 3)
    assert "bug" not in done.err


def test_a_backup_opens_where_nobody_may_write(posted: Path, tmp_path: Path) -> None:
    copy = tmp_path / "shelf" / "copy.db"
    copy.parent.mkdir()
    with closing(sqlite3.connect(posted / ".git" / "ledger" / "ledger.db")) as writer:
        writer.execute("BEGIN IMMEDIATE")  # somebody is writing meanwhile
        assert run("-C", str(posted), "db", "backup", str(copy)).code == 0
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
    assert copy.read_bytes()[18] == 1
    report = run("-C", str(posted), "report", "--as-of", "2026-04-01").out
    assert run("-C", str(posted), "--database", str(copy), "report", "--as-of", "2026-04-01").out == report


def test_a_backup_never_replaces_a_file(posted: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    done = run("-C", str(posted), "db", "backup", str(tmp_path / "mine"))
    assert (done.code, (tmp_path / "mine").read_text()) == (1, "precious")
    assert run("-C", str(posted), "db", "backup", str(tmp_path / "no" / "where")).code == 1


def test_labels_are_set_changed_and_taken_away(posted: Path) -> None:
    assert run("-C", str(posted), "db", "label", "team=a", "cost_centre=4711").out == "cost_centre=4711\nteam=a\n"
    assert run("-C", str(posted), "db", "label", "team=payments & more").code == 0
    sql = "SELECT DISTINCT team, cost_centre FROM changes UNION SELECT DISTINCT team, cost_centre FROM spend"
    asked = run("-C", str(posted), "query", "--format", "csv", sql)
    assert asked.out == "team,cost_centre\npayments & more,4711\n"
    assert run("-C", str(posted), "db", "label", "team=").out == "cost_centre=4711\n"


@pytest.mark.parametrize("word", ["team", "=x", "a b=c", " team=x"])
def test_a_label_has_a_key_and_a_value(posted: Path, word: str) -> None:
    done = run("-C", str(posted), "db", "label", word)
    assert (done.code, done.out) == (1, "")
    assert "KEY=VALUE" in done.err


def test_a_label_needs_a_repository_that_was_posted(committed: Path) -> None:
    run("-C", str(committed), "db", "upgrade")
    assert "run ledger update first" in run("-C", str(committed), "db", "label", "team=a").err


def test_an_upgrade_of_what_is_newest_says_so(posted: Path) -> None:
    assert run("-C", str(posted), "db", "upgrade").out.endswith(f"ledger.db is at schema {HEAD}.\n")


def test_a_shell_reads_only_or_says_how(posted: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    git_only = {"PATH": str(programs)}
    (programs / "git").symlink_to(str(shutil.which("git")))
    done = run_process("db", "shell", cwd=posted, env=git_only)
    database = posted / ".git" / "ledger" / "ledger.db"
    assert done.out == f"sqlite3 is not installed. With it: sqlite3 -readonly {database}\n"
    (programs / "sqlite3").write_text(f'#!{shutil.which("sh")}\necho "$@"\n')
    (programs / "sqlite3").chmod(0o755)
    assert run_process("db", "shell", cwd=posted, env=git_only).out == f"-readonly {database}\n"


def test_a_shell_on_a_server_gets_the_password_where_nobody_sees_it() -> None:
    words, environment = _shell(make_url("postgresql+psycopg://ann:sesame@db/team?sslmode=require"))
    assert words == ["psql", "postgresql://ann@db/team?sslmode=require"]
    assert environment["PGPASSWORD"] == "sesame"
    assert "read_only" in environment["PGOPTIONS"]


def test_a_copy_is_the_same_ledger_and_told_in_figures(posted: Path, tmp_path: Path) -> None:
    database, copy = posted / ".git" / "ledger" / "ledger.db", tmp_path / "copy.db"
    first = run("-C", str(posted), "db", "copy", str(database), str(copy))
    assert first.code == 0, first.err
    assert " of them new; all are there." in first.out
    assert ", 0 of them new" in run("-C", str(posted), "db", "copy", str(database), str(copy)).out
    here, there = (
        run("-C", str(posted), "--database", str(path), "report", "--as-of", "2026-04-01").out
        for path in (database, copy)
    )
    assert here == there
    missing = run("-C", str(posted), "db", "copy", str(tmp_path / "none.db"), str(copy))
    assert (missing.code, missing.out) == (1, "")
