"""The journal that the hooks write: read from where each month's file was left, never consumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ledger.domain.facts import Fact
from ledger.domain.journal import line_facts, parse_line
from ledger.domain.reading import Cursor, Reading, Skip

SOURCE = "journal"
_LAST_SECOND = 253402300799


@dataclass(frozen=True, slots=True)
class Jotted:
    """What the hooks wrote into a clone's journal, whether it was posted or not."""

    oids: frozenset[str]
    """The commits that a line tells of."""
    since: datetime | None
    """The first line of a hook."""


def read_journal(ledger_dir: Path, repository_id: str, known: Mapping[str, str]) -> Reading:
    """The facts of every line that was not read yet; a torn last line waits for its end."""
    for path in sorted((ledger_dir / "journal").glob("*.log")):
        yield from _read(path, repository_id, int(known.get(str(path), "0")))


def read_jotted(ledger_dir: Path) -> Jotted:
    """All lines of the journal that a hook wrote; what cannot be read counts as no line."""
    oids: set[str] = set()
    since: int | None = None
    for path in sorted((ledger_dir / "journal").glob("*.log")):
        for line in path.read_bytes().decode(errors="replace").splitlines():
            try:
                fields = parse_line(line)
            except ValueError:
                continue
            if fields["event"] not in ("use", "run"):
                oids.add(fields.get("new", ""))
                since = min(int(fields["at"]), _LAST_SECOND, since or _LAST_SECOND)
    return Jotted(frozenset(oids - {""}), None if since is None else datetime.fromtimestamp(since, UTC))


def last_try(ledger_dir: Path, run: str) -> int:
    """The highest number of a try at a run that the journal tells of; 0 before the first."""
    highest = 0
    for path in sorted((ledger_dir / "journal").glob("*.log")):
        for raw in path.read_bytes().splitlines():
            if b"\tevent=run\t" in raw:
                fields = dict(part.split("=", 1) for part in raw.decode(errors="replace").split("\t") if "=" in part)
                number = fields.get("attempt", "")
                highest = max(highest, int(number) if fields.get("run") == run and number.isdecimal() else 0)
    return highest


def count_waiting(ledger_dir: Path, known: Mapping[str, str]) -> int:
    """How many whole lines were not read yet, by the cursors of the last reading."""
    return sum(
        _from(path, int(known.get(str(path), "0"))).count(b"\n") for path in (ledger_dir / "journal").glob("*.log")
    )


def _from(path: Path, offset: int) -> bytes:
    """What stands behind an offset; all of it in a file that has become shorter, as in `read_journal`."""
    text = path.read_bytes()
    return text[offset:] if offset <= len(text) else text


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
    if start != offset:
        yield Cursor(SOURCE, str(path), str(start))
