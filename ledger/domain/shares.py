"""Splitting money so that the parts are the whole."""

from __future__ import annotations

from collections.abc import Sequence


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Integer shares of `amount` in proportion to `weights`, by largest remainder; they sum to `amount` exactly.

    Equal remainders go to the earlier share. Weights that are all 0 count as equal.
    """
    weights = weights if any(weights) else [1] * len(weights)
    total = sum(weights)
    shares = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % total), place))
    for place in order[: amount - sum(shares)]:
        shares[place] += 1
    return shares
