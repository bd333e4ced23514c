"""Past changes one by one, and their sums by who tried first: for what replays rules over them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.backtest import Backtest, replay
from ledger.domain.estimates import Sums
from ledger.domain.started import Aim, Kind, Started, Stratum, strata
from ledger.domain.static_rules import Rule, parse
from tests.domain.building import START


@dataclass(frozen=True)
class One:
    """A decided change of known cost, in USD."""

    task: str
    model: str | None
    cost: float
    accepted: bool = True
    repository: str = ""
    attempts: int = 1


def sums(paid: Iterable[tuple[float, bool]]) -> Sums:
    """Of (cost in USD, whether accepted)."""
    rows = list(paid)
    return Sums(
        n=len(rows),
        accepted=sum(ok for _, ok in rows),
        cost_nusd=sum(round(cost * 1e9) for cost, _ in rows),
        cost_sq=sum(cost * cost for cost, _ in rows),
        accepted_nusd=sum(round(cost * 1e9) for cost, ok in rows if ok),
    )


def kind(task: str, repository: str = "", **known: str) -> Kind:
    """A kind of work."""
    return Kind((("task_type", task), *known.items()), repository)


def started(changes: Iterable[One]) -> list[Started]:
    """As SQL adds them up."""
    groups: dict[tuple[str, str | None, str], list[One]] = defaultdict(list)
    for one in changes:
        groups[one.task, one.model, one.repository].append(one)
    return [
        Started(
            basis="request",
            model=model,
            kind=kind(task, repository),
            n=len(mine),
            unheard=0,
            decided=len(mine),
            sums=sums((one.cost, one.accepted) for one in mine),
            attempts=sum(one.attempts for one in mine),
            failed_runs=sum(one.attempts - 1 for one in mine),
        )
        for (task, model, repository), mine in groups.items()
    ]


def aims(text: str, families: Mapping[str, Sequence[str]] | None = None) -> tuple[Aim, ...]:
    """The rules of a text, each for the model of its name or for the members of a family."""
    return tuple(Aim(rule, frozenset((families or {}).get(rule.model, (rule.model,)))) for rule in parse(text))


def under(text: str, changes: Iterable[One]) -> tuple[tuple[Stratum, ...], tuple[Aim, ...]]:
    """The changes sorted by the rules of a text, and these."""
    rules = aims(text)
    return strata(started(changes), rules), rules


Nature = Callable[[str, str], tuple[float, float]]
"""Task type and model → mean cost in USD, and the chance to be accepted."""

EASY = {"docs": (0.3, 0.9), "fix": (1.0, 0.7), "feat": (3.0, 0.6), "test": (0.5, 0.85)}
"""What the work alone makes of cost and acceptance."""
CHEAP_SHARE = {"docs": 0.8, "fix": 0.5, "feat": 0.3, "test": 0.5}
"""How often the cheap model begins such work: it gets what is easy."""


def no_difference(task: str, _: str) -> tuple[float, float]:
    """Whoever begins, the work alone counts."""
    return EASY[task]


def loops_on_feat(task: str, model: str) -> tuple[float, float]:
    """The cheap model costs a third on docs, and three times as much on features, of which it lands fewer."""
    cost, rate = EASY[task]
    if model == "cheap":
        return {"docs": (cost / 3, rate), "feat": (cost * 3, rate - 0.2)}.get(task, (cost, rate))
    return cost, rate


def drawn(seed: int, n: int, nature: Nature = no_difference, spread: float = 0.5) -> list[One]:
    """So many changes of four types, each begun by one of two models; `spread` is the log-sd of cost."""
    chance = random.Random(seed)
    found = []
    for _ in range(n):
        task = chance.choice(list(EASY))
        model = "cheap" if chance.random() < CHEAP_SHARE[task] else "strong"
        cost, rate = nature(task, model)
        paid = cost * chance.lognormvariate(-spread * spread / 2, spread)
        found.append(One(task, model, paid, chance.random() < rate, attempts=chance.choice((1, 1, 2))))
    return found


def made(text: str, changes: Iterable[One], **told: Any) -> Backtest:
    """What is told of the rules of a text over requests."""
    rows = started(changes)
    chosen = aims(text)
    plain = [(Aim(Rule({}, name), frozenset((name,))),) for name in dict.fromkeys(aim.name for aim in chosen)]
    fields: dict[str, Any] = {
        "as_of": START,
        "cost": "at list price",
        "basis": "request" if rows else None,
        "elsewhere": {},
        "decided": sum(row.decided for row in rows),
        "unknown_starter": sum(row.decided for row in rows if row.model is None),
        "unknown_cost": 0,
        "hidden": "",
        "rules": replay(strata(rows, chosen), chosen),
        "always": tuple(replay(strata(rows, aim), aim) for aim in plain),
        "fallback_nusd": None,
        "at_fallback": None,
        "repositories": {},
    }
    return Backtest(**{**fields, **told})
