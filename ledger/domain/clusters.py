"""Repositories are clusters: changes of one repository resemble each other, so they say less than as many apart.

Between repositories the acceptance rate alone varies 4 to 35 times as much as chance would have it (metric.md §2).
What is estimated over several repositories takes its variance from the differences between them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import exp, sqrt

from ledger.domain.student import t_quantile

FARTHEST = 600.0
"""No bound lies farther from its point, as a logarithm: beyond, a float is infinite, and nothing is known anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Sums over repositories of products of their own n, accepted and cost; n, accepted and cost as in `Sums`.

    With them the variance between repositories follows in closed form, whatever the ratio is, as everything else does
    from five sums. Money in USD.
    """

    repositories: int
    """That have a decided change of known cost."""
    cost_cost: float
    cost_accepted: float
    cost_n: float
    accepted_accepted: float
    accepted_n: float
    n_n: float

    @property
    def is_several(self) -> bool:
        """More than one repository: only then does it say anything of how they differ."""
        return self.repositories > 1


Totals = tuple[int, int, float]
"""n, accepted and cost in USD of one repository's changes."""

Clusters = Mapping[Hashable, Mapping[str, Totals]]
"""Stratum → repository → totals of a group's changes of it there; a repository may be in several strata."""


def error_at_mix(parts: Iterable[tuple[float, Totals, Mapping[str, Totals]]], ratio: float) -> tuple[float, int]:
    """(standard error of Σ w·m - ratio·Σ w·p from the differences between repositories, degrees of freedom).

    Of each stratum its weight, its totals, and those of its repositories. A repository's residual is its part of all
    strata together: what it is dearer in one it may be in another (metric.md §2). 0 of freedom: there is only one.
    """
    residuals: dict[str, float] = {}
    for weight, (n, accepted, cost), held in parts:
        centre = (cost - ratio * accepted) / n
        for repository, (its_n, its_accepted, its_cost) in held.items():
            beyond = its_cost - ratio * its_accepted - its_n * centre
            residuals[repository] = residuals.get(repository, 0.0) + weight / n * beyond
    several = len(residuals)
    if several < 2:
        return 0.0, 0
    squares = sum(residuals[repository] ** 2 for repository in sorted(residuals))
    return sqrt(squares * several / (several - 1)), several - 1


def spread_over(changes: Iterable[tuple[str, float, bool]]) -> Spread:
    """The sums over changes, each told as its repository, its cost in USD and whether it was accepted."""
    totals: dict[str, tuple[float, int, int]] = {}
    for repository, cost, accepted in changes:
        c, a, n = totals.get(repository, (0.0, 0, 0))
        totals[repository] = (c + cost, a + accepted, n + 1)
    each = [totals[name] for name in sorted(totals)]
    return Spread(
        repositories=len(each),
        cost_cost=sum(c * c for c, _, _ in each),
        cost_accepted=sum(c * a for c, a, _ in each),
        cost_n=sum(c * n for c, _, n in each),
        accepted_accepted=float(sum(a * a for _, a, _ in each)),
        accepted_n=float(sum(a * n for _, a, n in each)),
        n_n=float(sum(n * n for _, _, n in each)),
    )


def ratio_bounds(ratio: float, accepted: int, spread: Spread, level: float) -> tuple[float, float]:
    """Bounds of cost per accepted change from the differences between repositories (cluster linearisation).

    The residual of a repository is its cost beyond `ratio` for each accepted change. Its standard error is taken
    relative to the ratio, so that no bound falls below zero.
    """
    squares = spread.cost_cost - 2 * ratio * spread.cost_accepted + ratio * ratio * spread.accepted_accepted
    error = sqrt(_between(squares, spread)) / accepted / ratio
    reach = min(FARTHEST, t_quantile(1 - (1 - level) / 2, spread.repositories - 1) * error)
    return ratio * exp(-reach), ratio * exp(reach)


def design_effect(n: int, accepted: int, spread: Spread | None) -> float:
    """How many changes of one repository say as much about acceptance as one of a repository of its own; at least 1."""
    if spread is None or not spread.is_several or not 0 < accepted < n:
        return 1.0
    rate = accepted / n
    squares = spread.accepted_accepted - 2 * rate * spread.accepted_n + rate * rate * spread.n_n
    return max(1.0, _between(squares, spread) / n / (rate * (1 - rate)))


def _between(squares: float, spread: Spread) -> float:
    """The variance of a total, from the squared residuals of its repositories."""
    return max(0.0, squares) * spread.repositories / (spread.repositories - 1)
