"""`ledger learn habits`: what this repository's past changes say of how people work. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ledger.domain.habits import Study, study
from ledger.domain.practice import Worked
from ledger.domain.retractions import Withdrawn, withdrawn
from ledger.posting.choosing import choose
from ledger.posting.update import repository_here
from ledger.posting.withdrawing import is_gone
from ledger.posting.workplace import Workplace
from ledger.store import reads
from ledger.store.engine import Ledger
from ledger.store.habits import read_worked


def study_here(workplace: Workplace, ledger: Ledger, as_of: datetime, task: str = "") -> Study:
    """The study of this repository, of one task type where it is named.

    Raises LedgerError before a post, and for a task type that no change has.
    """
    here = repository_here(workplace, ledger)
    chosen = choose(ledger, as_of, {"task_type": (task,)}) if task else ()
    named = chosen[0][1][0] if chosen else None
    with ledger.read() as connection:
        gone = withdrawn(reads.retractions(connection))
        return study(still_said(read_worked(connection, here), gone), as_of, named)


def still_said(rows: Iterator[Worked], gone: Withdrawn) -> Iterator[Worked]:
    """The same without the facts that somebody took back."""
    for row in rows:
        request = None if row.request and is_gone(row.request, gone) else row.request
        yield replace(
            row,
            request=request,
            events=[event for event in row.events if not is_gone(event, gone)],
            rewrites=[edge for edge in row.rewrites if not is_gone(edge, gone)],
        )
