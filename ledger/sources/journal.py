"""The journal that the hooks write: read from where each month's file was left, never consumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ledger.domain.facts import Fact
from ledger.domain.journal import line_facts, parse_line
from ledger.domain.reading import Cursor, Reading, Skip

SOURCE = "journal"


def read_journal(ledger_dir: Path, repository_id: str, known: Mapping[str, str]) -> Reading:
    """The facts of every line that was not read yet; a torn last line waits for its end."""
    for path in sorted((ledger_dir / "journal").glob("*.log")):
        yield from _read(path, repository_id, int(known.get(str(path), "0")))


def _read(path: Path, repository_id: str, offset: int) -> Iterator[Fact | Skip | Cursor]:
    start = offset if offset <= path.stat().st_size else 0
    if start == path.stat().st_size:
        return
    with path.open("rb") as file:
        file.seek(start)
        for raw in file:
            if not raw.endswith(b"\n"):
                break
            line = raw.decode(errors="replace").rstrip("\n")
            try:
                yield from line_facts(parse_line(line), repository_id)
            except ValueError as error:
                yield Skip("line", f"{path} at byte {start}", f"This journal line was left out: {error}.")
            start += len(raw)
    yield Cursor(SOURCE, str(path), str(start))
