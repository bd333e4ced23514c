"""Figures as JSON has them: money as decimal strings, ratios with as many digits as say something; null is unknown."""

from __future__ import annotations

from typing import Any

from ledger.domain.estimates import Estimate, Interval

_POINTS = ("point", "lo", "hi")


def usd_text(value: float | None) -> str | None:
    """An estimate in USD with six decimals: more would be noise."""
    return None if value is None else f"{value:.6f}"


def rounded(value: float | None) -> float | None:
    """Six digits that say something."""
    return None if value is None else float(f"{value:.6g}")


def interval(found: Interval) -> dict[str, float | None]:
    """A ratio or a share with its bounds, rounded."""
    return {name: rounded(getattr(found, name)) for name in _POINTS}


def unrounded(found: Interval) -> dict[str, float | None]:
    """The same to the last digit."""
    return {name: getattr(found, name) for name in _POINTS}


def money(found: Interval | Estimate) -> dict[str, str | None]:
    """USD with its bounds."""
    return {name: usd_text(getattr(found, name)) for name in _POINTS}


def bounded(found: Estimate) -> dict[str, str | None]:
    """Cost per accepted change with its bounds, or its lower one where nothing was accepted."""
    return {**money(found), "lower_bound": usd_text(found.lower_bound)}


def estimated(found: Estimate) -> dict[str, Any]:
    """The same, and how sure it is."""
    return {**bounded(found), "strength": found.strength}
