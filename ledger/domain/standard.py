"""Cost per accepted change at one mix of work: models are given different tasks, and the crude figure mixes that in.

    Σ w·m / Σ w·p    over strata of the mix w, with the mean cost m and the share accepted p of each (metric.md §2)

It stays finite where nothing of a stratum was accepted. Only strata that all compared groups have a change in can be
told of them alike: the rest is left out, and how much of the mix that leaves is told.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import exp, inf, sqrt

from ledger.domain.clusters import FARTHEST, Clusters, Totals, error_at_mix
from ledger.domain.estimates import NANO, Interval, Sums
from ledger.domain.student import t_quantile

Strata = Mapping[Hashable, Sums]
"""Stratum → the sums of one group's changes in it."""


@dataclass(frozen=True, slots=True)
class Standard:
    """One group's figures at the common mix; money in USD."""

    cost_per_accepted: Interval
    """Without a point where nothing was accepted in any stratum."""
    mean: float
    """Cost per change."""
    rate: float
    """Share accepted."""
    covered: float
    """The share of the mix that the compared groups all have changes in."""


def standardise(
    groups: Mapping[str, Strata],
    mix: Mapping[Hashable, int],
    level: float = 0.95,
    clusters: Mapping[str, Clusters] | None = None,
) -> dict[str, Standard]:
    """Every group at the mix of what they all worked on; empty where there is no such stratum.

    `clusters` tell what each group's repositories have in each stratum, where there are several: then an interval is as
    wide as these differ, and never narrower than the changes alone make it.
    """
    shared = [name for name, n in mix.items() if n and all(_has(strata, name) for strata in groups.values())]
    weight = sum(mix[name] for name in shared)
    if not groups or not weight:
        return {}
    covered = weight / sum(mix.values())
    held = clusters or {}
    return {
        group: _standard(
            [_Part(mix[name] / weight, strata[name], held.get(group, {}).get(name, {})) for name in shared],
            covered,
            level,
        )
        for group, strata in groups.items()
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """A stratum of one group at the mix."""

    weight: float
    sums: Sums
    held: Mapping[str, Totals]
    """What of it is of which repository; empty where there is one."""


def _has(strata: Strata, name: Hashable) -> bool:
    return name in strata and strata[name].n > 0


def _standard(parts: list[_Part], covered: float, level: float) -> Standard:
    mean = sum(each.weight * each.sums.cost / each.sums.n for each in parts)
    rate = sum(each.weight * each.sums.accepted / each.sums.n for each in parts)
    if not rate:
        return Standard(Interval(None, None, None), mean, rate, covered)
    ratio = mean / rate
    reach = max(_reach(parts, ratio, level), _between(parts, ratio, level)) / mean if mean else inf
    if reach == inf:
        return Standard(Interval(ratio, None, None), mean, rate, covered)
    far = min(FARTHEST, reach)
    return Standard(Interval(ratio, ratio * exp(-far), ratio * exp(far)), mean, rate, covered)


def _between(parts: list[_Part], ratio: float, level: float) -> float:
    """Half the width for the same from how repositories differ; 0 where there is one."""
    told = ((each.weight, (each.sums.n, each.sums.accepted, each.sums.cost), each.held) for each in parts)
    error, freedom = error_at_mix(told, ratio)
    return t_quantile(1 - (1 - level) / 2, freedom) * error if freedom else 0.0


def _reach(parts: list[_Part], ratio: float, level: float) -> float:
    """Half the width for Σ w·m - ratio·Σ w·p; infinite where no stratum has two changes.

    A stratum of one change lends its variance from the others; the degrees of freedom are Satterthwaite's.
    """
    squares = [(each.weight, each.sums.n, _squares(each.sums, ratio)) for each in parts]
    freedom = sum(n - 1 for _, n, _ in squares)
    if not freedom:
        return inf
    pooled = sum(square for _, _, square in squares) / freedom
    errors = [
        (weight * weight * (square / (n - 1) if n > 1 else pooled) / n, n - 1 if n > 1 else freedom)
        for weight, n, square in squares
    ]
    variance = sum(error for error, _ in errors)
    if not variance:
        return 0.0
    degrees = variance * variance / sum(error * error / free for error, free in errors)
    return t_quantile(1 - (1 - level) / 2, round(degrees, 6)) * sqrt(variance)


def _squares(sums: Sums, ratio: float) -> float:
    """Σ(c - ratio·a)² about its mean, from the five sums."""
    total = sums.cost - ratio * sums.accepted
    raw = sums.cost_sq - 2 * ratio * sums.accepted_nusd / NANO + ratio * ratio * sums.accepted
    return max(0.0, raw - total * total / sums.n)


def reversals(crude: Mapping[str, float], standard: Mapping[str, Standard]) -> list[tuple[str, str]]:
    """Pairs whose order turns round at the common mix: the first looks cheaper, and is dearer for the same work."""
    known = {name: figure for name in crude if name in standard and (figure := standard[name].cost_per_accepted.point)}
    ranked = sorted(known, key=lambda name: (crude[name], name))
    return [
        (one, other)
        for place, one in enumerate(ranked)
        for other in ranked[place + 1 :]
        if crude[one] < crude[other] and known[one] > known[other]
    ]
