"""Quantiles of Student's t, from the standard library alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import exp, lgamma, log, log1p

_Measure = Callable[[float, float], float]
_TINY = 1e-300
_CENTRE = 0.25
"""Nearer than this to one half, the probability is measured from zero: a tail would lose the digits that count."""
_LARGE = 64.0
"""From here on the gamma function's ratio is a short series; the difference of logarithms would lose digits."""


@lru_cache(maxsize=4096)
def t_quantile(probability: float, freedom: float) -> float:
    """The value that Student's t with `freedom` degrees stays below with `probability`; to about 1e-11, relative.

    Raises ValueError for a probability outside (0, 1) or degrees that are not positive.
    """
    if not 0 < probability < 1 or freedom <= 0:
        raise ValueError("a probability lies between 0 and 1, degrees of freedom are positive")
    if probability == 0.5:
        return 0.0
    tail = min(probability, 1 - probability)
    value = _reaching(0.5 - tail, freedom, _middle) if tail > _CENTRE else _reaching(-tail, freedom, _minus_tail)
    return value if probability > 0.5 else -value


def _reaching(wanted: float, freedom: float, measure: _Measure) -> float:
    """The t >= 0 at which an increasing measure comes to what is wanted, by bisection."""
    low, high = 0.0, 1.0
    while measure(high, freedom) < wanted:
        low, high = high, high * 2
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if measure(middle, freedom) < wanted else (low, middle)
    return (low + high) / 2


def _middle(t: float, freedom: float) -> float:
    """P(0 < T < t)."""
    return 0.5 * incomplete_beta(t * t / (freedom + t * t), 0.5, freedom / 2)


def _minus_tail(t: float, freedom: float) -> float:
    """-P(T > t)."""
    return -0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(_log_inverse_beta(a, b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _log_inverse_beta(a: float, b: float) -> float:
    """-ln B(a, b); of the two, one is one half here."""
    large, small = max(a, b), min(a, b)
    if large < _LARGE or small != 0.5:
        return lgamma(a + b) - lgamma(a) - lgamma(b)
    square = large * large
    series = (1 / 8 - (1 / 192 - (1 / 640 - 17 / 14336 / square) / square) / square) / large
    return 0.5 * log(large) - series - lgamma(0.5)


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's evaluation of the continued fraction."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 10_000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + numerator * d)
            c = _away(1 + numerator / c)
            value *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return value


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
