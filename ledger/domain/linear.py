"""How sure a figure over strata is: its variance, by linearisation, from five sums of two groups in each stratum.

Near its estimate a figure is a sum over changes of α·cost + β·accepted, with an α and a β for each group. The variance
of that sum follows from the sums of costs, acceptances, squares and products. Both groups together lend a few degrees
of freedom to the variance of each: of five changes that were all accepted nobody knows that the next one will be, of
fifty one knows enough. Over several repositories it is also taken from how these differ, and the wider of the two
holds (metric.md §2).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from ledger.domain.estimates import NANO, Sums
from ledger.domain.student import t_quantile

Weights = tuple[float, float]
"""(α, β): what a USD of a change and its acceptance count for."""
_LENT = 10
"""Degrees of freedom that both groups together lend to each."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum: two groups of changes that have none in common, and what counts of each."""

    own: Sums
    others: Sums
    of_own: Weights
    of_others: Weights
    centre: float = 0.0
    """What of the figure itself falls to the stratum; a logarithm at its estimate has none."""
    cluster: Hashable = ""
    """The repository."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Standard errors of one figure, each with its degrees of freedom; the widest holds."""

    errors: tuple[tuple[float, float], ...]

    def reach(self, level: float) -> float:
        """Half of the width of the interval at a level."""
        return max((t_quantile(1 - (1 - level) / 2, free) * error for error, free in self.errors), default=0.0)

    def times(self, size: float, level: float, power: float) -> float:
        """How many times as many changes would set a difference of a size apart in `power` of all cases."""
        normal = t_quantile(power, 1e6)
        return max(
            (((t_quantile(1 - (1 - level) / 2, free) + normal) * error / size) ** 2 for error, free in self.errors),
            default=0.0,
        )


def doubt(parts: Sequence[Part]) -> Doubt:
    """That of Σ α·cost + β·accepted over all changes; cost in USD."""
    found = [_within(parts)]
    clusters: dict[Hashable, float] = {}
    for part in parts:
        clusters[part.cluster] = clusters.get(part.cluster, 0.0) + _level(part)
    if len(clusters) > 1:
        free = len(clusters) - 1
        found.append((sqrt(sum(each * each for each in clusters.values()) * len(clusters) / free), free))
    return Doubt(tuple(found))


def _level(part: Part) -> float:
    """By how much the stratum departs from the figure."""
    groups = ((part.own, part.of_own), (part.others, part.of_others))
    return sum(alpha * sums.cost + beta * sums.accepted for sums, (alpha, beta) in groups) - part.centre


def _within(parts: Sequence[Part]) -> tuple[float, float]:
    """The standard error from the changes alone, with Satterthwaite's degrees of freedom, rounded down."""
    errors = [error for part in parts for error in _errors(part)]
    total = sum(error for error, _ in errors)
    whole = sum(free for _, free in errors)
    freedom = total * total / sum(error * error / free for error, free in errors) if total else whole
    return sqrt(total), max(1, int(freedom))


def _errors(part: Part) -> Iterator[tuple[float, int]]:
    """The variance that each group of a stratum brings, with its degrees of freedom."""
    groups = [(sums, weights) for sums, weights in ((part.own, part.of_own), (part.others, part.of_others)) if sums.n]
    free_of_all = sum(sums.n - 1 for sums, _ in groups)
    for sums, weights in groups:
        pooled = sum(squares(each, weights) for each, _ in groups) / max(1, free_of_all)
        free = sums.n - 1
        yield sums.n * (squares(sums, weights) + _LENT * pooled) / (free + _LENT), free or max(1, free_of_all)


def squares(sums: Sums, weights: Weights) -> float:
    """Σ(α·cost + β·accepted)² about its mean, from the five sums."""
    alpha, beta = weights
    total = alpha * sums.cost + beta * sums.accepted
    raw = alpha * alpha * sums.cost_sq + 2 * alpha * beta * sums.accepted_nusd / NANO + beta * beta * sums.accepted
    return max(0.0, raw - total * total / sums.n)
