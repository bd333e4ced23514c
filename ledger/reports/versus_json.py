"""A comparison of two as JSON, format 1; all keys are always there, null is unknown or not shown."""

from __future__ import annotations

import json
from typing import Any

from ledger.domain.report import Group
from ledger.domain.standard import Standard
from ledger.domain.versus import AtOneMix, Contest, Pair
from ledger.reports.json_figures import estimated, interval, money, rounded, usd_text

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
        "ratio": interval(comparison.ratio),
        "p": rounded(comparison.p),
        "is_different": comparison.is_different,
        "is_close": comparison.is_close,
        "needed": comparison.needed,
        "more_accepted": interval(comparison.more_accepted),
        "per_extra_accepted": usd_text(comparison.per_extra),
        "hidden": found.hidden or None,
    }


def _group(group: Group | None) -> dict[str, Any] | None:
    if group is None:
        return None
    return {
        "n": group.sums.n,
        "base": {"n": group.base.n, "accepted": group.base.accepted},
        "acceptance": interval(group.acceptance),
        "cost_per_accepted": estimated(group.estimate),
    }


def _mix(mix: AtOneMix) -> dict[str, Any]:
    return {
        "covered": rounded(mix.covered),
        "one": _standard(mix.one),
        "other": _standard(mix.other),
        "ratio": interval(mix.ratio),
        "per_extra_accepted": usd_text(mix.per_extra),
    }


def _standard(figure: Standard) -> dict[str, Any]:
    found = figure.cost_per_accepted
    return {
        "cost_per_accepted": money(found),
        "acceptance": rounded(figure.rate),
    }
