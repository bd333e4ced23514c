"""How a growing log is followed: where it was left, whether it is still the same file, and what came since.

The sources find and open files; here is what is alike for all of them (usage-formats §0, "General reader rules").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from ledger.domain.facts import Fact
from ledger.domain.jsonl import Lines, looks_whole, objects
from ledger.domain.reading import Cursor, Skip
from ledger.domain.screen import counted

_HEAD = 4096


class Status(Protocol):
    """What the file system says of a file; `os.stat_result` is one."""

    @property
    def st_ino(self) -> int: ...  # noqa: D102 - the standard library's names
    @property
    def st_size(self) -> int: ...  # noqa: D102
    @property
    def st_mtime_ns(self) -> int: ...  # noqa: D102


class Log(Protocol):
    """What understands the rows of one file, in their order."""

    refused: int
    """Rows that looked like a call and had no readable time or count."""

    def may_matter(self, line: bytes) -> bool:
        """Cheaply: whether a line is worth parsing; what only looks so is sorted out by `read`."""
        ...

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The facts of one row."""
        ...

    def ending(self) -> Iterator[Fact | Skip]:
        """What can be said once the file was read so far: its sessions."""
        ...

    def state(self) -> dict[str, Any]:
        """What the next reading of this file must know."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was read, and how to tell that it is still the same file."""

    inode: int = 0
    size: int = -1
    mtime: int = 0
    head: str = ""
    head_size: int = 0
    offset: int = 0
    state: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Mark:
        """The mark that a cursor's text says; the beginning where it says nothing."""
        return cls(*json.loads(text)) if text else cls()

    def text(self) -> str:
        """The cursor's text."""
        row = [self.inode, self.size, self.mtime, self.head, self.head_size, self.offset, self.state]
        return json.dumps(row, separators=(",", ":"))

    def is_current(self, status: Status) -> bool:
        """Whether nothing was written since."""
        return (self.inode, self.size, self.mtime) == (status.st_ino, status.st_size, status.st_mtime_ns)

    def continues(self, file: BinaryIO, status: Status) -> bool:
        """Whether the open file begins as it did: grown, not replaced or cut."""
        return 0 <= self.size <= status.st_size and self.head == _digest(file, self.head_size)


def begin(file: BinaryIO, status: Status, mark: Mark) -> Mark:
    """The mark to read on from, at which the file then stands: the known one, or the beginning of another file."""
    if not mark.continues(file, status):
        mark = Mark()
    file.seek(mark.offset)
    return mark


def follow(
    file: BinaryIO, status: Status, mark: Mark, log: Log, source: str, name: str
) -> Iterator[Fact | Skip | Cursor]:
    """The facts of the lines after the mark, what could not be read, and the cursor behind them."""
    lines = Lines(file)
    broken = 0
    for line in lines:
        if not log.may_matter(line):
            broken += not looks_whole(line)
            continue
        for row in objects(line):
            if row is None:
                broken += 1
            else:
                yield from log.read(row)
    yield from log.ending()
    broken += lines.too_long
    if broken:
        yield Skip("line", name, f"{counted(broken, 'broken line')} left out; nothing else of the file was.")
    if log.refused:
        yield Skip("row", name, f"{counted(log.refused, 'row')} without a readable time or token count left out.")
    is_whole = mark.offset == 0
    yield end(file, status, mark.offset + lines.consumed, log.state(), source, name, is_whole=is_whole)


def end(
    file: BinaryIO,
    status: Status,
    offset: int,
    state: Mapping[str, Any],
    source: str,
    name: str,
    *,
    is_whole: bool = False,
) -> Cursor:
    """The cursor of a file that was read so far."""
    size = min(_HEAD, status.st_size)
    head = _digest(file, size)
    mark = Mark(status.st_ino, status.st_size, status.st_mtime_ns, head, size, offset, state)
    return Cursor(source, name, mark.text(), is_whole)


def unreadable(name: str, reason: str | None) -> Skip:
    """A file that the system does not let us read."""
    return Skip("file", name, f"It could not be read ({reason}); make it readable and update again.")


def _digest(file: BinaryIO, size: int) -> str:
    file.seek(0)
    return hashlib.sha256(file.read(size)).hexdigest()[:16]
