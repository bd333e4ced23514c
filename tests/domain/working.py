"""Short ways to make changes with the facts of how they were worked on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ledger.domain.forge_facts import Event, Request
from ledger.domain.git_facts import Commit
from ledger.domain.practice import Worked
from tests.domain.building import at, commit, diff
from tests.store.changing import change


def request(number: int = 1, **told: Any) -> Request:
    """A request that was opened ten hours after the start."""
    texts = dict.fromkeys(("head_ref", "head_oid", "base_ref", "merge_oid"), "")
    fields: dict[str, Any] = {"title": "t", "state": "merged", "opened_at": at(10)}
    fields |= {"merged_at": None, "closed_at": None, "labels": (), "is_draft": False, "commits": (), "at": at(99)}
    return Request(repository_id="R", number=number, **{**texts, **fields, **told})


def reviewed(hours: float) -> Event:
    """A person's review."""
    return Event(
        repository_id="R", subject="request:1", kind="reviewed", at=at(hours), actor="p", verdict="approved", oid=""
    )


def worked(*commits: Commit, former: Sequence[Commit] = (), kind: str = "source", **told: Any) -> Worked:
    """A request that was opened after ten hours and landed after fifty; its commits add ten lines each to a file."""
    fields = {"opened_at": at(10), "decided_at": at(50), **told.pop("change", {})}
    pairs = [(row, True) for row in commits] + [(row, False) for row in former]
    diffs = {row.oid: diff(row.oid, paths=(f"p-{row.oid}", "shared"), kind=kind) for row, _ in pairs}
    return Worked(**{"change": change(1, 1.0, **fields), "commits": pairs, "diffs": diffs, **told})


def drawn(
    seed: int, n: int, draw: Callable[[random.Random], tuple[str, str, float, float, float]], spread: float = 0.4
) -> list[Worked]:
    """Requests of which `draw` says task type, model, changed lines, mean cost and chance to be accepted.

    How many commits each has is drawn beside all that, and goes with nothing.
    """
    chance = random.Random(seed)
    rows = []
    for number in range(n):
        task, model, lines, cost, rate = draw(chance)
        outcome = "accepted" if chance.random() < rate else "rejected"
        fields: dict[str, Any] = {"task_type": task, "lead_model": model, "added": round(lines), "deleted": 0}
        paid = cost * chance.lognormvariate(0, spread)
        made = change(number, paid, outcome, attempts=1 if outcome == "accepted" else 3, **fields)
        noise = [(replace(commit(f"{number}-{k}"), subject=f"{k}"), True) for k in range(chance.randint(1, 8))]
        rows.append(Worked(change=made, commits=noise))
    return rows
