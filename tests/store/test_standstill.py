"""A file tells whether it was written to since, to whoever asks SQLite alone."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.domain.reading import Cursor, Skip
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from ledger.store.standstill import note_times, stamp_of
from ledger.store.writes import Writing

EARLIER, NOW = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
KEPT = "2026-03-02 00:00:00.000000"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was written to and brought up to date."""
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    made = open_ledger(str(path))
    with made.write() as writing:
        writing.set_text("anything", "at all")
        writing.set_time("posted_at", EARLIER)
        writing.set_time("logs_read_at", EARLIER)
    made.close()
    return path


@pytest.fixture
def ledger(template: Path, tmp_path: Path) -> Iterator[Ledger]:
    """One of the test's own; its name needs care in an URI."""
    opened = open_ledger(str(shutil.copy(template, tmp_path / "50% of what?#1.db")))
    yield opened
    opened.close()


def stamp(ledger: Ledger) -> str:
    with ledger.read() as connection:
        return reads.stamp(connection)


def times(ledger: Ledger) -> set[datetime]:
    with ledger.read() as connection:
        return set(reads.times(connection).values())


def test_a_ledger_nobody_wrote_to_is_noted_as_up_to_date_and_stays_as_it_is(ledger: Ledger) -> None:
    before = stamp(ledger)
    assert note_times(ledger.where, before, KEPT)
    assert times(ledger) == {NOW}
    assert stamp(ledger) == before


def skipped_and_timed(writing: Writing) -> None:
    writing.set_time("posted_at", NOW)
    writing.note_skips("s", [Skip("file", "/f", "why")])


CHANGES: dict[str, Callable[[Writing], object]] = {
    "a text": lambda writing: writing.set_text("anything", "else"),
    "a mark": lambda writing: writing.mark_dirty(["r"]),
    "a cursor": lambda writing: writing.set_cursor(Cursor("codex", "f", "1")),
    "a skip and a time": skipped_and_timed,
    "straight to the driver": lambda writing: writing.connection.exec_driver_sql("DELETE FROM clock"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_writing_leaves_another_stamp(ledger: Ledger, change: Callable[[Writing], object]) -> None:
    before = stamp(ledger)
    with ledger.write() as writing:
        change(writing)
    assert stamp(ledger) != before
    assert not note_times(ledger.where, before, KEPT)
    assert NOW not in times(ledger) or change is skipped_and_timed


def test_what_changes_no_row_and_what_notes_a_time_leave_the_stamp(ledger: Ledger) -> None:
    before = stamp(ledger)
    with ledger.write() as writing:
        writing.post([])
        writing.set_time("posted_at", NOW)
        writing.mark_dirty([])
    assert stamp(ledger) == before


def test_what_was_taken_back_leaves_the_stamp(ledger: Ledger) -> None:
    before = stamp(ledger)
    with suppress(RuntimeError), ledger.write() as writing:
        writing.set_text("anything", "else")
        raise RuntimeError
    assert stamp(ledger) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alembic_version SET version_num = '9999'",
        "UPDATE ledger_meta SET text = 'other views' WHERE name = 'views_hash'",
        "DELETE FROM ledger_meta WHERE name = 'written'",
        "DROP TABLE ledger_meta",
        "DELETE FROM clock WHERE name = 'logs_read_at'",
    ],
)
def test_another_version_s_ledger_is_not_told_at_a_glance(ledger: Ledger, statement: str) -> None:
    before = stamp(ledger)
    with sqlite3.connect(ledger.where) as connection:
        connection.execute(statement)
    connection.close()
    assert not note_times(ledger.where, before, KEPT)


def test_a_ledger_that_somebody_writes_to_is_not_waited_for(ledger: Ledger) -> None:
    before = stamp(ledger)
    with ledger.write() as writing:
        writing.set_text("anything", "else")
        assert not note_times(ledger.where, before, KEPT)
    assert times(ledger) == {EARLIER}


def test_a_file_that_is_gone_is_not_made_and_one_that_is_no_database_is_refused(tmp_path: Path) -> None:
    assert not note_times(str(tmp_path / "gone.db"), "s v 1", KEPT)
    assert not list(tmp_path.iterdir())
    (tmp_path / "text.db").write_text("no database" * 100)
    assert not note_times(str(tmp_path / "text.db"), "s v 1", KEPT)


def test_no_stamp_stands_for_nothing(ledger: Ledger) -> None:
    assert stamp_of(("a", None, "b")) == stamp_of(None) == ""
    assert stamp_of(("a", "b", "c")) == "a b c"
    assert not note_times(ledger.where, "", KEPT)


def test_nothing_but_the_standard_library_is_imported_for_it() -> None:
    code = "import sys, ledger.store.standstill; print('sqlalchemy' in sys.modules, 'ledger.domain' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
