"""Lines that a command writes into the journal, as the hooks do: `update` posts them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ledger.errors import LedgerError
from ledger.git import Git


def jot(git: Git, now: datetime, event: str, fields: Mapping[str, str]) -> None:
    """Append one line to the journal of the month; raises LedgerError where it cannot be written."""
    journal = git.ledger_dir / "journal"
    told = {"v": "1", "at": str(int(now.timestamp())), "event": event, "worktree": str(git.worktree or ""), **fields}
    line = "\t".join(f"{key}={text}" for key, text in told.items()) + "\n"
    try:
        journal.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (journal / f"{now:%Y-%m}.log").open("a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        raise LedgerError(f"{journal} cannot be written ({error.strerror}); make it writable.") from error
