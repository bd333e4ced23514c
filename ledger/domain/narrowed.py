"""What else a first line says: of a part of the changes, and of what turns round at one mix of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.domain.headline import ranked_line, with_bounds
from ledger.domain.mixes import Mix
from ledger.domain.money import shown
from ledger.domain.report import Group
from ledger.domain.screen import counted


def narrowed_headline(groups: Sequence[Group], coda: str, per_call: Mapping[str | None, float]) -> str:
    """The first line where changes were chosen, or told by another name than the model's.

    The total of all calls is no total of these, so it says nothing of spend as a whole. `per_call` is of those in the
    rows: what a call of their own costs.
    """
    main = [group for group in groups if group.sums.basis == groups[0].sums.basis] if groups else []
    ranked = {name: group for group in main if (name := group.sums.model) and group.estimate.point is not None}
    if len(ranked) > 1:
        return ranked_line(ranked, coda, per_call)
    if ranked:
        ((name, group),) = ranked.items()
        return f"{name}: {with_bounds(group)} per accepted change over {group.sums.base_n} changes, {coda}."
    if not main:
        return "No change fits what was asked for."
    known = max(group.sums.base_n for group in main)
    return f"Too little to say: of these, the best known has {counted(known, 'decided change')} of known cost, {coda}."


def mix_coda(mixes: Sequence[Mix], by: str) -> str:
    """What the headline adds where the order of two turns round once they do the same work; ''."""
    mix = mixes[0] if mixes else None
    if mix is None or not mix.reversed:
        return ""
    first, second = mix.reversed[0]
    points = {row.name: shown(row.standard.cost_per_accepted.point) for row in mix.rows}
    return (
        f" At one mix of {mix_of(by)} the order of {first} and {second} turns round: {points[first]} against "
        f"{points[second]}."
    )


def mix_of(by: str) -> str:
    """What a mix is made of, in words."""
    plural = {"task_type": "task types", "stakes": "stakes", "repository": "repositories"}
    return plural.get(by, f"{by.removeprefix('label:').replace('_', ' ')}s")
