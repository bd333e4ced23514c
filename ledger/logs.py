"""The files of agents' logs: opened where they were left, and followed to their end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.following import Log, Mark, begin, follow, unreadable
from ledger.domain.reading import Cursor, Skip


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
        with path.open("rb") as file:
            mark = begin(file, status, mark)
            yield from follow(file, status, mark, log_of(mark.state), source, str(path))
    except OSError as error:
        yield unreadable(str(path), error.strerror)
