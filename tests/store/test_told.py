"""Who told what: once, by origin, and on every engine alike."""

from __future__ import annotations

from pathlib import Path

from ledger.domain.reading import Cursor
from ledger.store import reads, told
from ledger.store.engine import open_ledger


def test_who_told_what_is_kept_once_and_asked_for_by_origin(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    many = [f"{number:064x}" for number in range(400)]
    with ledger.write() as writing:
        told.note_told(writing, "w/one", many)
        told.note_told(writing, "w/one", many[:3])
        told.note_told(writing, "ci", [many[0], "f" * 64])
    with ledger.read() as connection:
        assert told.origins(connection) == {"ci": 2, "w/one": 400}
        assert told.told_by(connection, "w/one", [*many, "f" * 64]) == set(many)
        assert told.told_elsewhere(connection, "w/one") == {many[0], "f" * 64}


def test_cursors_of_what_is_gone_are_dropped(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    with ledger.write() as writing:
        for name in ("a", "b"):
            writing.set_cursor(Cursor("share", name, "1"))
        writing.set_cursor(Cursor("commits", "a", "1"))
        told.drop_cursors(writing, "share", ["a", "nowhere"])
    with ledger.read() as connection:
        assert reads.cursors(connection, "share") == {"b": "1"}
        assert reads.cursors(connection, "commits") == {"a": "1"}
