"""The demo's plan, drawn from a seed: who tries which change, how often, at what cost, and what becomes of it.

Shares are dealt as decks (exact counts, shuffled), not tossed, so that every seed shows the same picture with other
details. Nothing here touches git or a file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TypeVar

from ledger.demo import titles
from ledger.demo.cast import CAST, HAIKU, KINDS, OPUS, PERSON, PERSON_ACCEPTANCE, TAKEOVERS, tries_for
from ledger.demo.plan import PlannedChange, Release, Scenario, Turn
from ledger.demo.turns import Desk, Task

STARTED_AT = datetime(2026, 6, 1, tzinfo=UTC)
_PACE = timedelta(hours=9, minutes=36)
"""Between one change and the next."""
_TAIL = timedelta(days=4)
"""From the last change to the report."""
_OPEN, _STALE = 0.035, 0.01
_STRAYS = 0.045
_RELEASE_EVERY = 24

Card = TypeVar("Card")


@dataclass(frozen=True, slots=True)
class _Lot:
    """What the decks dealt to one change."""

    model: str
    kind: str
    outcome: str
    tries: int


def draw_scenario(seed: int = 1, changes: int = 200) -> Scenario:
    """The plan for `changes` changes; the same arguments give the same plan, to the last token."""
    random = Random(f"scenario {seed}")  # noqa: S311 - repeatable, not secret
    lots = _lots(random, changes)
    starts = sorted(_start(random, index) for index in range(changes))
    as_of = datetime.combine((starts[-1] + _TAIL).date(), time.max, UTC)
    desk = Desk(random)
    planned = [
        _change(desk, number, lot, start) for number, (lot, start) in enumerate(zip(lots, starts, strict=True), start=1)
    ]
    return Scenario(
        seed=seed,
        started_at=STARTED_AT,
        as_of=as_of,
        changes=_reverted(random, planned, as_of),
        strays=_strays(desk, random, starts),
        releases=tuple(
            Release(at=start + timedelta(minutes=41), version=f"0.{place + 1}")
            for place, start in enumerate(starts[_RELEASE_EVERY::_RELEASE_EVERY])
        ),
    )


def deal(random: Random, shares: Mapping[Card, float], count: int) -> list[Card]:
    """`count` cards in a random order, each as often as its share says, by largest remainder."""
    whole = sum(shares.values())
    exact = {card: count * share / whole for card, share in shares.items()}
    counts = {card: math.floor(number) for card, number in exact.items()}
    by_rest = sorted(shares, key=lambda card: counts[card] - exact[card])
    for card in by_rest[: count - sum(counts.values())]:
        counts[card] += 1
    deck = [card for card, number in counts.items() for _ in range(number)]
    random.shuffle(deck)
    return deck


def _lots(random: Random, count: int) -> list[_Lot]:
    shares = {model: character.share for model, character in CAST.items()}
    shares[PERSON] = 1 - sum(shares.values())
    models = deal(random, shares, count)
    lots = [lot for model in shares for lot in _lots_of(random, model, models.count(model))]
    random.shuffle(lots)
    return _undecided(random, lots)


def _lots_of(random: Random, model: str, count: int) -> list[_Lot]:
    kinds = deal(random, KINDS, count)
    return [lot for kind in KINDS for lot in _lots_of_kind(random, model, kind, kinds.count(kind))]


def _lots_of_kind(random: Random, model: str, kind: str, count: int) -> list[_Lot]:
    accepted = PERSON_ACCEPTANCE if model == PERSON else CAST[model].acceptance[kind]
    outcomes = deal(random, {"accepted": accepted, "rejected": 1 - accepted}, count)
    tries = [1] * count if model == PERSON else deal(random, tries_for(model, kind), count)
    return [_Lot(model, kind, outcome, number) for outcome, number in zip(outcomes, tries, strict=True)]


def _undecided(random: Random, lots: Sequence[_Lot]) -> list[_Lot]:
    """The last changes are still open; a few older ones were never decided."""
    last = len(lots) - round(_OPEN * len(lots))
    stale = set(random.sample(range(last // 2), round(_STALE * len(lots)))) if last > 1 else set()
    return [
        _Lot(lot.model, lot.kind, "open", lot.tries) if place >= last or place in stale else lot
        for place, lot in enumerate(lots)
    ]


def _start(random: Random, index: int) -> datetime:
    day = STARTED_AT + timedelta(days=1) + (index * _PACE)
    return day.replace(hour=random.randint(7, 15), minute=random.randint(0, 59), second=random.randint(0, 59))


def _change(desk: Desk, number: int, lot: _Lot, start: datetime) -> PlannedChange:
    task = Task(
        kind=lot.kind,
        title=f"{lot.kind}: {titles.title(lot.kind, number)}",
        branch=titles.branch(lot.kind, number, number),
        path=titles.path(lot.kind, number),
    )
    turns = desk.turns(task, _line_up(desk, lot), start, is_accepted=lot.outcome == "accepted")
    opened = _first_commit(turns) + timedelta(minutes=2)
    end = max(moment for turn in turns for moment in (_end(turn), *(run.at for run in turn.runs)))
    waits = timedelta(minutes=desk.random.randint(20, 60 * 20), seconds=desk.random.randint(0, 59))
    return PlannedChange(
        number=number,
        model=lot.model,
        kind=lot.kind,
        title=task.title,
        branch=task.branch,
        turns=turns,
        outcome=lot.outcome,
        landing="merge" if desk.random.random() < 0.45 else "squash",
        opened_at=opened,
        decided_at=None if lot.outcome == "open" else end + waits,
        reverted_at=None,
        labels=({"feat": "enhancement", "fix": "bug", "docs": "documentation"}[lot.kind],),
    )


def _line_up(desk: Desk, lot: _Lot) -> tuple[str, ...]:
    """The models of the attempts, in order; sometimes the strong one takes over the last."""
    models = [lot.model] * lot.tries
    takes_over = lot.model == HAIKU and lot.outcome == "accepted" and lot.tries > 1
    if takes_over and desk.random.random() < TAKEOVERS:
        models[-1] = OPUS
    return tuple(models)


def _first_commit(turns: Sequence[Turn]) -> datetime:
    return min(turn.commit.at for turn in turns if turn.commit)


def _end(turn: Turn) -> datetime:
    return max([turn.started_at, *(call.at for call in turn.calls), *([turn.commit.at] if turn.commit else [])])


def _reverted(random: Random, changes: Sequence[PlannedChange], as_of: datetime) -> tuple[PlannedChange, ...]:
    """The changes with the date of their revert, one to four days after they landed."""
    chosen: set[int] = set()
    for model, character in CAST.items():
        landed = [
            change.number
            for change in changes
            if change.model == model and change.outcome == "accepted" and _landed_before(change, as_of - 2 * _TAIL)
        ]
        chosen.update(random.sample(landed, round(character.reverted * len(landed))))
    return tuple(
        replace(change, reverted_at=change.decided_at + timedelta(hours=random.randint(20, 90)))
        if change.number in chosen and change.decided_at
        else change
        for change in changes
    )


def _landed_before(change: PlannedChange, moment: datetime) -> bool:
    return change.decided_at is not None and change.decided_at < moment


def _strays(desk: Desk, random: Random, starts: Sequence[datetime]) -> tuple[Turn, ...]:
    """Sessions on branches that were thrown away before a commit; the last one worked in another directory."""
    count = max(3, round(_STRAYS * len(starts)))
    models = deal(random, {HAIKU: 0.6, OPUS: 0.4}, count)
    whens = sorted(random.sample(list(starts), min(count, len(starts))))
    return tuple(
        desk.stray(model, f"spike/{titles.PARTS[place % len(titles.PARTS)]}", when, is_elsewhere=place == count - 1)
        for place, (model, when) in enumerate(zip(models, whens, strict=False))
    )
