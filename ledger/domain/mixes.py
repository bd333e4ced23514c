"""A report's groups at one mix of parts: what of a difference is the work they were given (metric.md §2).

The same work, the same mix: Σ w·m / Σ w·p over the parts that all of them have changes in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from ledger.domain.estimates import Interval, Sums, estimate
from ledger.domain.standard import Standard, reversals, standardise
from ledger.domain.sums import GroupSums

LEAST = 0.5
"""Of the mix: where the groups have less in common, they cannot be told at it."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """One group, as it is and at the common mix."""

    name: str
    crude: float
    """Its cost per accepted change, USD."""
    standard: Standard


@dataclass(frozen=True, slots=True)
class Mix:
    """The groups of one basis at the mix of all its changes."""

    basis: str
    covered: float
    """The share of the mix that all of them have changes in."""
    rows: tuple[Mixed, ...]
    """The cheapest at the mix first; none where they have too little in common."""
    reversed: tuple[tuple[str, str], ...]
    """Pairs of which the first looks cheaper, and is dearer at the mix."""


def mixes(groups: Iterable[tuple[GroupSums, Sums]], parts: Iterable[tuple[GroupSums, Sums]]) -> tuple[Mix, ...]:
    """Each basis with several groups that can be ranked and several parts, in the order of the groups.

    Both come with their sums. Trunk has no cost per accepted change, so it has none at a mix either.
    """
    ranked: dict[str, dict[str, float]] = {}
    for row, sums in groups:
        found = estimate(sums).point if row.basis != "trunk" and row.model else None
        if found is not None and row.model:
            ranked.setdefault(row.basis, {})[row.model] = found
    by_part = list(parts)
    made = (_mix(basis, crude, [each for each in by_part if each[0].basis == basis]) for basis, crude in ranked.items())
    return tuple(mix for mix in made if mix)


def _mix(basis: str, crude: dict[str, float], parts: list[tuple[GroupSums, Sums]]) -> Mix | None:
    weights = Counter[Hashable]()
    for row, _ in parts:
        weights[row.part] += row.n
    if len(crude) < 2 or len(weights) < 2:
        return None
    strata: dict[str, dict[Hashable, Sums]] = {name: {} for name in crude}
    for row, sums in parts:
        if row.model in strata:
            strata[row.model][row.part] = sums
    found = standardise(strata, weights)
    covered = next((figure.covered for figure in found.values()), 0.0)
    if covered < LEAST:
        return Mix(basis, covered, (), ())
    is_clustered = any(sums.spread and sums.spread.is_several for _, sums in parts)
    rows = [
        Mixed(name, crude[name], _without_bounds(figure) if is_clustered else figure) for name, figure in found.items()
    ]
    ordered = sorted(rows, key=lambda row: (_point(row), row.name))
    return Mix(basis, covered, tuple(ordered), tuple(reversals(crude, found)))


def _point(row: Mixed) -> float:
    point = row.standard.cost_per_accepted.point
    return float("inf") if point is None else point


def _without_bounds(figure: Standard) -> Standard:
    """Over several repositories parts are no independent draws, and their own scatter would promise too much."""
    return replace(figure, cost_per_accepted=Interval(figure.cost_per_accepted.point, None, None))
