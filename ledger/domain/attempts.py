"""Attempts: a try at a change by one model, until a test run fails or another model takes over (DESIGN "Words")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.facts import Call, Run

WORK = ("implement", "")
"""Roles that move a change on; an unknown role is taken for work."""


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: when it began, by which model, and why it ended."""

    number: int
    model: str
    started_at: datetime
    ended_by: str


@dataclass(frozen=True, slots=True)
class Attempts:
    """The attempts of a change and the attempt in which each of its calls fell."""

    tries: tuple[Try, ...]
    number_of: dict[str, int]


def attempts(
    calls: Sequence[tuple[Call, str]], failures: Sequence[Run], worked: Iterable[tuple[datetime, str]]
) -> Attempts:
    """Divide a change's (call, role) pairs and (commit time, model or "") pairs into attempts.

    Only implementing calls and commits move the count: a review or a scouting call falls into the attempt it
    accompanies, and a subagent's model is not another model taking over. Calls name the model surest; what commits
    say of it counts where no call does.
    """
    is_told = any(call.model for call, _ in calls)
    events: list[tuple[datetime, int, str, Call | None]] = [(run.at, 1, "", None) for run in failures]
    events += [(at, 2, "" if is_told else model, None) for at, model in worked]
    events += [(call.at, 2 if role in WORK else 0, role, call) for call, role in calls]
    events.sort(key=lambda event: (event[0], event[1], event[3].event_key if event[3] else ""))
    count = _Count()
    for at, rank, text, call in events:
        if rank == 1:
            count.fail()
        elif call is None:
            count.work(at, text)
        else:
            count.call(call, is_work=text in WORK)
    return Attempts(tuple(count.closed()), count.number_of)


class _Count:
    """Walks through a change's life, opening an attempt when work resumes."""

    def __init__(self) -> None:
        self.tries: list[Try] = []
        self.number_of: dict[str, int] = {}
        self._failed = False
        self._model = ""
        self._first_at: datetime | None = None

    def fail(self) -> None:
        """A run that failed: the work that follows is another attempt."""
        self._failed = bool(self.tries)

    def call(self, call: Call, *, is_work: bool) -> None:
        """A call, which falls into the attempt that is open then."""
        if is_work:
            self.work(call.at, "" if call.is_subagent else call.model or "")
        self._first_at = min(self._first_at or call.at, call.at)
        self.number_of[call.event_key] = max(len(self.tries), 1)

    def work(self, at: datetime, model: str) -> None:
        """Work on the change, by a model where it is known."""
        is_other = bool(model and self._model and model != self._model)
        if not self.tries or self._failed or is_other:
            if self.tries:
                last = self.tries[-1]
                self.tries[-1] = Try(
                    last.number, self._model, last.started_at, "failed-run" if self._failed else "other-model"
                )
            self.tries.append(Try(len(self.tries) + 1, model, at, "end"))
            self._failed, self._model = False, model or self._model
        self._model = model or self._model

    def closed(self) -> list[Try]:
        """The attempts met; one for calls that no work followed."""
        if not self.tries and self._first_at:
            self.tries.append(Try(1, "", self._first_at, "end"))
        if self.tries:
            last = self.tries[-1]
            self.tries[-1] = Try(last.number, self._model, last.started_at, "failed-run" if self._failed else "end")
        return self.tries
