"""Values cut into bands of about equally many, of which equal values are never parted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ledger.domain.estimates import FEWEST

MOST = 4
"""Bands of one habit: more would hold too few changes to say anything of."""
Edges = tuple[float, float]
"""The least and the greatest value of a band, both in it."""


def quantile_bands(values: Iterable[float], most: int = MOST, fewest: int = FEWEST) -> tuple[Edges, ...]:
    """At most so many bands with at least so many values each; fewer where values are few or equal, none of too few."""
    counts = sorted(Counter(values).items())
    left = sum(count for _, count in counts)
    wanted = min(most, left // fewest)
    bands: list[Edges] = []
    inside: list[float] = []
    size = 0
    for value, count in counts:
        inside.append(value)
        size += count
        if size >= fewest and size >= left / max(1, wanted - len(bands)):
            bands.append((inside[0], value))
            left, size, inside = left - size, 0, []
    if inside and bands:
        bands[-1] = (bands[-1][0], inside[-1])
    return tuple(bands)
