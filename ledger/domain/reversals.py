"""Which changes were reverted on the target branch, and which of those came back: every turn of it, with its date.

A revert names a commit in git's own sentence, or a request or a title as the buttons of forges do (ci.md §3.5). What it
names counts as undone while the revert stands: a revert of a revert restores, by the parity of the chain. A revert
inside the reverted change's own branch does not count (metric.md §5), nor does that of a copy on another branch; a copy
that came after the revert restores. A change is reverted when all of its work is: a part of it undone is no revert of
the change. Reverts in other words are invisible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from ledger.domain.changes import Identity
from ledger.domain.history import History

Turn = tuple[datetime, bool]
"""From then on a change was reverted, or was not any more."""
Unit = tuple[str, str]
"""A change, and a commit of its work."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_QUOTED = re.compile(r'(Revert|Reapply) "(.+)"')
_NUMBER = re.compile(r"\s+\([#!]\d{1,9}\)$")


def turns(identities: Sequence[Identity], history: History) -> Mapping[str, tuple[Turn, ...]]:
    """Change → when it was reverted and when it came back, in their order; only changes that ever were reverted."""
    book = _Book(history, {identity.id: identity for identity in identities if identity.landed_at})
    for at, _, by, restored in sorted(_steps(book), key=lambda step: step[:3]):
        for change in [restored] if restored else book.targets[by]:
            units = book.units(change) if restored else book.targets[by][change]
            book.turn(by, change, units, at, is_undone=not restored)
    return {change: tuple(found) for change, found in sorted(book.turns.items()) if found}


def reverted_at(found: Iterable[Turn]) -> datetime | None:
    """When the revert that stands landed; None where none does."""
    at, is_reverted = list(found)[-1] if found else (None, False)
    return at if is_reverted else None


@dataclass(slots=True)
class _Book:
    """What is undone, and by which changes, while the landings are gone through in their order."""

    history: History
    landed: Mapping[str, Identity]
    targets: dict[str, dict[str, frozenset[str]]] = field(init=False)
    """Reverting change → the changes that it undoes, and which commits of each."""
    undone: dict[Unit, set[str]] = field(default_factory=dict)
    """Work that is undone → the changes that undo it."""
    turns: dict[str, list[Turn]] = field(default_factory=dict)
    _units: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = _Names(self)
        self.targets = {id_: found for id_, identity in self.landed.items() if (found := names.undone_by(identity))}

    def units(self, change: str) -> frozenset[str]:
        """The commits that hold a change's work; asked of the few that a revert names."""
        if change not in self._units:
            self._units[change] = _work(self.landed[change], self.history)
        return self._units[change]

    def is_undone(self, change: str) -> bool:
        """All of its work is."""
        return all(self.undone.get((change, oid)) for oid in self.units(change))

    def turn(
        self, by: str, change: str, units: Iterable[str], at: datetime, *, is_undone: bool, above: tuple[str, ...] = ()
    ) -> None:
        """Let a change undo work of another, or no more; what the other undid follows its fate."""
        before = self.is_undone(change)
        for oid in units:
            standing = self.undone.setdefault((change, oid), set())
            standing.add(by) if is_undone else standing.discard(by)
        if self.is_undone(change) == before or change in above:
            return
        self.turns.setdefault(change, []).append((at, not before))
        for other, work in self.targets.get(change, {}).items():
            self.turn(change, other, work, at, is_undone=before, above=(*above, change))


def _steps(book: _Book) -> Iterator[tuple[datetime, int, str, str]]:
    """(when, depth, the reverting change, '' or the change that a copy brought back) of all that happened."""
    for by in sorted(book.targets):
        at, depth = _effective(book, by, frozenset())
        yield at, depth, by, ""
        for change in book.targets[by]:
            for oid in book.landed[change].copies:
                if oid in book.history.landed and _is_after(book, oid, by):
                    yield max(at, book.history.commits[oid].committed_at), depth, by, change


def _effective(book: _Book, by: str, above: frozenset[str]) -> tuple[datetime, int]:
    """When a revert took effect: not before what it reverts did, whatever the clocks of two machines say; its depth."""
    landed = book.landed[by].landed_at or _NEVER
    below = [
        _effective(book, each, above | {by}) for each in book.targets[by] if each in book.targets and each not in above
    ]
    return max([landed, *(at for at, _ in below)]), 1 + max((depth for _, depth in below), default=0)


def _is_after(book: _Book, copy: str, revert: str) -> bool:
    """Whether the copy came onto the same target after the revert."""
    landed = book.landed[revert].landed_oid
    return landed is not None and landed in book.history.walk([copy])


def _work(identity: Identity, history: History) -> frozenset[str]:
    """The commits on the target that hold the change's work, each line once."""
    plain = (oid for oid in identity.commits if oid in history.landed and len(history.commits[oid].parents) < 2)
    return frozenset(plain) or frozenset([identity.landed_oid or identity.id])


class _Names:
    """Finds what messages name."""

    def __init__(self, book: _Book) -> None:
        self._book, self._commits = book, book.history.commits
        self._owners: dict[str, set[str]] = {}
        for identity in book.landed.values():
            for oid in {*identity.commits, *identity.former, identity.landed_oid or ""} - {*identity.copies, ""}:
                self._owners.setdefault(oid, set()).add(identity.id)
            if identity.number is not None:
                self._owners[f"request:{identity.number}"] = {identity.id}

    @cached_property
    def _titled(self) -> Mapping[str, list[Identity]]:
        found: dict[str, list[Identity]] = {}
        for identity in self._book.landed.values():
            for title in self._titles(identity):
                found.setdefault(title, []).append(identity)
        return found

    def undone_by(self, identity: Identity) -> dict[str, frozenset[str]]:
        """The changes that a landed one undoes, and which commits of each; what its sentences name, else its title."""
        found: dict[str, set[str]] = {}
        for name in self._named(identity) if self._says(identity) else ():
            for change in self._owners.get(name, ()):
                units = self._book.units(change)
                found.setdefault(change, set()).update([name] if name in units else units)
        found.pop(identity.id, None)
        if not found and not self._says(identity):
            found = {each.id: set(self._book.units(each.id)) for each in self._by_title(identity)}
        return {change: frozenset(units) for change, units in sorted(found.items())}

    def _says(self, identity: Identity) -> bool:
        return any(self._commits[oid].reverts for oid in identity.commits if oid in self._commits)

    def _named(self, identity: Identity) -> set[str]:
        """Full ids and requests that commits of the change revert, but for those whose revert it reverted itself."""
        own = [oid for oid in identity.commits if oid in self._commits]
        inside = {each for oid in own for each in self._full(self._commits[oid].reverts)} & set(own)
        counted = [oid for oid in own if oid not in inside and (self._is_landed(oid) or identity.landed_by == "squash")]
        return {each for oid in counted for each in self._full(self._commits[oid].reverts)}

    def _is_landed(self, oid: str) -> bool:
        return oid in self._book.history.landed

    def _full(self, names: Iterable[str]) -> list[str]:
        """The known ids that the (possibly abbreviated) ones name."""
        exact = [name for name in names if name in self._owners]
        short = [name for name in names if name not in self._owners and len(name) >= 7 and ":" not in name]
        return [*exact, *(full for name in short for full in self._owners if full.startswith(name))]

    def _titles(self, identity: Identity) -> set[str]:
        subjects = (self._commits[oid].subject for oid in self._book.units(identity.id) if oid in self._commits)
        return {_NUMBER.sub("", title) for title in (identity.title, *subjects)}

    def _may_quote(self, identity: Identity) -> bool:
        subjects = (self._commits[oid].subject for oid in identity.commits if oid in self._commits)
        return any(title.startswith(("Revert ", "Reapply ")) for title in (identity.title, *subjects))

    def _by_title(self, identity: Identity) -> list[Identity]:
        """The one landed change that `Revert "TITLE"` means; of several reverts of one title the last before it."""
        found: dict[str, Identity] = {}
        for title in self._titles(identity) if self._may_quote(identity) else ():
            quoted = _QUOTED.fullmatch(title)
            if quoted:
                meant = quoted[2] if quoted[1] == "Revert" else f'Revert "{quoted[2]}"'
                before = [
                    (each.landed_at, each.id) for each in self._titled.get(meant, ()) if _is_before(each, identity)
                ]
                if len(before) == 1 or (before and _QUOTED.fullmatch(meant)):
                    id_ = max(before)[1]
                    found[id_] = self._book.landed[id_]
        return list(found.values()) if len(found) == 1 else []


def _is_before(one: Identity, other: Identity) -> bool:
    return bool(one.id != other.id and one.landed_at and other.landed_at and one.landed_at <= other.landed_at)
