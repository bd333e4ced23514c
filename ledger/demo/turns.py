"""How models go about one change: look into it, try, fail the tests, try again, have it reviewed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from ledger.demo.cast import AGENT, CAST, HAIKU, NAMES, OPUS, PERSON, WEIGHT
from ledger.demo.plan import PlannedCall, PlannedCommit, PlannedRun, Turn

_SPREAD = 0.45
"""Log standard deviation of a turn's cost: moderate, so that sixty changes suffice for a firm figure."""
_AGAIN = 0.75
"""A further attempt costs this much of the first."""
_REVIEW, _SCOUT = 0.25, 0.20
"""A review's and a scouting's cost, as parts of a turn."""
_VOICES = {"environment": 0.45, "use": 0.20, "coauthor": 0.25, "silent": 0.10}


@dataclass(frozen=True, slots=True)
class Task:
    """What there is to do."""

    kind: str
    title: str
    branch: str
    path: str


class Desk:
    """Where turns are planned; it holds the one source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def turns(self, task: Task, models: Sequence[str], start: datetime, *, is_accepted: bool) -> tuple[Turn, ...]:
        """Every turn at a change: `models` are those of its attempts, in order; a last run fails only if rejected."""
        if models[0] == PERSON:
            return (self._by_hand(task, start, is_accepted),)
        found, at = list(self._scouting(task, models[0], start)), start + timedelta(minutes=25)
        for place, model in enumerate(models):
            is_last = place == len(models) - 1
            passes = is_last and (is_accepted or self.random.random() < 0.4)
            before = next((turn for turn in reversed(found) if turn.model == model and turn.role == "implement"), None)
            found.append(self._attempt(task, model, at, place, before, passes, is_scouted=len(found) > place))
            at = found[-1].runs[-1].at + timedelta(minutes=self.random.randint(5, 60))
        return (*found, *self._review(task, models[-1], at))

    def stray(self, model: str, branch: str, start: datetime, *, is_elsewhere: bool) -> Turn:
        """A session that ends without a commit."""
        usd = self._usd(model, 0.8)
        return self._turn(model, "implement", branch, start, usd, is_elsewhere=is_elsewhere)

    # -- the turns of a change ----------------------------------------------------------------------------------------

    def _by_hand(self, task: Task, start: datetime, is_accepted: bool) -> Turn:
        at = start + timedelta(minutes=self.random.randint(30, 200))
        commit = PlannedCommit(
            at=at, subject=task.title, path=task.path, lines=self.random.randint(4, 40), voice="person"
        )
        return Turn(
            session="", resumes="", model=PERSON, role="implement", branch=task.branch, is_elsewhere=False,
            has_long_cache=False, started_at=start, calls=(), commit=commit, runs=self._runs(at, is_accepted),
        )  # fmt: skip

    def _scouting(self, task: Task, model: str, start: datetime) -> list[Turn]:
        character = CAST[model]
        if self.random.random() >= character.scouted:
            return []
        usd = self._usd(model, _SCOUT * WEIGHT[task.kind])
        return [self._turn(character.scout, "scout", task.branch, start, usd)]

    def _attempt(
        self,
        task: Task,
        model: str,
        start: datetime,
        place: int,
        before: Turn | None,
        passes: bool,
        *,
        is_scouted: bool,
    ) -> Turn:
        usd = self._usd(model, WEIGHT[task.kind] * (_AGAIN if place else 1.0))
        calls = self._calls(model, start, usd, has_subagent=model == OPUS and self.random.random() < 0.2)
        at = calls[-1].at.replace(microsecond=0) + timedelta(seconds=self.random.randint(5, 20))
        session, resumes = self._session(before)
        voice, trailers = self._voice(model, CAST[model].scout if is_scouted and place == 0 else None)
        commit = PlannedCommit(
            at=at,
            subject=task.title if place == 0 else self._again(task, place),
            path=task.path,
            lines=self.random.randint(12, 60) * (2 if place and before is None else 1),
            voice=voice,
            trailers=trailers,
        )
        return Turn(
            session=session, resumes=resumes, model=model, role="implement", branch=task.branch, is_elsewhere=False,
            has_long_cache=before.has_long_cache if before and session == before.session else self._toss(1 / 3),
            started_at=start, calls=calls, commit=commit, runs=self._runs(at, passes),
        )  # fmt: skip

    def _review(self, task: Task, model: str, start: datetime) -> list[Turn]:
        """A second model reads the change and mends a detail, in its own name."""
        character = CAST[model]
        if self.random.random() >= character.reviewed:
            return []
        usd = self._usd(model, _REVIEW * WEIGHT[task.kind])
        turn = self._turn(character.reviewer, "review", task.branch, start, usd)
        commit = PlannedCommit(
            at=turn.calls[-1].at.replace(microsecond=0) + timedelta(seconds=9),
            subject=f"{task.kind}: name things as the rest does",
            path=task.path,
            lines=self.random.randint(1, 4),
            voice="environment",
        )

        return [replace(turn, commit=commit, runs=self._runs(commit.at, True))]

    def _turn(
        self, model: str, role: str, branch: str, start: datetime, usd: float, *, is_elsewhere: bool = False
    ) -> Turn:
        return Turn(
            session=self._id(), resumes="", model=model, role=role, branch=branch, is_elsewhere=is_elsewhere,
            has_long_cache=self._toss(1 / 3), started_at=start, calls=self._calls(model, start, usd), commit=None,
            runs=(),
        )  # fmt: skip

    def _session(self, before: Turn | None) -> tuple[str, str]:
        """A further attempt goes on in the session, resumes it in a new file that copies it, or starts afresh."""
        if before is None:
            return self._id(), ""
        chance = self.random.random()
        if chance < 0.5:
            return before.session, before.resumes
        return self._id(), before.session if chance < 0.75 else ""

    def _voice(self, model: str, scout: str | None) -> tuple[str, tuple[str, ...]]:
        """How a commit says who made it, and the trailers it brings along; see PlannedCommit."""
        if scout and self._toss(0.7):
            return "trailer", (f"Assisted-by: {AGENT}:{model}", f"Ledger-Scout: {AGENT}:{scout}")
        voice = self.random.choices(list(_VOICES), list(_VOICES.values()))[0]
        named = (f"Co-Authored-By: {NAMES[model]} <noreply@anthropic.com>",) if voice == "coauthor" else ()
        return voice, named

    def _again(self, task: Task, place: int) -> str:
        deeds = ("handle the failing test", "cover the empty case", "try the other order", "undo half of the last step")
        return f"{task.kind}: {deeds[(place - 1) % len(deeds)]}"

    def _runs(self, at: datetime, passes: bool) -> tuple[PlannedRun, ...]:
        """One CI run; now and then a flaky one that passes when it is run again."""
        first = at + timedelta(minutes=self.random.randint(4, 8))
        failures = 0 if passes else self.random.randint(1, 5)
        if passes and self._toss(0.04):
            again = PlannedRun(at=first + timedelta(minutes=6), attempt=2, passed=True, failures=0)
            return (PlannedRun(at=first, attempt=1, passed=False, failures=1), again)
        return (PlannedRun(at=first, attempt=1, passed=passes, failures=failures),)

    # -- money into calls ---------------------------------------------------------------------------------------------

    def _usd(self, model: str, part: float) -> float:
        return CAST[model].turn_usd * part * math.exp(self.random.gauss(0, _SPREAD))

    def _calls(self, model: str, start: datetime, usd: float, *, has_subagent: bool = False) -> tuple[PlannedCall, ...]:
        """Calls that cost about `usd` together; the context grows from call to call."""
        count = max(2, round(usd / CAST[model].call_usd))
        weights = [(0.6 + 0.8 * place / count) * math.exp(self.random.gauss(0, 0.25)) for place in range(count)]
        found, at = [], start
        for place, weight in enumerate(weights):
            at += timedelta(milliseconds=self.random.randint(8_000, 45_000))
            found.append(self._call(model, at, usd * weight / sum(weights)))
            if has_subagent and place == 0:
                found.extend(self._subagent(at))
                at = found[-1].at
        return tuple(found)

    def _subagent(self, at: datetime) -> list[PlannedCall]:
        """The strong model sends a cheap one to look around."""
        moments = [at + timedelta(seconds=7 * (place + 1)) for place in range(self.random.randint(2, 4))]

        return [replace(self._call(HAIKU, moment, CAST[HAIKU].call_usd), is_subagent=True) for moment in moments]

    def _call(self, model: str, at: datetime, usd: float) -> PlannedCall:
        """Tokens for `usd` at the model's rate; reads cost 0.1, writes 1.25 and output 5 times the input rate."""
        tokens = usd / CAST[model].rate * 1e6
        reads = self.random.uniform(0.3, 0.4)
        writes = self.random.uniform(0.2, 0.3)
        return PlannedCall(
            at=at,
            model=model,
            input=max(1, round(tokens * 0.02)),
            cache_read=round(tokens * reads / 0.1),
            cache_write=round(tokens * writes / 1.25),
            output=max(11, round(tokens * (0.98 - reads - writes) / 5)),
        )

    def _toss(self, chance: float) -> bool:
        return self.random.random() < chance

    def _id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))
