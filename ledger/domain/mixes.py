"""A report's groups at one mix of parts: what of a difference is the work they were given (metric.md §2).

The same work, the same mix: Σ w·m / Σ w·p over the parts that all of them have changes in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from ledger.domain.clusters import Clusters
from ledger.domain.estimates import Sums, estimate
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


def mixes(
    groups: Iterable[tuple[GroupSums, Sums]],
    parts: Iterable[tuple[GroupSums, Sums]],
    clusters: Mapping[tuple[str, str | None], Clusters] | None = None,
) -> tuple[Mix, ...]:
    """Each basis with several groups that can be ranked and several parts, in the order of the groups.

    Both come with their sums; `clusters` by basis and name where there are several repositories. Trunk has no cost per
    accepted change, so it has none at a mix either.
    """
    ranked: dict[str, dict[str, float]] = {}
    for row, sums in groups:
        found = estimate(sums).point if row.basis != "trunk" and row.model else None
        if found is not None and row.model:
            ranked.setdefault(row.basis, {})[row.model] = found
    by_part = list(parts)
    held = clusters or {}
    made = (
        _mix(
            crude,
            [each for each in by_part if each[0].basis == basis],
            {name: held.get((basis, name), {}) for name in crude},
            basis,
        )
        for basis, crude in ranked.items()
    )
    return tuple(mix for mix in made if mix)


def _mix(
    crude: dict[str, float], parts: list[tuple[GroupSums, Sums]], clusters: Mapping[str, Clusters], basis: str
) -> Mix | None:
    weights = Counter[Hashable]()
    for row, _ in parts:
        weights[row.part] += row.n
    if len(crude) < 2 or len(weights) < 2:
        return None
    strata: dict[str, dict[Hashable, Sums]] = {name: {} for name in crude}
    for row, sums in parts:
        if row.model in strata:
            strata[row.model][row.part] = sums
    found = standardise(strata, weights, clusters=clusters)
    covered = next((figure.covered for figure in found.values()), 0.0)
    if covered < LEAST:
        return Mix(basis, covered, (), ())
    rows = [Mixed(name, crude[name], figure) for name, figure in found.items()]
    ordered = sorted(rows, key=lambda row: (_point(row), row.name))
    return Mix(basis, covered, tuple(ordered), tuple(reversals(crude, found)))


def _point(row: Mixed) -> float:
    point = row.standard.cost_per_accepted.point
    return float("inf") if point is None else point
