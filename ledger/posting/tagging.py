"""`ledger tag`: what a person says of commits, requests and sessions becomes facts; git's history stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from ledger.domain.claims import claim
from ledger.domain.evidence import TAG
from ledger.domain.facts import Contribution, Entry, Fact, Tag
from ledger.domain.grouping import group
from ledger.domain.screen import plain
from ledger.domain.tagging import CHANGE, ROLE, TASK, session_subject
from ledger.errors import LedgerError
from ledger.posting.undoing import live, settle
from ledger.posting.update import erase_forgotten, shared_workplace, update
from ledger.posting.workplace import Workplace
from ledger.sources import commits
from ledger.store import reads, tags
from ledger.store.engine import Ledger

_REQUEST = re.compile(r"[#!](\d{1,9})")
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_RANGE = re.compile(r"\.\.|^\^|\^[@!-]")
_WHOLE_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said; '' for what is not."""

    model: str = ""
    agent: str = ""
    role: str = ""
    task: str = ""

    def __bool__(self) -> bool:
        return bool(self.model or self.agent or self.role or self.task)


@dataclass(frozen=True, slots=True)
class Target:
    """The repository and the subjects in it that are spoken of."""

    repository_id: str
    subjects: tuple[str, ...]


def find_target(workplace: Workplace, ledger: Ledger, revisions: Sequence[str], now: datetime) -> Target:
    """What the revisions, ranges, requests and changes' ids name; raises LedgerError for one that names nothing.

    New commits are posted first, so that what is tagged is known.
    """
    workplace = shared_workplace(workplace, ledger)
    posted = update(workplace, ledger, now=now, sources=("commits", "journal", "reflogs"))
    found: dict[str, None] = {}
    with ledger.read() as connection:
        for revision in revisions:
            found.update(dict.fromkeys(_subjects(workplace, connection, posted.repository_id, revision)))
    _read_unreached(workplace, ledger, posted.repository_id, list(found))
    return Target(posted.repository_id, tuple(found))


def _subjects(workplace: Workplace, connection: Connection, repository_id: str, revision: str) -> list[str]:
    request = _REQUEST.fullmatch(revision)
    if request:
        number = int(request.group(1))
        if not tags.find_requests(connection, repository_id, number):
            raise LedgerError(
                f"No request is known as {revision}; post it first (ledger update), or name its commits instead."
            )
        return [f"request:{number}"]
    change = tags.find_change(connection, repository_id, revision)
    if change:
        return change
    oid = "" if ".." in revision else workplace.git.commit_of(revision)
    if _NUMBER.fullmatch(revision) and (not oid or tags.find_requests(connection, repository_id, int(revision))):
        return _of_number(connection, repository_id, revision, oid)
    if oid:
        return [oid]
    found = workplace.git.commits_in(revision) if _RANGE.search(revision) else None
    if found is None:
        raise LedgerError(
            f"{plain(revision, 80)} names no commit, range, request (12) or change here; look it up with git log."
        )
    if not found:
        raise LedgerError(f"{plain(revision, 80)} holds no commit; turn its ends round, or name other ones.")
    return found


def _of_number(connection: Connection, repository_id: str, number: str, oid: str) -> list[str]:
    """The request of a bare number; a shell takes #12 for a comment. Raises LedgerError where a commit is so called."""
    if oid:
        raise LedgerError(
            f"{number} is a request, and a commit's id begins so or a ref is called so; write '#{number}', or more of "
            "the commit's id."
        )
    if not tags.find_requests(connection, repository_id, int(number)):
        raise LedgerError(
            f"No request is known as {number}; post it first (ledger update), or name its commits instead."
        )
    return [f"request:{int(number)}"]


def _read_unreached(workplace: Workplace, ledger: Ledger, repository_id: str, subjects: Sequence[str]) -> None:
    """Post commits that no ref leads to: git still has them, and they may have become others."""
    oids = [subject for subject in subjects if _WHOLE_ID.fullmatch(subject)]
    with ledger.read() as connection:
        unread = sorted(set(oids) - tags.known_commits(connection, oids))
    if unread:
        found = commits.read_named(workplace.git, repository_id, unread, workplace.author_key())
        with ledger.write() as writing:
            writing.post(cast("Iterable[Fact]", found))
        erase_forgotten(workplace, ledger)


def tag(workplace: Workplace, ledger: Ledger, target: Target, said: Said, now: datetime) -> bool:
    """Say it of every subject, in place of what was said before; whether anything changed. Raises LedgerError."""
    with ledger.read() as connection:
        entries = reads.retractions(connection)
        before = _live(connection, target, entries)
        credited = tags.credited(connection, target.repository_id, target.subjects)
    known = [*live(credited, entries), *(row for row in before if isinstance(row, Contribution))]
    wanted = list(_wanted(target, said, now, known))
    keys, new = {_key(fact) for fact in wanted}, group(wanted, lambda fact: fact.subject)
    unwanted = [
        fact
        for fact in before
        if _key(fact) not in keys and any(_replaces(each, fact) for each in new.get(fact.subject, ()))
    ]
    there = {_key(fact) for fact in before}
    return _change(workplace, ledger, [fact for fact in wanted if _key(fact) not in there], unwanted, now)


def untag(workplace: Workplace, ledger: Ledger, target: Target, said: Said, now: datetime) -> int:
    """Take back what was said of the subjects, all of it or what is named; returns how many tags that were."""
    with ledger.read() as connection:
        before = _live(connection, target, reads.retractions(connection))
    unwanted = [fact for fact in before if _is_named(fact, said)]
    _change(workplace, ledger, [], unwanted, now)
    return len(unwanted)


def list_tags(ledger: Ledger, target: Target | str) -> list[Contribution | Tag]:
    """What people said of the subjects, or of everything in the repository of this id, and did not take back."""
    whole = target if isinstance(target, Target) else Target(target, ())
    with ledger.read() as connection:
        return _live(connection, whole, reads.retractions(connection), whole=isinstance(target, str))


def find_session(ledger: Ledger, name: str) -> str:
    """The session of an id or of its beginning; raises LedgerError where it names none or several."""
    with ledger.read() as connection:
        found = tags.find_sessions(connection, name)
    if not found:
        raise LedgerError(
            f"No session is known as {plain(name, 80)}; ledger show and ledger report --unattributed name them."
        )
    if len(found) > 1:
        raise LedgerError(f"{plain(name, 80)} begins the ids of several sessions; give more of it.")
    return found[0]


def tag_session(
    workplace: Workplace, ledger: Ledger, session: str, target: Target, said: Said, now: datetime, *, remove: bool
) -> bool:
    """Say of a session its role, its kind of work, or which change it made; or take that back. Whether it changed."""
    about = session_subject(session)
    told = {ROLE: said.role, TASK: said.task, CHANGE: target.subjects[0] if target.subjects else ""}
    own = replace(target, subjects=(about,))
    with ledger.read() as connection:
        before = [row for row in _live(connection, own, reads.retractions(connection)) if isinstance(row, Tag)]
    if remove:
        unwanted = [row for row in before if not any(told.values()) or told[row.name] == row.text]
        return _change(workplace, ledger, [], unwanted, now)
    wanted = [
        Tag(repository_id=target.repository_id, subject=about, name=name, text=text, at=now)
        for name, text in told.items()
        if text
    ]
    keys = {_key(row) for row in before}
    unwanted = [row for row in before if told[row.name] not in ("", row.text)]
    return _change(workplace, ledger, [row for row in wanted if _key(row) not in keys], unwanted, now)


def _change(
    workplace: Workplace, ledger: Ledger, wanted: Sequence[Fact], unwanted: Sequence[Fact], now: datetime
) -> bool:
    """Post and take back, then draw the conclusions at once."""
    if not wanted and not unwanted:
        return False
    settle(ledger, wanted, unwanted, now, workplace.clone_id())
    update(workplace, ledger, now=now, sources=())
    return True


def _live(
    connection: Connection, target: Target, entries: Sequence[Entry], *, whole: bool = False
) -> list[Contribution | Tag]:
    subjects = None if whole else target.subjects
    return [
        *live(tags.tagged(connection, target.repository_id, subjects), entries),
        *live(tags.tags(connection, target.repository_id, subjects), entries),
    ]


def _wanted(target: Target, said: Said, now: datetime, known: Sequence[Contribution]) -> Iterator[Contribution | Tag]:
    by_subject = group(known, lambda row: row.subject)
    for subject in target.subjects:
        if said.model or said.agent:
            yield _contribution(target.repository_id, subject, said.role or "implement", said.agent, said.model, now)
        elif said.role:
            yield from _in_role(target.repository_id, subject, said.role, by_subject.get(subject, ()), now)
        if said.task:
            yield Tag(repository_id=target.repository_id, subject=subject, name=TASK, text=said.task, at=now)


def _in_role(
    repository_id: str, subject: str, role: str, known: Sequence[Contribution], now: datetime
) -> Iterator[Contribution]:
    """Whoever is known to have had a part in it, in this role; raises LedgerError where nobody is."""
    who = sorted({(row.agent, row.model_raw) for row in known})
    if not who:
        raise LedgerError(
            f"No model is known to have had a part in {subject[:20]}, so it has no role; say which with --model."
        )
    for agent, model in who:
        yield _contribution(repository_id, subject, role, agent, model, now)


def _contribution(
    repository_id: str, subject: str, role: str, agent: str, model_raw: str, now: datetime
) -> Contribution:
    return claim(model_raw, repository_id=repository_id, subject=subject, role=role, agent=agent, evidence=TAG, at=now)


def _key(fact: Fact) -> tuple[object, ...]:
    return (type(fact), *(getattr(fact, name) for name in fact.key))


def _replaces(new: Contribution | Tag, old: Contribution | Tag) -> bool:
    """One subject has one kind of work, and in each role one model; one model has one role."""
    if isinstance(new, Contribution) and isinstance(old, Contribution):
        return new.role == old.role or (new.agent, new.model_raw) == (old.agent, old.model_raw)
    return isinstance(new, Tag) and isinstance(old, Tag) and new.name == old.name


def _is_named(fact: Contribution | Tag, said: Said) -> bool:
    """Whether what is said names this tag; where nothing is said, every tag is meant."""
    if not said:
        return True
    if isinstance(fact, Tag):
        return fact.name == TASK and fact.text == said.task
    asked = {"model_raw": said.model, "agent": said.agent, "role": said.role}
    named = {name: text for name, text in asked.items() if text}
    return bool(named) and all(getattr(fact, name) == text for name, text in named.items())
