"""Requests in the one form that all forges' descriptions are brought to, and the facts that follow from it.

What a description leaves out is not what it says is empty, so `details` has the fields it tells and no others (see
DETAILS). A request that was closed has one close, and a merged one none: forges date both with one column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.domain.amounts import Refused
from ledger.domain.facts import Fact
from ledger.domain.fields import text
from ledger.domain.forge_facts import DETAILS, Event, Request, Run
from ledger.domain.review_bots import reviewer_of
from ledger.domain.run_verdicts import API
from ledger.domain.screen import discreet

Person = Callable[[str], str]
"""A person's login → what the ledger keeps of it."""

_MOST = 2**31
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,98}(\[bot\])?")
_PAGE = re.compile(r"https?://(?:[^@/\s]+@)?([^/:@\s]+)(?::\d+)?/(\S+?)/(?:-/)?(?:pulls?|merge_requests)/\d+", re.I)
_EMPTY: Mapping[str, Any] = {"labels": (), "commits": (), "is_draft": False}
_STATES = {"opened": "open", "locked": "open"} | {word: word for word in ("open", "closed", "merged")}
"""GitLab's `locked` is a request that is being merged just now."""


@dataclass(frozen=True, slots=True)
class Who:
    """An account on a forge."""

    login: str = ""
    is_bot: bool = False

    def actor(self, person: Person) -> str:
        """A bot's login in clear, since the ledger judges by it; what `person` makes of another; '' for nobody."""
        login = f"{self.login.removesuffix('[bot]')}[bot]" if self.is_bot and self.login else self.login
        return login if is_program(login) and _LOGIN.fullmatch(login) else person(login) if login else ""


def is_program(login: str) -> bool:
    """An account that no person stands behind, by its name: the ledger judges by it."""
    return login.endswith("[bot]") or reviewer_of(login) is not None


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a request."""

    kind: str
    """As in Event."""
    at: datetime
    who: Who = Who()
    verdict: str = ""
    oid: str = ""

    def event(self, number: int, repository_id: str, person: Person) -> Event:
        """The fact."""
        return Event(
            repository_id=repository_id,
            subject=f"request:{number}",
            kind=self.kind,
            at=self.at,
            actor=self.who.actor(person),
            verdict=self.verdict,
            oid=self.oid,
        )


@dataclass(frozen=True, slots=True)
class Landed:
    """A merge that a forge tells of without describing the request."""

    number: int
    repository: str
    happened: Happened

    def facts(self, repository_id: str, person: Person) -> Iterator[Fact]:
        """The event."""
        yield self.happened.event(self.number, repository_id, person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A request as one row of a list, or one message of a forge, describes it."""

    number: int
    repository: str
    """`host/owner/name`; '' where the description does not say."""
    opened_at: datetime
    merged_at: datetime | None
    closed_at: datetime | None
    """Of a merged request not told again."""
    at: datetime
    """When it was so: as the forge says, else the latest date in the description."""
    details: Mapping[str, Any]
    author: Who = Who()
    merger: Who = Who()
    closer: Who = Who()
    happened: tuple[Happened, ...] = ()
    """Reviews, reopenings, and the closes that were taken back."""

    def facts(self, repository_id: str, person: Person) -> Iterator[Fact]:
        """The request, and the events that it tells of."""
        details = {name: self.details.get(name, _EMPTY.get(name, "")) for name in DETAILS}
        yield Request(
            repository_id=repository_id,
            number=self.number,
            state="merged" if self.merged_at else "closed" if self.closed_at else "open",
            opened_at=self.opened_at,
            merged_at=self.merged_at,
            closed_at=self.closed_at,
            at=self.at,
            earlier=tuple(sorted((name, "") for name in set(DETAILS) - self.details.keys())),
            **details,
        )
        yield from (each.event(self.number, repository_id, person) for each in self._events())

    def _events(self) -> Iterator[Happened]:
        yield Happened("opened", self.opened_at, self.author)
        if self.merged_at:
            yield Happened("merged", self.merged_at, self.merger, oid=self.details.get("merge_oid", ""))
        elif self.closed_at:
            yield Happened("closed", self.closed_at, self.closer)
        yield from self.happened


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A check or pipeline that ended on a request's head, as the forge's interface tells it."""

    number: int
    repository: str
    run: str
    """The forge's id of it."""
    oid: str
    name: str
    conclusion: str
    """As in Run."""
    at: datetime
    began_at: datetime | None = None
    is_required: bool = False

    def facts(self, repository_id: str, person: Person) -> Iterator[Fact]:  # noqa: ARG002 - no person is in it
        """The run."""
        took = self.at - self.began_at if self.began_at else None
        yield Run(
            repository_id=repository_id,
            run=self.run,
            attempt=1,
            oid=self.oid,
            request_number=self.number,
            name=self.name,
            conclusion=self.conclusion,
            is_required=self.is_required,
            tests=None,
            failures=None,
            duration_ms=max(0, round(took.total_seconds() * 1000)) if took else None,
            evidence=API,
            at=self.at,
        )


def turns(
    closes: Sequence[Happened], reopenings: Sequence[Happened], *, is_merged: bool
) -> tuple[tuple[Happened, ...], Who]:
    """The closes that were taken back and the reopenings, and who closed it for good.

    A forge tells the last close a second time, dated by a column of the request, and of a merged request as what the
    merge did; so the one that no reopening followed is no event of its own.
    """
    last = max((each.at for each in reopenings), default=None)
    undone = [each for each in closes if last and each.at <= last]
    final = [each for each in closes if not last or each.at > last]
    closer = max(final, key=lambda each: each.at).who if final and not is_merged else Who()
    return tuple(sorted([*undone, *reopenings], key=lambda each: (each.at, each.kind))), closer


def settled(
    state: Any, merged_at: datetime | None, closed_at: datetime | None, updated_at: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """(merged, closed unmerged) at; where the forge lost the date of its decision, that of its last word is the bound.

    Raises Refused for a state that is none, and for a decision without any date.
    """
    said = _STATES.get(str(state or "").lower(), "" if not state else "?")
    if said == "?":
        raise Refused("their state is none of open, closed and merged")
    if merged_at or said == "merged":
        merged_at = merged_at or closed_at or updated_at
        if merged_at is None:
            raise Refused("they were merged and it is not said when")
        return merged_at, None
    if said == "open":
        return None, None
    if said == "closed" and not (closed_at or updated_at):
        raise Refused("they were closed and it is not said when")
    return None, closed_at or (updated_at if said == "closed" else None)


def number_of(value: Any) -> int:
    """A request's number; raises Refused for what is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MOST:
        raise Refused("their number is no number of a request")
    return value


def latest(first: datetime, *others: datetime | None) -> datetime:
    """The latest of the dates that there are."""
    return max([first, *(date for date in others if date is not None)])


def oid(value: Any) -> str:
    """A full object id in lower case; '' for anything else, zeros included."""
    found = value.lower() if isinstance(value, str) else ""
    return found if _OID.fullmatch(found) and found.strip("0") else ""


def title(value: Any) -> str:
    """A title without addresses and secrets that somebody pasted into it."""
    return discreet(text(value))


def labels(names: Sequence[Any]) -> tuple[str, ...]:
    """The names of labels, sorted, since forges list them in no order."""
    return tuple(sorted({label for name in names if (label := title(name))}))


def ref(value: Any) -> str:
    """A branch's short name; '' for one that holds an address or a secret: it must be kept as it is, or not at all."""
    name = text(value).removeprefix("refs/heads/")
    return name if discreet(name) == name else ""


def repository_of(page: Any) -> str:
    """`host/owner/name` in the address of a request's page; '' where it is none.

    >>> repository_of("https://gitlab.example.org/group/part/name/-/merge_requests/12")
    'gitlab.example.org/group/part/name'
    """
    found = _PAGE.match(page) if isinstance(page, str) else None
    return f"{found[1].lower()}/{found[2].removesuffix('/-')}" if found else ""
