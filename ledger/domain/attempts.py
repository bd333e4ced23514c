"""Attempts: a try at a change by one model, until a test run fails or another model takes over (DESIGN "Words").

Only implementing calls and commits move the count: a review or a scouting call falls into the attempt it accompanies,
a subagent's model is not another model taking over, and neither is a person's commit in between. Models that take turns
between two commits work together: one has taken over only when the other does not come back before the next commit or
failing run. A run that fails on a head which was already replaced ends nothing: the try went on without it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ledger.domain.forge_facts import Run
from ledger.domain.session_facts import Call

WORK = ("implement", "")
"""Roles that move a change on; an unknown role is taken for work."""
Stale = Mapping[tuple[str, int], datetime]
Party = tuple[str, ...]
"""The models that were at work together, the leading one first."""
_BEHIND = timedelta(hours=24)
"""So long before a commit a call may be the work that went into it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A commit as work on a change: when, and by which model, '' where nothing or too much is said."""

    at: datetime
    model: str


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: when it began, by which model, and why it ended."""

    number: int
    model: str
    started_at: datetime
    ended_by: str
    models: tuple[str, ...] = ()
    """Every model that worked in it, in the order they began."""
    failed_runs: int = 0


@dataclass(frozen=True, slots=True)
class Attempts:
    """The attempts of a change and the attempt in which each of its calls fell."""

    tries: tuple[Try, ...]
    number_of: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Event:
    """Something in a change's life."""

    at: datetime
    order: int
    key: str = ""
    call: Call | None = None
    is_work: bool = False
    is_failure: bool = False
    is_stale: bool = False
    model: str = ""


def attempts(
    calls: Sequence[tuple[Call, str]],
    failures: Sequence[Run],
    worked: Iterable[Made],
    stale: Stale | None = None,
) -> Attempts:
    """Divide a change's (call, role) pairs and its commits into attempts.

    `failures` are the runs that count as failing; `stale` says of those on replaced heads when their head was made.
    Calls name the model surest: what a commit says of it counts where no call was made in the day before.
    """
    events = [_failure(run, stale or {}) for run in failures]
    events += [
        _Event(
            call.at, 2 if role in WORK else 0, call.event_key, call, role in WORK,
            model="" if call.is_subagent else call.model or "",
        )
        for call, role in calls
    ]  # fmt: skip
    told = sorted(call.at for call, role in calls if role in WORK and call.model)
    events += [
        _Event(made.at, 2, made.model, is_work=True, model="" if _is_told(told, made.at) else made.model)
        for made in worked
    ]
    count = _Count()
    for event, party in _with_parties(sorted(events, key=lambda event: (event.at, event.order, event.key))):
        count.take(event, party)
    return Attempts(tuple(count.closed()), count.number_of)


def stale_failures(failures: Iterable[Run], heads: Mapping[str, datetime], tested: Iterable[str]) -> Stale:
    """(run, attempt) → when its head was made, for what failed when a later commit of the change was there already.

    `heads` are the change's commits by time. A later commit only counts when it was tested itself: others may not have
    been pushed yet.
    """
    later = [heads[oid] for oid in tested if oid in heads]
    return {
        (run.run, run.attempt): heads[run.oid]
        for run in failures
        if run.oid in heads and any(heads[run.oid] < at <= run.at for at in later)
    }


def _failure(run: Run, stale: Stale) -> _Event:
    """A failing run at its time; one on a replaced head with the commit that it is about."""
    key = (run.run, run.attempt)
    if key in stale:
        return _Event(stale[key], 3, run.run, is_failure=True, is_stale=True)
    return _Event(run.at, 1, run.run, is_failure=True)


def _is_told(calls: Sequence[datetime], at: datetime) -> bool:
    """Whether a call was made in the day before."""
    place = bisect_right(calls, at)
    return place > 0 and calls[place - 1] >= at - _BEHIND


def _with_parties(events: Sequence[_Event]) -> Iterable[tuple[_Event, Party]]:
    """The events, work with the models that it was done together with, stretch by stretch."""
    stretch: list[_Event] = []
    for event in events:
        stretch.append(event)
        if (event.is_failure and not event.is_stale) or (event.is_work and event.call is None):
            yield from _joined(stretch)
            stretch = []
    yield from _joined(stretch)


def _joined(stretch: Sequence[_Event]) -> Iterable[tuple[_Event, Party]]:
    """One stretch between commits and failing runs: models whose work overlaps in time are one party."""
    spans: list[tuple[int, int, Counter[str]]] = []
    for model in dict.fromkeys(event.model for event in stretch if event.is_work and event.model):
        places = [place for place, event in enumerate(stretch) if event.is_work and event.model == model]
        output = sum(event.call.output or 0 for place in places if (event := stretch[place]).call)
        if spans and places[0] < spans[-1][1]:
            first, last, members = spans[-1]
            spans[-1] = (first, max(last, places[-1]), members + Counter({model: output + 1}))
        else:
            spans.append((places[0], places[-1], Counter({model: output + 1})))
    party = {model: tuple(name for name, _ in members.most_common()) for _, _, members in spans for model in members}
    return ((event, party.get(event.model, ()) if event.is_work else ()) for event in stretch)


@dataclass
class _Count:
    """Walks through a change's life, opening an attempt when work resumes."""

    tries: list[Try] = field(default_factory=list)
    number_of: dict[str, int] = field(default_factory=dict)
    _failed: bool = False
    _early: int = 0
    _first_at: datetime | None = None

    def take(self, event: _Event, party: Party) -> None:
        """The next event in time, with the models that worked together."""
        if event.is_failure:
            self._fail(is_stale=event.is_stale)
            return
        if event.is_work:
            self._work(event.at, party)
        if event.call:
            self._first_at = min(self._first_at or event.at, event.at)
            self.number_of[event.call.event_key] = max(len(self.tries), 1)

    def _fail(self, *, is_stale: bool) -> None:
        """A run that failed: the work that follows is another attempt, unless the run's head was replaced."""
        if not self.tries:
            self._early += 1
            return
        self._failed = self._failed or not is_stale
        self._change(failed_runs=self.tries[-1].failed_runs + 1)

    def _work(self, at: datetime, party: Party) -> None:
        """Work on the change, by a party of models where they are known."""
        last = self.tries[-1] if self.tries else None
        is_other = bool(last and last.model and party and last.model not in party)
        if last is None or self._failed or is_other:
            if last:
                self._change(ended_by="failed-run" if self._failed else "other-model")
            before = last.model if last and not party else ""
            early = 0 if last else self._early
            self.tries.append(Try(len(self.tries) + 1, before, at, "end", (before,) if before else (), early))
            self._failed = False
        last = self.tries[-1]
        if not (last.model and set(party).issubset(last.models)):
            models = tuple(dict.fromkeys(filter(None, (*last.models, *party))))
            self._change(model=last.model or next(iter(party), ""), models=models)

    def _change(self, **changed: str | int | tuple[str, ...]) -> None:
        self.tries[-1] = replace(self.tries[-1], **changed)  # type: ignore[arg-type]

    def closed(self) -> list[Try]:
        """The attempts met; one for calls that no work followed."""
        if not self.tries and self._first_at:
            self.tries.append(Try(1, "", self._first_at, "end", (), self._early))
        if self.tries:
            self._change(ended_by="failed-run" if self._failed else "end")
        return self.tries
