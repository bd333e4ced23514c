"""What a clone tells of its sessions' usage: sums per session, model, change and day, that anybody may read.

A session goes by a hash of its id: who has the session knows it again, nobody else can tell anything by it. The sums
are those of one reading of the clone's ledger, and a later reading replaces them whole, since where calls are booked
may change with every new fact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import ClassVar

from ledger.domain.grouping import group
from ledger.domain.keys import Key

Row = tuple[tuple[str, ...], tuple[int | None, ...]]
"""The words of a sum and its figures, in the order of `Sum`."""

PREFIX = "shared:"
"""Before a session's key where a charge names a session that only its sums are known of."""

MOST_CALLS = 20_000
"""Of one session, model, change and day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The usage of one session as one clone told it last; the newest `at` holds."""

    key: ClassVar[Key] = ("repository_id", "clone_id", "session")
    repository_id: str
    clone_id: str
    session: str
    """32 hex digits of the hash over the session's id."""
    sums: tuple[Row, ...]
    """(words, figures) per change, model, role and day: see `Sum`."""
    at: datetime
    """When the clone drew them up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Calls of a session on one day, booked alike; money in nano-USD."""

    day: str
    at: str
    """When the first of them was made, in ISO 8601 and UTC."""
    commit: str
    """A commit of the change that they are booked to; '' for none."""
    request: str
    """The number of its request; ''."""
    agent: str
    model: str
    """'' when unknown."""
    provider: str
    role: str
    role_evidence: str
    rule: str
    reason: str
    """Why they reached no change; ''."""
    calls: int
    calls_unpriced: int
    calls_placeholder: int
    nusd: int
    list_nusd: int
    paid_nusd: int
    parts_unlisted: int
    parts_unpaid: int
    input: int | None
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    output: int | None

    def row(self) -> Row:
        """As it is kept and shared."""
        return (
            tuple(getattr(self, name) for name in WORDS),
            tuple(getattr(self, name) for name in FIGURES),
        )


WORDS = tuple(field.name for field in fields(Sum))[:11]
FIGURES = tuple(field.name for field in fields(Sum))[11:]
_UNKNOWABLE = frozenset({"input", "output"})


def sum_of(row: Row) -> Sum:
    """The sum that a row is; raises ValueError with what is wrong with it."""
    words, figures = row
    if len(words) != len(WORDS) or len(figures) != len(FIGURES):
        raise ValueError(f"a sum has {len(WORDS)} words and {len(FIGURES)} figures")
    told = dict(zip(FIGURES, figures, strict=True))
    if any((number is None and name not in _UNKNOWABLE) or (number or 0) < 0 for name, number in told.items()):
        raise ValueError("a sum has a negative or missing figure")
    found = Sum(**dict(zip(WORDS, words, strict=True)), **told)  # type: ignore[arg-type]
    if not found.calls_unpriced <= found.calls <= MOST_CALLS or found.calls_placeholder > found.calls:
        raise ValueError(f"a sum is of at most {MOST_CALLS:,} calls, and no more of them are unpriced or placeholders")
    if datetime.fromisoformat(found.at).tzinfo is None or not found.at.startswith(found.day):
        raise ValueError("a sum's first call was made on its day, in UTC")
    return found


def session_key(session: str) -> str:
    """What stands for a session in what leaves the clone; the same wherever the session is known."""
    return hashlib.sha256(f"shared session\0{session}".encode()).hexdigest()[:32]


def counting(usages: Iterable[Usage], known: Iterable[str]) -> list[Usage]:
    """The usage that counts: of sessions whose calls are not here themselves (`known` are ids), each once.

    Two clones tell of one session when one was copied from the other, or when both read the same logs: then the one
    that tells of more calls counts. Sorted, so that nothing depends on the order of posting.
    """
    here = {session_key(session) for session in known}
    told = group((usage for usage in usages if usage.session not in here), lambda usage: usage.session)
    return [max(rows, key=_fullness) for _, rows in sorted(told.items())]


def _fullness(usage: Usage) -> tuple[int, int, datetime, str]:
    sums = [sum_of(row) for row in usage.sums]
    return sum(each.calls for each in sums), sum(each.nusd for each in sums), usage.at, usage.clone_id
