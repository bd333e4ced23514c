"""Reading facts back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ledger.domain.reading import Cursor
from ledger.domain.session_facts import Call
from ledger.store import reads
from ledger.store.engine import open_ledger
from tests.domain.building import at, call


def test_texts_that_calls_have_alike_are_held_once(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    rows = [call(f"c{number}", number) for number in range(3)]
    with ledger.write() as writing:
        writing.post(rows)
    with ledger.read() as connection:
        found: list[Call] = list(reads.facts(connection, "call"))
    assert found == rows
    for name in ("session", "directory", "agent", "model", "model_raw"):
        assert len({id(getattr(row, name)) for row in found}) == 1


def test_calls_and_places_are_counted_by_source(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    mine = [call(f"c{number}", number) for number in range(3)]
    with ledger.write() as writing:
        writing.post([*mine, replace(call("o", 9), source="openrouter")])
        for name in "ab":
            writing.set_cursor(Cursor("codex", name, "1"))
    with ledger.read() as connection:
        assert reads.calls_by_source(connection) == {mine[0].source: (3, at(2)), "openrouter": (1, at(9))}
        assert reads.cursors_by_source(connection) == {"codex": 2}
    ledger.close()
