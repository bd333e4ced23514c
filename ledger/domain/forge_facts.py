"""Facts that a forge and CI tell: requests, what happened to them, test runs, and how far the forge was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from ledger.domain.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One CI or local test run on a commit."""

    key: ClassVar[Key] = ("repository_id", "run", "attempt")
    repository_id: str
    run: str
    """The provider's id of the run and job, unique in the repository."""
    attempt: int
    oid: str
    request_number: int | None
    name: str
    conclusion: str
    """passed | failed | cancelled | skipped | unknown"""
    is_required: bool
    tests: int | None
    failures: int | None
    at: datetime
    """When it ended."""
    errors: int | None = None
    """Tests that broke rather than failed, and packages or suites that did."""
    skipped: int | None = None
    flaky: int | None = None
    """Tests that failed, and passed when the run tried them again."""
    duration_ms: int | None = None
    evidence: str = ""
    """What the conclusion rests on: outcome | exit-code | api | report; '' where the source does not say."""
    reported: str = ""
    """What its reports of tests say: passed | failed | skipped | unknown; '' without any."""
    is_dirty: bool = False
    """The worktree held changes that the commit does not, so that it tells nothing of the commit."""


DETAILS = ("title", "head_ref", "head_oid", "base_ref", "merge_oid", "labels", "is_draft", "commits")
"""Fields of a request that a description may leave out; the dates and the state are in every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A pull or merge request as the forge described it last; the newest `at` wins, for each detail that it tells."""

    key: ClassVar[Key] = ("repository_id", "number")
    repository_id: str
    number: int
    title: str
    state: str
    """open | closed | merged"""
    head_ref: str
    head_oid: str
    base_ref: str
    merge_oid: str
    opened_at: datetime
    merged_at: datetime | None
    closed_at: datetime | None
    labels: tuple[str, ...]
    is_draft: bool
    commits: tuple[str, ...]
    """Object ids of its commits where the source lists them."""
    at: datetime
    """When it was described."""
    earlier: tuple[tuple[str, str], ...] = ()
    """(field, when it was told last, in ISO 8601 and UTC; '' for never) of each of DETAILS that the newest description
    left out; sorted.
    """

    def told_at(self, name: str) -> str:
        """When one of DETAILS was told last, in ISO 8601; '' for never."""
        return dict(self.earlier).get(name, self.at.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something the forge or git said about a request or commit."""

    key: ClassVar[Key] = ("repository_id", "subject", "kind", "at", "actor")
    repository_id: str
    subject: str
    """`request:12` or an object id."""
    kind: str
    """opened | merged | closed | reopened | reviewed | reverted | restored"""
    at: datetime
    actor: str
    """Keyed hash of a person, the login of a bot, `AGENT:MODEL`; '' when unknown."""
    verdict: str
    """For reviews: approved | changes_requested | commented; ''."""
    oid: str
    """The commit it is about: merge commit, reviewed head; ''."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncMark:
    """All that a forge knows of a repository, up to a time, is among the facts; the latest time holds.

    Whoever has the facts with it has to ask for nothing older.
    """

    key: ClassVar[Key] = ("repository_id", "host")
    repository_id: str
    host: str
    at: datetime
    """When the newest request was updated that was asked for."""
