"""How a change stood before: what one would have said of it on an earlier day.

A change's conclusion holds the dates at which it turned, which tells of most earlier days too. What they cannot tell
(closed and reopened, reverted and restored, tested once more, silent for long and taken up again) is a stretch of time
of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from ledger.domain.changes import Identity
from ledger.domain.conclusions import Change, ChangeBefore
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.git_facts import Commit
from ledger.domain.history import History
from ledger.domain.outcomes import MATURITY, days_between, decision, verdict
from ledger.domain.reversals import Turn, reverted_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """All that a change's standing follows from, with its dates."""

    identity: Identity
    history: History
    request: Request | None
    events: Sequence[Event]
    runs: Sequence[Run]
    """Those that tell of it, in no order."""
    heads: frozenset[str]
    """What landed: the commits that must have passed."""
    turns: Sequence[Turn]


def before(change: Change, course: Course) -> tuple[ChangeBefore, ...]:
    """The stretches of time in which the change stood otherwise than its own dates tell, in their order."""
    runs = _telling(course)
    dates = sorted({at for at in _dates(change, course, runs) if at > change.opened_at})
    if not dates:
        return ()
    found = list[ChangeBefore]()
    for since, until in pairwise([change.opened_at, *dates]):
        stood = _stood(change, course, runs, since, until)
        if _differs(stood, change):
            last = found[-1] if found else None
            if last and last.until_at == since and replace(last, since_at=since, until_at=until) == stood:
                found[-1] = replace(last, until_at=until)
            else:
                found.append(stood)
    return tuple(found)


def as_it_stood(change: Change, rows: Iterable[ChangeBefore], as_of: datetime) -> Change:
    """The change as one would have found it on that day."""
    stood = next((row for row in rows if row.since_at <= as_of < row.until_at), None)
    return replace(change, **{name: getattr(stood, name) for name in STOOD}) if stood else change


STOOD = ("state", "decided_at", "abandoned_at", "reverted_at", "reverted_after", "is_verified", "first_pass")
"""Fields that a change had otherwise on an earlier day."""


def _telling(course: Course) -> list[Run]:
    """The runs that verified and first pass rest on: those on what landed, and those on the first head."""
    counted = [run for run in course.runs if run.conclusion in ("passed", "failed")]
    first = min(counted, key=lambda run: (run.at, run.attempt, run.run), default=None)
    return [run for run in counted if run.oid in course.heads or (first and run.oid == first.oid)]


def _dates(change: Change, course: Course, runs: Iterable[Run]) -> Iterator[datetime]:
    """When anything about it may have changed."""
    if change.decided_at:
        yield change.decided_at
    if course.identity.landed_at:
        yield course.identity.landed_at
    yield from (event.at for event in course.events if event.kind in ("closed", "reopened", "merged"))
    if course.request:
        told = (course.request.at if course.request.state == "open" else None, course.request.closed_at)
        yield from (at for at in (*told, course.request.merged_at) if at)
    yield from (run.at for run in runs)
    yield from (at for at, _ in course.turns)
    if change.abandoned_at:
        yield from (commit.committed_at for commit in _commits(course))


def _stood(change: Change, course: Course, runs: Sequence[Run], since: datetime, until: datetime) -> ChangeBefore:
    landed = course.identity.landed_at
    events = [event for event in course.events if event.at <= since]
    state, decided = decision(
        course.identity if landed and landed <= since else replace(course.identity, landed_at=None),
        course.history,
        _known_by(course.request, since),
        events,
    )
    tested = verdict([run for run in runs if run.at <= since], course.heads)
    quiet = max([change.opened_at, *(at for each in _commits(course) if (at := each.committed_at) <= since)])
    reverted = reverted_at([turn for turn in course.turns if turn[0] <= since])
    return ChangeBefore(
        change_id=change.id,
        until_at=until,
        since_at=since,
        state=state,
        decided_at=decided,
        abandoned_at=quiet + MATURITY if change.abandoned_at else None,
        reverted_at=reverted,
        reverted_after=days_between(decided, reverted),
        is_verified=tested.is_verified,
        first_pass=tested.first_pass,
    )


def _commits(course: Course) -> list[Commit]:
    known = course.history.commits
    return [known[oid] for oid in course.identity.commits if oid in known]


def _known_by(request: Request | None, at: datetime) -> Request | None:
    """The request as the forge would have described it then."""
    if request is None or request.at <= at:
        return request
    merged, closed = (when if when and when <= at else None for when in (request.merged_at, request.closed_at))
    state = "merged" if merged else "closed" if closed else "open"
    return replace(request, merged_at=merged, closed_at=closed, state=state, at=request.opened_at)


def _differs(stood: ChangeBefore, change: Change) -> bool:
    """Whether the change's own dates would tell something else of that time."""
    is_decided = change.decided_at is not None and change.decided_at <= stood.since_at
    state, decided = (change.state, change.decided_at) if is_decided else ("undecided", None)
    back = change.reverted_at if change.reverted_at and change.reverted_at <= stood.since_at else None
    is_silent = stood.state == "undecided" and bool(stood.abandoned_at and stood.abandoned_at < stood.until_at)
    return bool(
        (stood.state, stood.decided_at, stood.reverted_at, stood.first_pass)
        != (state, decided, back, change.first_pass)
        or (stood.state == "landed" and stood.is_verified != change.is_verified)
        or (is_silent and stood.abandoned_at != change.abandoned_at)
    )
