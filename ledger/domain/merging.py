"""How two rows of one fact become one: by rules that do not depend on the order of posting (DESIGN "Truth")."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter
from typing import Any

from ledger.domain.facts import Contribution, Entry, ForgeRule, Place, Repository, RepositoryRules, RoleRule, Tag, Use
from ledger.domain.forge_facts import DETAILS, Event, Request, Run, SyncMark
from ledger.domain.git_facts import BranchRange, Commit, CommitArea, CommitDiff, RepositoryCommit, Rewrite
from ledger.domain.retractions import FORGOTTEN
from ledger.domain.session_facts import (
    Call,
    Price,
    Session,
    SessionCommit,
    SessionParent,
    SessionReview,
    SessionWrite,
    Subagent,
)
from ledger.domain.usage import Usage

_OWNED = ("session", "directory", "branch", "at", "owner_rank")
_numbers = attrgetter(*(name for name in Call.__slots__ if name not in _OWNED))
_MONEY = ("reported_nusd", "reported_kind")
_PRICED_APART = frozenset({"cursor"})
"""Sources whose tables about one call tell now its tokens, now what it cost."""


def merge_calls(one: Call, other: Call) -> Call:
    """Two rows about one call: the best copy's numbers whole, the earliest copy's ownership.

    Commutative, associative and idempotent, so the order of posting does not matter. Never mixes the numbers of two
    copies: a fallback in mid-stream changes the model too (usage-formats §1.3). Only where a source's tables are of
    different kinds, what a call cost may come from another copy than its tokens.
    """
    best = _better(one, other)
    owner = min(one, other, key=_owner)
    merged = best if best is owner else replace(best, **{name: getattr(owner, name) for name in _OWNED})
    if best.source not in _PRICED_APART:
        return merged
    told = max(one, other, key=_told_cost)
    return replace(merged, **{name: getattr(told, name) for name in _MONEY})


def _told_cost(call: Call) -> tuple[Any, ...]:
    """A cost before none, what was paid before what it is worth, and of two the larger one."""
    nusd = call.reported_nusd
    return bool(nusd), nusd is not None, call.reported_kind == "billed", nusd or 0, call.reported_kind


def _better(one: Call, other: Call) -> Call:
    """The higher rank; all of the numbers are written out for a comparison only where the ranks do not decide."""
    if one.best_rank != other.best_rank:
        return max(one, other, key=lambda call: call.best_rank)
    if _numbers(one) == _numbers(other):
        return one
    return max(one, other, key=lambda call: repr(_numbers(call)))


def _owner(call: Call) -> tuple[Any, ...]:
    return (*call.owner_rank, call.directory, call.branch)


def merge_places(one: Place, other: Place) -> Place:
    """A directory once known to belong to a repository stays so; the smaller id decides a dispute."""
    known = [place for place in (one, other) if place.repository_id is not None]
    return min(known or (one, other), key=lambda place: (place.repository_id or "", repr(place)))


def merge_sessions(one: Session, other: Session) -> Session:
    """The earliest start and the latest end; the version is that of the earlier row."""
    first, _ = sorted((one, other), key=lambda session: (session.started_at, repr(session)))
    return replace(first, started_at=min(one.started_at, other.started_at), ended_at=max(one.ended_at, other.ended_at))


def merge_contributions(one: Contribution, other: Contribution) -> Contribution:
    """The earliest; of a note, which may be written anew, the one that was read last."""
    if one.evidence == "note":
        return max(one, other, key=lambda row: (row.at, row.lines or 0, repr(row)))
    return min(one, other, key=lambda row: (row.at, repr(row)))


def merge_subagents(one: Subagent, other: Subagent) -> Subagent:
    """Told by its own log and by the session that started it: what either knows; of two names the smaller one."""
    return Subagent(
        session=one.session,
        id=one.id,
        name=min(filter(None, (one.name, other.name)), default=""),
        has_written=one.has_written or other.has_written,
        at=min(one.at, other.at),
    )


def _earliest(name: str) -> Callable[[Any, Any], Any]:
    return lambda one, other: min(one, other, key=lambda fact: (getattr(fact, name), repr(fact)))


def _latest(name: str) -> Callable[[Any, Any], Any]:
    return lambda one, other: max(one, other, key=lambda fact: (getattr(fact, name), repr(fact)))


def _fuller(one: Any, other: Any) -> Any:
    """The row that knows more; equal rows are ordered by their text so that either order ends alike."""
    return max(one, other, key=lambda fact: (sum(value not in ("", None, ()) for value in _values(fact)), repr(fact)))


def _values(fact: Any) -> list[Any]:
    return [getattr(fact, name) for name in fact.__slots__]


def merge_prices(one: Price, other: Price) -> Price:
    """Rates that two ledgers kept for one key: any before none, a person's own before a table's, the later table's."""
    return max(one, other, key=_precedence)


def _precedence(price: Price) -> tuple[Any, ...]:
    version = [int(number) for number in re.findall(r"\d{1,9}", price.table_version)]
    return price.priced_as is not None, price.match == "override", version, repr(price)


def _longer(one: Entry, other: Entry) -> Entry:
    """What is kept word for word under one id, by two writers: the text that says more."""
    return max(one, other, key=lambda entry: (len(entry.text), entry.text, entry.kind))


def merge_commits(one: Commit, other: Commit) -> Commit:
    """A forgotten author stays so; what another clone told of a commit names no author and yields to what git says."""
    return max(one, other, key=lambda row: (row.author == FORGOTTEN, bool(row.author), repr(row)))


_DECIDED = {"closed": 1, "merged": 2}


def merge_requests(one: Request, other: Request) -> Request:
    """The newest state and dates, and each detail from the newest description that tells it.

    A later list that asked the forge for fewer fields takes nothing back. Of descriptions of one time the one that
    decides holds, and for a detail the one that says something.
    """
    newest = max(one, other, key=_course)
    told = {name: max(one, other, key=lambda row: _told(row, name)) for name in DETAILS}
    dates = {name: row.told_at(name) for name, row in told.items()}
    return replace(
        newest,
        **{name: getattr(row, name) for name, row in told.items()},
        earlier=tuple(sorted((name, at) for name, at in dates.items() if at != newest.at.isoformat())),
    )


def _course(row: Request) -> tuple[Any, ...]:
    return row.at, _DECIDED.get(row.state, 0), repr((row.state, row.opened_at, row.merged_at, row.closed_at))


def _told(row: Request, name: str) -> tuple[Any, ...]:
    told = getattr(row, name)
    return row.told_at(name), bool(told), repr(told)


def merge_events(one: Event, other: Event) -> Event:
    """What either knows of one event; a review stays whole: its verdict is about its head."""
    if one.kind == "reviewed":
        return max(one, other, key=_review)
    return replace(one, **{name: max(getattr(one, name), getattr(other, name)) for name in ("verdict", "oid")})


def _review(event: Event) -> tuple[Any, ...]:
    return sum(map(bool, (event.verdict, event.oid))), event.verdict, event.oid


def merge_runs(one: Run, other: Run) -> Run:
    """One try of one job that was told twice: a telling of a failure holds, one that knows nothing yields."""
    return max(one, other, key=_ending)


_ENDED = {"failed": 2, "unknown": 0}


def _ending(run: Run) -> tuple[Any, ...]:
    return _ENDED.get(run.conclusion, 1), sum(value not in ("", None, ()) for value in _values(run)), repr(run)


_EVIDENCE = ("post-rewrite", "post-commit", "reflog", "message", "patch-id")


def _surest(one: Rewrite, other: Rewrite) -> Rewrite:
    """One edge told twice: by the witness that was nearest."""
    return min(one, other, key=lambda edge: (_rank(edge.evidence), repr(edge)))


def _rank(evidence: str) -> int:
    return _EVIDENCE.index(evidence) if evidence in _EVIDENCE else len(_EVIDENCE)


MERGE: dict[type[Any], Callable[[Any, Any], Any]] = {
    Place: merge_places,
    Call: merge_calls,
    Usage: _latest("at"),
    Commit: merge_commits,
    Session: merge_sessions,
    SessionParent: lambda one, other: min(one, other, key=repr),
    SessionCommit: _earliest("started_at"),
    SessionWrite: _earliest("at"),
    SessionReview: _earliest("at"),
    Subagent: merge_subagents,
    RoleRule: _latest("at"),
    ForgeRule: _latest("at"),
    BranchRange: _earliest("seen_at"),
    Use: _latest("until"),
    Contribution: merge_contributions,
    Entry: _longer,
    Tag: _latest("at"),
    Request: merge_requests,
    Event: merge_events,
    SyncMark: _latest("at"),
    RepositoryCommit: _fuller,
    Rewrite: _surest,
    Run: merge_runs,
    CommitDiff: _fuller,
    CommitArea: _fuller,
    RepositoryRules: _latest("at"),
    Repository: _fuller,
    Price: merge_prices,
}
"""How two rows of one key become one; a kind that is not here keeps its first row (its rows cannot differ)."""
