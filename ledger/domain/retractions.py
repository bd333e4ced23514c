"""What was taken back: entries that name facts which count no more, and themselves may be taken back again.

A retraction's id follows from what it names, so taking back, bringing back and taking back again is a chain of ids,
and the longest chain that a ledger has holds: in whichever order, and from however many ledgers, its parts came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ledger.domain.facts import Entry

KIND = "retract"
AUTHOR = "author"
FORGOTTEN = "forgotten"
"""Stands for an author who is to be forgotten: the commit stays a link in history, and nothing said of it counts."""
VERSION = 1
"""Of the entries that are understood; what a later version says is kept and takes nothing back."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What counts no more."""

    ids: frozenset[str] = frozenset()
    """Of facts."""
    sessions: frozenset[str] = frozenset()
    """Whose calls, writes and commits count no more, those that are yet to be read too."""
    authors: frozenset[str] = frozenset()
    """Ids that stand for people who are to be forgotten: sha256 over their keyed hash."""

    def __bool__(self) -> bool:
        return bool(self.ids)


def identity(kind: str, key: str) -> str:
    """The id of a fact: sha256 over its kind and its natural key, the parts of which are joined by NUL."""
    return hashlib.sha256(f"{kind}\0{key}".encode()).hexdigest()


def retraction_id(gone: str) -> str:
    """The id of the entry that takes the fact or retraction of this id back."""
    return identity(KIND, gone)


def withdrawn(entries: Iterable[Entry]) -> Withdrawn:
    """What these entries take back, all of them together; what only looks like a retraction takes nothing back."""
    told = {found.id: found for entry in entries if entry.kind == KIND and (found := _told(entry.text))}
    gone = [found for each, found in told.items() if _is_gone(each, told.keys())]
    return Withdrawn(
        frozenset(found.id for found in gone),
        frozenset(found.session for found in gone if found.session),
        frozenset(found.id for found in gone if found.is_of_author),
    )


def to_settle(fact: str, *, is_gone: bool, named: AbstractSet[str]) -> list[str]:
    """What has yet to be named by retractions so that the fact is gone, or is not; `named` are those named so far."""
    there, missing = set(named), list[str]()
    while _is_gone(fact, there) != is_gone:
        link = fact
        while link in there:
            link = retraction_id(link)
        there.add(link)
        missing.append(link)
    return missing


def named_by(entries: Iterable[Entry]) -> frozenset[str]:
    """Every id that retractions name, whether it is gone by that or not."""
    return frozenset(found.id for entry in entries if entry.kind == KIND and (found := _told(entry.text)))


def _is_gone(fact: str, named: AbstractSet[str]) -> bool:
    """A chain of an odd number of retractions takes the fact back, one of an even number has brought it back."""
    length = 0
    while fact in named:
        fact, length = retraction_id(fact), length + 1
    return length % 2 == 1


@dataclass(frozen=True, slots=True)
class _Told:
    id: str
    """What the retraction names."""
    session: str
    """The session that this is; ''."""
    is_of_author: bool


def _told(text: str) -> _Told | None:
    """What a retraction says; None for what only looks like one."""
    try:
        line = json.loads(text)
        body = line["body"] if line["v"] == VERSION else {}
        named, session = body.get("id"), body.get("session", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(named, str):
        return None
    is_of_session = isinstance(session, str) and named == identity("session", session)
    return _Told(named, session if is_of_session else "", body.get("what") == AUTHOR)
