"""Quantiles against scipy's, far into the tails and around the middle."""

from __future__ import annotations

import pytest
from scipy.special import stdtrit

from ledger.domain.student import incomplete_beta, t_quantile

PROBABILITIES = (1e-9, 1e-6, 1e-3, 0.01, 0.025, 0.1, 0.249, 0.25, 0.4, 0.49, 0.6, 0.7501, 0.9, 0.975, 0.9995, 1 - 1e-9)


@pytest.mark.parametrize("freedom", [0.5, 1, 1.5, 2, 2.7, 3, 4, 5, 9, 19, 99, 127, 128, 129, 999, 1e4, 1e6])
def test_quantiles_agree_with_scipy(freedom: float) -> None:
    for probability in PROBABILITIES:
        wanted = float(stdtrit(freedom, probability))
        assert t_quantile(probability, freedom) == pytest.approx(wanted, rel=1e-9), probability


def test_quantiles_are_symmetric_and_begin_at_nothing() -> None:
    assert t_quantile(0.5, 3) == 0
    assert [t_quantile(1 - p, 7) for p in (0.125, 0.375)] == [-t_quantile(p, 7) for p in (0.125, 0.375)]


@pytest.mark.parametrize(("probability", "freedom"), [(0, 1), (1, 1), (-1, 1), (0.5, 0), (0.5, -1)])
def test_what_is_no_probability_or_no_freedom_is_refused(probability: float, freedom: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        t_quantile(probability, freedom)


def test_the_ends_of_the_beta_function() -> None:
    assert (incomplete_beta(0, 2, 3), incomplete_beta(1, 2, 3)) == (0, 1)
    assert incomplete_beta(0.5, 2, 2) == pytest.approx(0.5)
