"""What is shown of each band of a habit: acceptance, attempts and cost per accepted change at one mix of task types."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from ledger.domain.estimates import NO_ESTIMATE, Estimate, Interval, estimate, wilson
from ledger.domain.habits import Band, Found, Tally
from ledger.domain.standard import Standard, standardise
from ledger.domain.student import t_quantile

_NORMAL = 1.959963984540054
_TWO_SIDED = 0.975
NOTHING = Interval(None, None, None)


@dataclass(frozen=True, slots=True)
class Figures:
    """One band at the mix of what all bands of its habit worked on, with intervals at 95 %."""

    acceptance: Interval
    """Share accepted of the decided."""
    attempts: Interval
    """Per decided change."""
    cost: Interval
    """USD per accepted change; without a point where too little is known."""
    crude: Estimate
    """USD per accepted change, whatever they worked on."""


def figures(found: Found, mix: Mapping[Hashable, int]) -> list[Figures]:
    """Of each band, in their order; nothing at the mix where the bands have no task type in common."""
    kinds = [kind for kind in mix if all(kind in band.by_type for band in found.bands)]
    weight = sum(mix[kind] for kind in kinds)
    weights = [mix[kind] / weight for kind in kinds]
    costs = standardise({str(place): band.strata for place, band in enumerate(found.bands)}, mix)
    return [
        _figures(band, [band.by_type[str(kind)] for kind in kinds], weights, costs.get(str(place)))
        for place, band in enumerate(found.bands)
    ]


def crude_cost(band: Band) -> Estimate:
    """USD per accepted change as they are; none where the cost of fewer than half is known."""
    sums = band.crude
    return estimate(sums) if sums.n and 2 * sums.n >= band.n else NO_ESTIMATE


def _figures(band: Band, tallies: Sequence[Tally], weights: Sequence[float], cost: Standard | None) -> Figures:
    crude = crude_cost(band)
    return Figures(
        _acceptance(tallies, weights),
        _attempts(tallies, weights),
        cost.cost_per_accepted if cost and crude.point is not None else NOTHING,
        crude,
    )


def _acceptance(tallies: Sequence[Tally], weights: Sequence[float]) -> Interval:
    """Wilson's interval for as many changes as the weighted ones are worth."""
    if not tallies:
        return NOTHING
    rate = sum(weight * tally.accepted / tally.n for weight, tally in zip(weights, tallies, strict=True))
    worth = 1 / sum(weight * weight / tally.n for weight, tally in zip(weights, tallies, strict=True))
    return Interval(rate, *wilson(min(1.0, rate) * worth, worth, _NORMAL))


def _attempts(tallies: Sequence[Tally], weights: Sequence[float]) -> Interval:
    """Student's interval of the weighted mean; without bounds where no task type has two changes."""
    freedom = sum(tally.n - 1 for tally in tallies)
    if not tallies:
        return NOTHING
    mean = sum(weight * tally.attempts / tally.n for weight, tally in zip(weights, tallies, strict=True))
    if not freedom:
        return Interval(mean, None, None)
    squares = sum(max(0.0, tally.attempts_sq - tally.attempts**2 / tally.n) for tally in tallies)
    variance = squares / freedom * sum(w * w / tally.n for w, tally in zip(weights, tallies, strict=True))
    reach = t_quantile(_TWO_SIDED, freedom) * sqrt(variance)
    return Interval(mean, max(0.0, mean - reach), mean + reach)
