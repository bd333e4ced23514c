"""The drainer: posts what the hooks jotted, within two seconds of a commit, detached, one at a time, seen by nobody.

    python -m ledger.posting.drain <git common dir>/ledger

A hook starts it and goes on. The file `drainer` holds the number of the process that will still look at the journal; a
hook that finds it at work starts no other. So the order matters: the number is taken away before the last look, and
whoever jots after that look finds none. Killed anywhere, the next commit or the next `ledger` goes on from there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.posting.turns import Turn

_PAUSE = 0.25
"""Seconds that lines are collected for: the commits of a rebase are posted together."""
_QUIET = 1.0
"""Seconds without a line before conclusions are drawn, which in a large repository takes longer than posting."""
_DAILY = timedelta(hours=24)
_NEVER = datetime.min.replace(tzinfo=UTC)
_OPEN_FILES = 256


def main(ledger_dir: Path) -> None:
    """Drain, then read the agents' logs if nobody did today; errors are noted for `ledger doctor`."""
    with noting(ledger_dir / "drain-error"):
        logs_read_at = drain(ledger_dir)
        if logs_read_at and _is_due(ledger_dir, logs_read_at):
            (ledger_dir / "agents-read").touch()
            _post(agents=True)


def drain(ledger_dir: Path) -> datetime | None:
    """Post until no line was jotted meanwhile; returns when the agents' logs were last read.

    None where another process goes on from here. Draws conclusions only if it stays quiet: else the process that the
    next hook started will.
    """
    number = ledger_dir / "drainer"
    with Turn(ledger_dir / "drain.lock") as turn:
        if not _wait(ledger_dir, turn, number):
            return None
        posted = -1
        while posted != _journal_size(ledger_dir):
            number.write_text(f"{os.getpid()}\n")
            time.sleep(_PAUSE)
            posted = _journal_size(ledger_dir)
            _post(concluding=False)
            number.unlink(missing_ok=True)
    time.sleep(_QUIET)
    if posted != _journal_size(ledger_dir):
        return None
    return _post() or _NEVER


def _wait(ledger_dir: Path, turn: Turn, number: Path) -> bool:
    """Wait for the turn, unless one is waiting already, who will read what this process was started for."""
    with Turn(ledger_dir / "drain.next") as waiting:
        if not waiting.take():
            # A hook that sees this process's number relies on it: only without it may the one who waits be relied on.
            number.unlink(missing_ok=True)
            if not waiting.take():
                return False
        return turn.take(wait=True)


def _journal_size(ledger_dir: Path) -> int:
    """Bytes in the journal, which only grows."""
    return sum(path.stat().st_size for path in (ledger_dir / "journal").glob("*.log"))


def _post(*, concluding: bool = True, agents: bool = False) -> datetime | None:
    """Post what is new here; returns when the agents' logs were last read."""
    # Imported now, and not by a process that only finds out that another one is waiting.
    from ledger.posting.update import HERE, SOURCES, update
    from ledger.posting.workplace import open_workplace
    from ledger.store.engine import open_ledger

    workplace = open_workplace(".")
    ledger = open_ledger(workplace.database)
    try:
        posted = update(
            workplace,
            ledger,
            now=datetime.now(UTC),
            sources=SOURCES if agents else HERE,
            concluding=concluding,
        )
        return posted.logs_read_at
    finally:
        ledger.close()


def _is_due(ledger_dir: Path, logs_read_at: datetime) -> bool:
    """Nobody read the agents' logs today, and no drainer tried to."""
    since = datetime.now(UTC) - _DAILY
    with suppress(FileNotFoundError):
        if datetime.fromtimestamp((ledger_dir / "agents-read").stat().st_mtime, UTC) > since:
            return False
    return logs_read_at <= since


@contextmanager
def noting(path: Path) -> Iterator[None]:
    """Keep the sentence of what went wrong, until a later run goes well."""
    try:
        yield
        path.unlink(missing_ok=True)
    except Exception as error:
        with suppress(OSError):
            path.write_text(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {type(error).__name__}: {error}\n")


def detach() -> None:
    """Leave the terminal, the caller's open files and git's variables behind, and yield to whoever works here."""
    from ledger.git_process import LOCAL_VARIABLES

    if sys.platform != "win32":
        with suppress(OSError):
            os.setsid()
        os.nice(10)
    os.closerange(3, _OPEN_FILES)
    for name in LOCAL_VARIABLES:
        os.environ.pop(name, None)


if __name__ == "__main__":
    detach()
    main(Path(sys.argv[1]))
