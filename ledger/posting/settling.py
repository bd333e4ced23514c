"""What could not be read is named for as long as that holds: until the file is read, or is gone and nobody asks for it.

A line that was left out stays named while the file is read on behind it; a file that is read whole again is judged
anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from ledger.domain.facts import Fact
from ledger.domain.reading import Cursor, Reading, Settled, Skip
from ledger.store import omissions, reads
from ledger.store.engine import Ledger

_OLD = timedelta(days=30)
"""After this, what was left out of a file that is gone is of use to nobody."""


def settling(reading: Reading) -> Iterator[Fact | Skip | Cursor | Settled]:
    """The reading, each cursor after the word that its file was read."""
    for row in reading:
        if isinstance(row, Cursor):
            yield Settled(row.name, row.is_whole)
        yield row


def drop_gone(ledger: Ledger, source: str, said: set[Skip], now: datetime, *, is_all: bool) -> None:
    """Drop what a reading of the source shows to hold no more; nothing is written where nothing was noted.

    `is_all` says that all of the source's places were read: then a file that was not named as unreadable again, and
    was never read either, is not there any more. What was left out of a file that is gone is dropped when it is old.
    """
    with ledger.read() as connection:
        if not omissions.skips_of(connection, source):
            return
    with ledger.write() as writing:
        writing.drop_skips(source, _dropped(writing.connection, source, said, now, is_all=is_all))


def _dropped(connection: Connection, source: str, said: set[Skip], now: datetime, *, is_all: bool) -> list[Skip]:
    read = reads.cursors(connection, source).keys()
    again = {(skip.what, skip.where) for skip in said}
    dropped = []
    for skip, noted_at in omissions.skips_of(connection, source):
        if (skip.what, skip.where) in again:
            continue
        is_moot = is_all and skip.what == "file" and skip.where not in read
        is_old = noted_at is None or now - noted_at > _OLD
        if is_moot or (is_old and _is_gone(skip.where)):
            dropped.append(skip)
    return dropped


def droppable(ledger: Ledger) -> tuple[tuple[str, ...], datetime | None]:
    """What `drop_gone` looks at besides what is read: files that may go, and when it drops the first that has gone."""
    with ledger.read() as connection:
        noted = omissions.skips_with_times(connection)
    gone = [noted_at + _OLD for skip, noted_at in noted if noted_at and _is_gone(skip.where)]
    there = {_path(skip.where) for skip, _ in noted if not _is_gone(skip.where)}
    return tuple(sorted(path for path in there if Path(path).is_absolute())), min(gone, default=None)


def _is_gone(where: str) -> bool:
    """Whether the file that a path begins with is not there; what is no path is left alone."""
    path = _path(where)
    try:
        return Path(path).is_absolute() and not Path(path).exists()
    except (OSError, ValueError):
        return False


def _path(where: str) -> str:
    for mark in (" at byte ", " line "):
        where = where.partition(mark)[0]
    return where
