"""A comparison of two as JSON, format 1; all keys are always there, null is unknown or not shown."""

from __future__ import annotations

import json
from typing import Any

from ledger.domain.estimates import Interval
from ledger.domain.report import Group
from ledger.domain.standard import Standard
from ledger.domain.versus import AtOneMix, Contest, Pair

FORMAT = 1


def render(contest: Contest, *, width: int = 80, color: bool = False) -> str:  # noqa: ARG001 - for terminals only
    """The comparison as one JSON object; ratios are of the first to the second."""
    return json.dumps(as_object(contest), indent=2, ensure_ascii=True) + "\n"


def as_object(contest: Contest) -> dict[str, Any]:
    """The object that `render` writes."""
    return {
        "format": FORMAT,
        "as_of": contest.as_of.isoformat(),
        "of": contest.dimension,
        "one": contest.one,
        "other": contest.other,
        "by": contest.by,
        "cost": contest.cost,
        "headline": contest.headline,
        "bases": [
            {
                "basis": found.basis,
                "whole": _pair(found.whole),
                "parts": [_pair(each) for each in found.parts],
                "at_one_mix": None if found.mix is None else _mix(found.mix),
                "is_reversed": found.is_reversed,
            }
            for found in contest.bases
        ],
        "on_trunk": contest.on_trunk,
    }


def _pair(found: Pair) -> dict[str, Any]:
    comparison = found.comparison
    return {
        "part": found.part,
        "one": _group(found.one),
        "other": _group(found.other),
        "ratio": _interval(comparison.ratio),
        "p": _rounded(comparison.p),
        "is_different": comparison.is_different,
        "is_close": comparison.is_close,
        "needed": comparison.needed,
        "more_accepted": _interval(comparison.more_accepted),
        "per_extra_accepted": _usd(comparison.per_extra),
        "hidden": found.hidden or None,
    }


def _group(group: Group | None) -> dict[str, Any] | None:
    if group is None:
        return None
    names = ("point", "lo", "hi", "lower_bound")
    return {
        "n": group.sums.n,
        "base": {"n": group.base.n, "accepted": group.base.accepted},
        "acceptance": _interval(group.acceptance),
        "cost_per_accepted": {
            **{name: _usd(getattr(group.estimate, name)) for name in names},
            "strength": group.estimate.strength,
        },
    }


def _mix(mix: AtOneMix) -> dict[str, Any]:
    return {
        "covered": _rounded(mix.covered),
        "one": _standard(mix.one),
        "other": _standard(mix.other),
        "ratio": _interval(mix.ratio),
        "per_extra_accepted": _usd(mix.per_extra),
    }


def _standard(figure: Standard) -> dict[str, Any]:
    found = figure.cost_per_accepted
    return {
        "cost_per_accepted": {name: _usd(getattr(found, name)) for name in ("point", "lo", "hi")},
        "acceptance": _rounded(figure.rate),
    }


def _interval(found: Interval) -> dict[str, float | None]:
    return {name: _rounded(getattr(found, name)) for name in ("point", "lo", "hi")}


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _usd(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"
