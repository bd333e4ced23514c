"""`db copy`: every fact of one ledger into another, whichever engines they are on.

A copy goes on where an earlier one stopped, and copying twice changes nothing: facts are posted like any others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.domain.facts import KINDS
from ledger.domain.reading import Cursor, Settled, Skip
from ledger.errors import LedgerError
from ledger.posting.concealing import Open
from ledger.posting.derive import derive_dirty
from ledger.store import omissions, reads
from ledger.store.engine import Ledger

SOURCE = "copy"
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy did with one kind of fact."""

    kind: str
    facts: int
    new: int


def copy(source: Ledger, to: Ledger, veil: Open, step: Callable[[str, int], None]) -> list[Copied]:
    """Copy, verify and derive; raises LedgerError when something did not arrive.

    `step` is told the kind and how many of its facts were copied. `veil` conceals paths where `to` is shared.
    """
    done = [_copy_kind(source, to, veil, kind, step) for kind in KINDS]
    _copy_notes(source, to, veil)
    derive_dirty(to, "")
    for kind in KINDS:
        _verify(source, to, veil, kind)
    _verify_sums(source, to)
    with to.write() as writing:
        writing.forget_cursors(SOURCE)
    return done


def _copy_kind(source: Ledger, to: Ledger, veil: Open, kind: str, step: Callable[[str, int], None]) -> Copied:
    name = f"{source.where} {kind}"
    with to.read() as connection:
        after = _key(reads.cursors(connection, SOURCE).get(name))
    facts = new = 0
    for batch in _batches(source, kind, after):
        rows = [veil.row(fact) for fact in batch]
        with to.write() as writing:
            new += writing.post(row for row in rows if not isinstance(row, Skip | Cursor | Settled)).new
            writing.set_cursor(Cursor(SOURCE, name, json.dumps(_key_of(batch[-1]))))
        facts += len(batch)
        step(kind, facts)
    return Copied(kind, facts, new)


def _batches(source: Ledger, kind: str, after: tuple[Any, ...] | None) -> Iterator[list[Any]]:
    while True:
        with source.read() as connection:
            batch = reads.facts_after(connection, kind, after, _AT_ONCE)
        if not batch:
            return
        yield batch
        after = tuple(getattr(batch[-1], name) for name in KINDS[kind].key)


def _key_of(fact: Any) -> list[Any]:
    parts = (getattr(fact, name) for name in fact.key)
    return [{"at": part.isoformat()} if isinstance(part, datetime) else part for part in parts]


def _key(text: str | None) -> tuple[Any, ...] | None:
    if text is None:
        return None
    return tuple(datetime.fromisoformat(part["at"]) if isinstance(part, dict) else part for part in json.loads(text))


def _copy_notes(source: Ledger, to: Ledger, veil: Open) -> None:
    """When the ledger was posted to, and what could not be read: a report says both."""
    with source.read() as connection:
        times, skips = reads.times(connection), omissions.skips_by_source(connection)
    with to.write() as writing:
        for name, at in times.items():
            writing.set_time(name, at)
        for name, skip in skips:
            row = veil.row(skip)
            writing.note_skips(name, [row] if isinstance(row, Skip) else [])


def _verify(source: Ledger, to: Ledger, veil: Open, kind: str) -> None:
    """Every fact has arrived under its key."""
    for batch in _batches(source, kind, None):
        rows = [veil.row(fact) for fact in batch]
        with to.read() as connection:
            keys = sorted({tuple(getattr(row, name) for name in KINDS[kind].key) for row in rows})
            missing = len(keys) - reads.count_keys(connection, kind, keys)
        if missing:
            raise LedgerError(f"{missing:,} facts of kind {kind} did not arrive; run the same copy again.")


def _verify_sums(source: Ledger, to: Ledger) -> None:
    """Where both hold the same calls, they hold the same tokens."""
    with source.read() as one, to.read() as other:
        here, there = reads.call_totals(one), reads.call_totals(other)
    if here[0] == there[0] and here != there:
        raise LedgerError(f"The calls add up to {there} there and to {here} here; run the same copy again.")
