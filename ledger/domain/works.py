"""When the commits of a change were made, and by whom they were begun: what attempts and reviews are set beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.changes import Identity
from ledger.domain.history import History
from ledger.domain.session_facts import Call


@dataclass(frozen=True, slots=True)
class Works:
    """What is looked up about the commits of a whole repository."""

    history: History
    amended: frozenset[str]
    """Commits that an amend made, or a rewrite that changed what a commit does."""
    by_people: frozenset[str]
    """Commits that a hook saw made without a model or an agent's session. Unknown is not human: others may be too."""

    @classmethod
    def of(cls, history: History) -> Works:
        """Looked up once."""
        named = {row.subject for row in history.contributions}
        seen = {row.oid: row for row in history.seen if row.evidence == "hook"}
        amends = {(edge.old, edge.new) for edge in history.rewrites if edge.kind == "amend"}
        told = {(edge.old, edge.new) for edge in history.rewrites}
        changed = {
            new
            for old, news in history.newer.items()
            for new in news
            if (
                _is_changed(history, old, new, default=True)
                if (old, new) in amends
                else (old, new) not in told and _is_changed(history, old, new, default=False)
            )
        }
        by_people = {oid for oid, row in seen.items() if not row.session and oid not in named}
        return cls(history, frozenset(changed), frozenset(by_people))

    def commits(self, identity: Identity, *, former: bool = False) -> list[str]:
        """The known commits that a change's work went into: no merges, and no squash, which was made when it landed."""
        oids = (*identity.commits, *(identity.former if former else ()))
        commits = self.history.commits
        landing = identity.landing if identity.landed_by == "squash" else ()
        return [oid for oid in oids if oid in commits and oid not in landing and len(commits[oid].parents) < 2]

    def times(self, oid: str) -> Iterator[datetime]:
        """When a commit was worked on: a rebase keeps the author date, an amend works on it again."""
        commit = self.history.commits[oid]
        yield commit.authored_at
        if oid in self.amended and commit.committed_at > commit.authored_at:
            yield commit.committed_at

    def course(self, identity: Identity) -> list[datetime]:
        """When the commits that are in the change were worked on, sorted."""
        return sorted(at for oid in self.commits(identity) for at in self.times(oid))

    def first(self, identity: Identity, calls: Sequence[Call]) -> Call | str | None:
        """What a change began with: a call, or the id of a commit; None where neither is known."""
        commits = self.history.commits
        oids = self.commits(identity, former=True)
        oid = min(oids, key=lambda oid: (commits[oid].authored_at, commits[oid].committed_at, oid), default=None)
        call = min(calls, key=lambda call: (call.at, call.event_key), default=None)
        if call and (oid is None or call.at <= commits[oid].authored_at):
            return call
        return oid


def _is_changed(history: History, old: str, new: str, *, default: bool) -> bool:
    """Whether two commits do different things, by their patches; `default` where one is not known."""
    patches = [diff.patch_id for oid in (old, new) if (diff := history.diffs.get(oid)) and diff.patch_id]
    return patches[0] != patches[1] if len(patches) == 2 else default
