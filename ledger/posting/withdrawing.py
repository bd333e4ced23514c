"""Which facts count no more: those that an entry takes back, and all that belongs to what was forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ledger.domain.facts import Contribution, Fact
from ledger.domain.forge_facts import Event
from ledger.domain.git_facts import Commit, RepositoryCommit
from ledger.domain.retractions import FORGOTTEN, Withdrawn
from ledger.domain.session_facts import Call, Session, SessionCommit, SessionReview, SessionWrite, Subagent
from ledger.entries import fact_id


def is_gone(fact: Fact, gone: Withdrawn) -> bool:
    """An entry takes the fact back, or the session that it is of; one that tells not whose an event was, each such."""
    if isinstance(fact, Event) and fact.actor and fact_id(replace(fact, actor="")) in gone.ids:
        return True
    return _session(fact) in gone.sessions or fact_id(fact) in gone.ids


def _session(fact: Fact) -> str:
    match fact:
        case Call() | SessionCommit() | SessionWrite() | SessionReview() | Subagent():
            return fact.session
        case Session():
            return fact.id
    return ""


def handed_on(facts: Iterable[Fact], gone: Withdrawn) -> Iterator[Fact]:
    """The facts that an export gives away: nothing of a session that is forgotten, not even its id on a commit."""
    for fact in facts:
        if _session(fact) not in gone.sessions:
            yield without_session(fact, gone) if isinstance(fact, RepositoryCommit) else fact


def without_retracted(calls: Iterable[Call], gone: Withdrawn) -> tuple[Call, ...]:
    """The calls that no entry takes back by themselves.

    Those of forgotten sessions are among them: a gateway may tell of the same call, and is to be known by it.
    """
    return tuple(call for call in calls if fact_id(call) not in gone.ids) if gone else tuple(calls)


def without_session(row: RepositoryCommit, gone: Withdrawn) -> RepositoryCommit:
    """The commit was seen, though the session that a hook saw with it is forgotten."""
    return replace(row, session="") if row.session in gone.sessions else row


def without_forgotten(rows: Iterable[Contribution], commits: Mapping[str, Commit]) -> tuple[Contribution, ...]:
    """The contributions but those to commits of authors who are forgotten."""
    forgotten = {oid for oid, commit in commits.items() if commit.author == FORGOTTEN}
    return tuple(row for row in rows if row.subject not in forgotten)
