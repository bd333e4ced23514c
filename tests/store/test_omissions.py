"""What could not be read is told with who could not, and since when."""

from __future__ import annotations

from pathlib import Path

from ledger.domain.reading import Skip
from ledger.store import omissions
from ledger.store.engine import open_ledger
from tests.domain.building import at


def test_what_was_noted_is_told_by_source_and_as_a_whole(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    line, file = Skip("line", "b at 3", "because"), Skip("file", "a", "it is torn")
    with ledger.write() as writing:
        writing.note_skips("codex", [line], at=at(1))
        writing.note_skips("claude-code", [file])
    with ledger.read() as connection:
        assert omissions.skips_by_source(connection) == [("claude-code", file), ("codex", line)]
        assert omissions.skips_of(connection, "codex") == [(line, at(1))]
        assert omissions.skips(connection) == [("file", "a", "it is torn"), ("line", "b at 3", "because")]
    ledger.close()
