"""What a commit says becomes facts, whoever tells of it: git that has it, or a forge that keeps what git forgot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from ledger.domain.agents import SERVICE, is_service, plain_agent
from ledger.domain.branches import branch_credit
from ledger.domain.contributions import Identity, contributions, recognise
from ledger.domain.facts import Fact
from ledger.domain.fields import moment, record
from ledger.domain.git_facts import Commit, RepositoryCommit, Rewrite
from ledger.domain.messages import read_message

FORGE = "forge"
"""The evidence of a commit that a forge listed: git may never have seen it here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A commit as it was written."""

    oid: str
    parents: tuple[str, ...]
    name: str
    """The author's, as `email`."""
    email: str
    authored_at: datetime
    committer: str
    committer_email: str
    committed_at: datetime
    subject: str
    """As git prints it: the lines before the first empty one, as one."""
    body: str

    @classmethod
    def told(cls, oid: str, parents: tuple[str, ...], message: Any, author: Any, committer: Any) -> Self | None:
        """A commit as forges tell it: its whole message, and `name`, `email` and `date` of who made it.

        None where a date is missing, or the message: then it cannot be told as git would.
        """
        by, into = record(author), record(committer)
        authored, committed = moment(by.get("date")), moment(into.get("date"))
        if not isinstance(message, str) or authored is None or committed is None:
            return None
        subject, body = split_message(message)
        return cls(
            oid=oid,
            parents=parents,
            name=str(by.get("name") or ""),
            email=str(by.get("email") or ""),
            authored_at=authored,
            committer=str(into.get("name") or ""),
            committer_email=str(into.get("email") or ""),
            committed_at=committed,
            subject=subject,
            body=body,
        )


@dataclass(frozen=True, slots=True)
class Contained:
    """The commits of a request, as its forge lists them."""

    number: int
    repository: str
    written: tuple[Written, ...]

    def facts(self, repository_id: str, person: Callable[[str], str]) -> Iterator[Fact]:
        """Each commit, that it was seen here, and what its message says."""
        keys: dict[str, str] = {}
        for each in self.written:
            yield from commit_facts(each, repository_id, keys, person)
            yield RepositoryCommit(
                repository_id=repository_id, oid=each.oid, evidence=FORGE, branch="", session="", worktree=""
            )


def commit_facts(
    written: Written, repository_id: str, keys: dict[str, str], author_key: Callable[[str], str]
) -> Iterator[Fact]:
    """Commit, Rewrite and Contribution facts; `keys` remembers what stands for an address, since many are alike."""
    email = written.email
    if email not in keys:
        keys[email] = f"{SERVICE}{plain_agent(written.name)}" if is_service(written.name, email) else author_key(email)
    said = read_message(written.subject, written.body)
    commit = Commit(
        oid=written.oid,
        parents=written.parents,
        author=keys[email],
        authored_at=written.authored_at,
        committed_at=written.committed_at,
        subject=written.subject[:500],
        request_number=said.request_number,
        merged_branch=said.merged_branch,
        reverts=said.reverts,
        picked_from=said.picked_from,
        squashed=said.squashed,
        task_type=said.task_type,
        sessions=said.sessions,
    )
    yield commit
    yield from _rewritten(commit, repository_id)
    author = Identity(written.name, email)
    found = recognise(written.body, author, Identity(written.committer, written.committer_email), written.subject)
    if found:
        yield from contributions(found, repository_id, commit.oid, commit.authored_at)
    if said.merged_branch and len(commit.parents) == 2:
        credit = branch_credit(said.merged_branch, repository_id, commit.parents[1], commit.authored_at)
        yield from [credit] if credit else []


def split_message(message: str) -> tuple[str, str]:
    r"""Subject and body as git's %s and %b have them.

    >>> split_message("feat: a\nlong one\n\nbecause\n")
    ('feat: a long one', 'because\n')
    """
    lines = message.lstrip("\n").split("\n")
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    subject = " ".join(line.rstrip() for line in lines[:end])
    return subject, "\n".join(lines[end:]).lstrip("\n")


def _rewritten(commit: Commit, repository_id: str) -> Iterator[Rewrite]:
    """What the message says the commit was made from: `git cherry-pick -x` and `git merge --squash` write it down."""
    told: list[tuple[str | None, str]] = [(commit.picked_from, "cherry-pick")]
    for old, kind in (*told, *((oid, "squash") for oid in commit.squashed)):
        if old and old != commit.oid and len(old) == len(commit.oid):
            yield Rewrite(repository_id=repository_id, old=old, new=commit.oid, kind=kind, evidence="message")
