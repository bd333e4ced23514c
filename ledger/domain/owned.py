"""Which changes a commit is part of, whatever it was rewritten into; which it became where nothing told so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.domain.changes import Identity
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.short_ids import ShortIds


class Owned:
    """Looks up the changes of commits; several where a commit landed in several, so that none is named first."""

    def __init__(self, history: History, identities: Sequence[Identity]) -> None:
        self._history = history
        self.bases = {change.id: change.basis for change in identities}
        self._heads = {oid: change.id for change in identities for oid in change.commits}
        self._former = {oid: change.id for change in identities for oid in change.former}
        self._numbers = {f"request:{change.number}": change.id for change in identities if change.number is not None}
        self._ids = ShortIds({*history.commits, *history.newer, *self._former})
        self._by_patch = group((oid for oid in self._heads if self._patch(oid)), self._patch)

    def changes(self, oids: Iterable[str]) -> tuple[str, ...]:
        """The changes of the commits, or of what they became; sorted."""
        return tuple(sorted({change for oid in oids for change in self._changes(oid)}))

    def named(self, subject: str) -> tuple[str, ...]:
        """The changes of what a source names: `request:12`, or a commit's id, perhaps a short one."""
        number = self._numbers.get(subject)
        if number:
            return (number,)
        oid = subject if subject in self._heads or subject in self._former else self._ids.only(subject) or subject
        return self.changes([oid]) or self.alike(oid)

    def printed(self, short: str) -> list[str]:
        """The known commits that git may have printed so: none, one, or two where the id is too short to tell."""
        return self._ids.named(short)

    def alike(self, oid: str) -> tuple[str, ...]:
        """The changes with a commit of the same stable patch-id, made no earlier; what git rewrote comes later."""
        patch, commit = self._patch(oid), self._history.commits.get(oid)
        if not patch or commit is None:
            return ()
        later = [
            each
            for each in self._by_patch.get(patch, ())
            if self._history.commits[each].committed_at >= commit.committed_at
        ]
        return self.changes(self.sources(later))

    def sources(self, oids: Iterable[str]) -> list[str]:
        """The commits without the cherry-picked copies of others among them: a copy is no second claim."""
        found = set(oids)
        copies = {copy for oid in found if self._changes(oid) for copy in self._copies(oid)}
        return sorted(found - copies) or sorted(found)

    def _changes(self, oid: str) -> set[str]:
        """Its own change; else those of what it became; else those of what was picked from it."""
        if oid in self._heads:
            return {self._heads[oid]}
        became = {self._heads[new] for new in self._history.latest(oid) if new in self._heads}
        if became or oid in self._former:
            return became or {self._former[oid]}
        return {self._heads[copy] for copy in self._copies(oid) if copy in self._heads}

    def _copies(self, oid: str) -> set[str]:
        """What was cherry-picked from the commit or from what it became."""
        became = (oid, *self._history.latest(oid))
        picked = {copy for each in became for copy in self._history.copies.get(each, ())}
        return {each for copy in picked for each in (copy, *self._history.latest(copy))} - {*became}

    def _patch(self, oid: str) -> str:
        """The stable patch-id; '' for a merge, an empty commit and one whose diff was not read."""
        diff = self._history.diffs.get(oid)
        return (diff.patch_id or "") if diff and oid in self._history.commits else ""
