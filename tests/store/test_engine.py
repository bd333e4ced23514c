"""Opening a ledger, and one plain sentence for each thing that can be wrong with the file."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.domain.facts import RepositoryLabel
from ledger.errors import DatabaseUnusable
from ledger.store.engine import open_ledger
from ledger.store.schema import APPLICATION_ID, EPOCH, HEAD
from tests.starting import ended, starting


def pragma(path: Path, name: str) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]
    finally:
        connection.close()


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A ledger at head."""
    path = tmp_path / "ledger.db"
    open_ledger(str(path)).close()
    return path


def refused(path: Path | str, **options: bool) -> str:
    with pytest.raises(DatabaseUnusable) as error:
        open_ledger(str(path), **options)  # type: ignore[arg-type]  # only `create` is given
    sentence = str(error.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_new_ledger_is_wal_and_marked_as_ours(made: Path) -> None:
    assert pragma(made, "journal_mode") == "wal"
    assert pragma(made, "application_id") == APPLICATION_ID
    assert pragma(made, "user_version") == EPOCH
    assert pragma(made, "integrity_check") == "ok"


def test_connections_enforce_foreign_keys_and_wait(made: Path) -> None:
    ledger = open_ledger(str(made))
    with ledger.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_a_write_takes_the_lock_at_once(made: Path) -> None:
    ledger = open_ledger(str(made))
    with ledger.write():
        other = sqlite3.connect(made, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_write_that_fails_leaves_nothing(made: Path) -> None:
    ledger = open_ledger(str(made))

    def fail() -> None:
        with ledger.write() as writing:
            writing.set_text("half", "done")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM ledger_meta WHERE name = 'half'").scalar() == 0


def test_a_ledger_at_head_opens_without_alembic(made: Path) -> None:
    code = (
        "import sys; from ledger.store.engine import open_ledger; "
        f"open_ledger({str(made)!r}); print('alembic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"


def test_a_missing_one_is_refused_when_it_may_not_be_made(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "none.db", create=False)


def test_an_empty_file_is_what_an_interrupted_creation_leaves(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    open_ledger(str(path)).close()
    assert pragma(path, "application_id") == APPLICATION_ID


def test_a_text_file_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but long enough to look at" * 5)
    assert "not a SQLite database" in refused(path)
    assert path.read_text().startswith("not a database")


def test_another_application_s_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    assert "another application" in refused(path)
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused(made: Path) -> None:
    connection = sqlite3.connect(made)
    connection.execute(f"PRAGMA user_version = {EPOCH + 1}")
    connection.commit()
    connection.close()
    assert "newer ledger" in refused(made)


def test_a_newer_schema_is_refused(made: Path) -> None:
    connection = sqlite3.connect(made)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    assert "newer ledger" in refused(made)


def test_a_damaged_file_is_said_to_be_damaged(made: Path) -> None:
    whole = made.read_bytes()
    made.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    assert "damaged" in refused(made)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_write_permission(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert "writable" in refused(folder / "ledger.db")


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be opened" in refused(tmp_path / "file" / "ledger.db")


def test_an_unfinished_schema_is_finished_with_a_message(made: Path) -> None:
    connection = sqlite3.connect(made)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        connection.execute(f"DROP VIEW {name}")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        connection.execute(f"DROP TABLE {name}")
    connection.commit()
    connection.close()
    open_ledger(str(made)).close()
    connection = sqlite3.connect(made)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    connection.close()


def post_ten(path: str, who: int) -> None:
    ledger = open_ledger(path)
    for number in range(10):
        with ledger.write() as writing:
            writing.post([RepositoryLabel(repository_id="R", label=f"{who}-{number}", text="x")])


def test_twenty_processes_make_and_post_to_one_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    assert ended(*(starting(post_ten, str(path), who) for who in range(20))) == [0] * 20
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT COUNT(*) FROM repository_label").fetchone() == (200,)
    connection.close()


def test_killed_in_the_middle_it_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    open_ledger(str(path)).close()
    code = (
        "from ledger.store.engine import open_ledger\nfrom ledger.domain.facts import RepositoryLabel as L\n"
        f"ledger = open_ledger({str(path)!r})\n"
        "for n in range(100000):\n"
        "    with ledger.write() as w: w.post([L(repository_id='R', label=str(n), text='x')])\n"
        "    print(n, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(25)]
    process.kill()
    told += [int(line) for line in process.communicate()[0].split()]
    assert pragma(path, "integrity_check") == "ok"
    connection = sqlite3.connect(path)
    kept = {int(label) for (label,) in connection.execute("SELECT label FROM repository_label")}
    connection.close()
    assert set(told) <= kept
