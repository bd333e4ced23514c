"""The reviews of a change by models: who, known from what, and when it came (metric.md §4, "Reviewer value").

A review is what one session or subagent spent reviewing, until a commit is made and it pauses; else what an event of a
known bot says; else a trailer. Each is counted once: an event or trailer of a model whose calls are known adds nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ledger.domain.agents import plain_agent
from ledger.domain.charges import Booked
from ledger.domain.conclusions import Review
from ledger.domain.facts import Contribution
from ledger.domain.forge_facts import Event
from ledger.domain.review_bots import Reviewer, reviewer_of

WHEN = ("final", "early", "late", "undated")
"""How much a review could still change, from the most telling on; `unknown` stands for a reviewer not known."""
_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What of a change's course says when a review came."""

    change_id: str
    lead_model: str | None
    commits: Sequence[datetime]
    """When its commits were made, merges and what only landed them left out; sorted."""
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Told:
    """A review before it is set beside the change's course."""

    at: datetime
    agent: str
    model: str
    evidence: str
    session: str = ""
    verdict: str = ""
    calls: int = 0
    nusd: int = 0
    is_dated: bool = True
    covers: datetime | None = None
    """The time of the last commit that names the reviewer: what that commit holds, it reviewed."""


def reviews(
    course: Course,
    parts: Iterable[Booked],
    events: Iterable[Event],
    contributions: Sequence[tuple[Contribution, datetime | None]],
) -> list[Review]:
    """Every review of a change in its order; contributions come with the time of the commit they stand in."""
    said = [(row, at) for row, at in contributions if row.role == "review"]
    told = _with_cover(_by_calls(course, parts), said)
    told += [each for each in _by_events(events, [row for row, _ in said]) if not _is_known(each, told)]
    stated = {(row.model or row.agent, at): _by_contribution(row, at) for row, at in sorted(said, key=repr)}
    told += [each for each in stated.values() if not _is_known(each, told)]
    told.sort(key=lambda each: (each.at, each.evidence, each.agent, each.model, each.session, each.verdict))
    return [_placed(course, number, each) for number, each in enumerate(told, 1)]


def when(found: Iterable[Review]) -> str:
    """When a second model reviewed: the most telling of WHEN; `unknown` where only unknown models did; ''."""
    rows = list(found)
    met = {_when(row) for row in rows if row.is_second}
    best = next((word for word in WHEN if word in met), "")
    return best or ("unknown" if any(row.is_second is None for row in rows) else "")


def _when(row: Review) -> str:
    if row.is_before_decision is False:
        return "late"
    if row.is_after_last_commit is None:
        return "undated"
    return "final" if row.is_after_last_commit else "early"


def _by_calls(course: Course, parts: Iterable[Booked]) -> Iterator[_Told]:
    """The calls of each session or subagent and model, cut where a commit fell into a pause between them."""
    runs: dict[tuple[str, str, str, str], list[Booked]] = {}
    for part in sorted(parts, key=lambda part: (part.booking.call.at, part.booking.call.event_key)):
        call = part.booking.call
        if part.role == "review":
            runs.setdefault((call.session, call.subagent, call.agent, call.model or ""), []).append(part)
    for (session, _, agent, model), run in runs.items():
        for cut in _cuts(course, run):
            nusd = sum(part.nusd or 0 for part in cut)
            yield _Told(cut[0].booking.call.at, agent, model, "calls", session, calls=len(cut), nusd=nusd)


def _cuts(course: Course, run: Sequence[Booked]) -> Iterator[list[Booked]]:
    cut: list[Booked] = []
    for part in run:
        if cut and _is_again(course, cut[-1].booking.call.at, part.booking.call.at):
            yield cut
            cut = []
        cut.append(part)
    yield cut


def _is_again(course: Course, before: datetime, at: datetime) -> bool:
    """A call after a pause in which a commit was made begins another review."""
    return at - before > _PAUSE and bisect_right(course.commits, at) > bisect_right(course.commits, before)


def _by_events(events: Iterable[Event], said: Sequence[Contribution]) -> Iterator[_Told]:
    for event in events:
        reviewer = reviewer_of(event.actor) if event.kind == "reviewed" else None
        if reviewer:
            model = reviewer.model or _model_said(reviewer, said)
            yield _Told(event.at, reviewer.agent, model, "event", verdict=event.verdict)


def _model_said(reviewer: Reviewer, said: Iterable[Contribution]) -> str:
    """The one model that the agent is said to have reviewed with."""
    models = {row.model for row in said if row.agent == reviewer.agent and row.model}
    return models.pop() if len(models) == 1 else ""


def _by_contribution(row: Contribution, at: datetime | None) -> _Told:
    """What a commit's message says was reviewed with it; a tag and a statement only say by whom, not when."""
    dated = _dated(row, at)
    return _Told(
        at or row.at, row.agent, row.model or "", "contribution", is_dated=dated is not None, covers=dated or row.at
    )


def _dated(row: Contribution, at: datetime | None) -> datetime | None:
    return None if row.evidence in ("tag", "statement") else at


def _with_cover(found: Iterable[_Told], said: Sequence[tuple[Contribution, datetime | None]]) -> list[_Told]:
    """The last review of a model before a commit that names it as reviewer is of what that commit holds.

    So is one of work that was not committed yet, though the commit came after it.
    """
    rows = list(found)
    last = {each.model: each for each in sorted(rows, key=lambda each: each.at) if each.model}
    named: dict[str, datetime] = {}
    for row, at in said:
        dated = _dated(row, at)
        if dated and row.model in last and dated >= last[row.model].at:
            named[row.model] = max(dated, named.get(row.model, dated))
    return [replace(each, covers=named.get(each.model)) if each is last.get(each.model) else each for each in rows]


def _is_known(each: _Told, told: Iterable[_Told]) -> bool:
    """Whether surer evidence tells of this reviewer already; the model decides, where both know it."""
    return any(
        each.model == other.model if each.model and other.model else plain_agent(each.agent) == plain_agent(other.agent)
        for other in told
        if other.evidence != each.evidence
    )


def _placed(course: Course, number: int, each: _Told) -> Review:
    last = course.commits[-1] if course.commits else None
    # Who is named in what landed as one commit reviewed all that there is.
    by_message = each.covers is not None and (last is None or each.covers >= last)
    by_time = each.at > last if last else None
    is_message = each.evidence == "contribution"
    is_before = is_message or course.decided_at is None or each.at < course.decided_at
    return Review(
        change_id=course.change_id,
        number=number,
        agent=each.agent,
        model=each.model,
        evidence=each.evidence,
        session=each.session,
        reviewed_at=each.at,
        is_dated=each.is_dated,
        is_second=each.model != course.lead_model if each.model and course.lead_model else None,
        is_after_last_commit=(by_message if is_message else by_message or by_time) if each.is_dated else None,
        is_before_decision=is_before if each.is_dated else None,
        verdict=each.verdict,
        calls=each.calls,
        nusd=each.nusd,
    )
