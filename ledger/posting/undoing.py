"""Making facts count, or count no more, whatever was said of them before: by posting and retracting, never deleting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from ledger.domain.facts import Entry, Fact
from ledger.domain.retractions import identity, named_by, to_settle, withdrawn
from ledger.entries import fact_id, retraction
from ledger.posting.withdrawing import is_gone
from ledger.store import reads
from ledger.store.engine import Ledger

AnyFact = TypeVar("AnyFact", bound=Fact)


def live(facts: Iterable[AnyFact], entries: Sequence[Entry]) -> list[AnyFact]:
    """The facts that no retraction takes back."""
    gone = withdrawn(entries)
    return [fact for fact in facts if not is_gone(fact, gone)]


def settle(ledger: Ledger, wanted: Sequence[Fact], unwanted: Sequence[Fact], now: datetime, by: str) -> int:
    """Let the wanted facts count and the unwanted no more, in one transaction; returns how many entries that took."""
    with ledger.write() as writing:
        named = named_by(reads.retractions(writing.connection))
        entries = [
            retraction(link, at=now.isoformat(), by=by)
            for facts, is_unwanted in ((wanted, False), (unwanted, True))
            for fact in facts
            for link in to_settle(fact_id(fact), is_gone=is_unwanted, named=named)
        ]
        done = writing.post([*wanted, *entries])
        return done.new + done.changed


def of_session(session: str, *, is_gone: bool, entries: Sequence[Entry], now: datetime, by: str) -> Iterator[Entry]:
    """The entries by which a session is forgotten, or remembered again; none where it is already."""
    whole = identity("session", session)
    for link in to_settle(whole, is_gone=is_gone, named=named_by(entries)):
        yield retraction(link, session if link == whole else "", at=now.isoformat(), by=by)
