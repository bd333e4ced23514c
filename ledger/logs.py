"""The files of agents' logs: opened where they were left, and followed to their end; and their databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.following import Log, Mark, begin, follow, unreadable
from ledger.domain.reading import Cursor, Skip

AT_ONCE = 1024 * 1024
"""Bytes that a log is read by: the usual few thousand would ask the system for each line or two."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log of which something is unread, with all that its reader must know besides the row's own words."""

    path: Path
    known: str
    """The cursor's text; '' for a file that was never read."""
    unread: int
    """About how many bytes; 0 where the file does not even tell its size."""
    told: Any = None
    """What the source learnt beside the file."""


def unread_files(files: Iterable[tuple[Path, Any]], known: Mapping[str, str]) -> Iterator[LogFile]:
    """Those of the files, each with what was told beside it, that changed since their cursors; none is opened."""
    for path, told in files:
        cursor = known.get(str(path), "")
        try:
            status, mark = path.stat(), Mark.of(cursor)
        except OSError:
            yield LogFile(path, cursor, 0, told)
            continue
        if not mark.is_current(status):
            # A file that shrank is another one, which is read from its beginning.
            left = status.st_size - mark.offset if status.st_size >= mark.size else status.st_size
            yield LogFile(path, cursor, left, told)


def follow_file(
    path: Path, known: str, source: str, log_of: Callable[[Mapping[str, Any]], Log]
) -> Iterator[Fact | Skip | Cursor]:
    """The facts of a file that came since its cursor `known`, then its cursor; a Skip where it cannot be read.

    `log_of` makes of the state that the last reading left what understands the rows; a file that did not change is
    not opened.
    """
    try:
        status = path.stat()
        mark = Mark.of(known)
        if mark.is_current(status):
            return
        with path.open("rb", AT_ONCE) as file:
            mark = begin(file, status, mark)
            yield from follow(file, status, mark, log_of(mark.state), source, str(path))
    except OSError as error:
        yield unreadable(str(path), error.strerror)


@contextmanager
def open_database(path: Path) -> Iterator[sqlite3.Connection]:
    """An agent's SQLite database, which is never written to; raises OSError for whatever is wrong with it.

    A damaged one may even fail to say what is wrong: its message holds bytes that are no text.
    """
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.text_factory = lambda raw: raw.decode(errors="replace")
            yield connection
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise OSError(0, str(error)) from error
