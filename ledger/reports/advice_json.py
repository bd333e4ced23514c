"""The evidence before a choice as JSON, format 1; all keys are always there, null is unknown or not shown."""

from __future__ import annotations

import json
from typing import Any

from ledger.domain.advised import headline, notes
from ledger.domain.advising import Advice, Ranking, Rung, Tried, is_close
from ledger.domain.second import Second
from ledger.reports.json_figures import estimated, interval, rounded, usd_text

FORMAT = 1


def render(found: Advice, *, width: int = 80, color: bool = False) -> str:  # noqa: ARG001 - for terminals only
    """The evidence as one JSON object."""
    return json.dumps(as_object(found), indent=2, ensure_ascii=True) + "\n"


def as_object(found: Advice) -> dict[str, Any]:
    """The object that `render` writes."""
    return {
        "format": FORMAT,
        "as_of": found.as_of.isoformat(),
        "asked": {"task_type": found.asked.task_type, "area": found.asked.area, "stakes": found.asked.stakes},
        "verdict": found.verdict,
        "headline": headline(found),
        "cost": found.cost,
        "basis": found.basis,
        "steps": [_step(each, is_told=place == found.at) for place, each in enumerate(found.rungs)],
        "models": _ranking(found.models),
        "lineups": _ranking(found.lineups),
        "not_pooled": {basis: found.elsewhere.get(basis, 0) for basis in ("request", "branch", "trunk")},
        "hidden": found.hidden or None,
        "notes": list(notes(found)),
    }


def _step(each: Rung, *, is_told: bool) -> dict[str, Any]:
    return {
        "words": each.step.words,
        "chosen_by": {dimension: list(names) for dimension, names in each.step.only},
        "is_other_work": each.step.is_other_work,
        "n": each.n,
        "base_n": each.base_n,
        "comparable": each.ranked,
        "is_told": is_told,
    }


def _ranking(ranking: Ranking) -> dict[str, Any]:
    return {
        "order": ranking.order,
        "covered": rounded(ranking.covered),
        "alike": list(ranking.alike),
        "is_close": is_close(ranking),
        "needed": ranking.needed,
        "rows": [_row(each, ranking) for each in ranking.tried],
    }


def _row(each: Tried, ranking: Ranking) -> dict[str, Any]:
    group, tries = each.group, each.retries
    return {
        "name": each.name,
        "n": group.sums.n,
        "accepted": group.sums.accepted,
        "base": {"n": group.base.n, "accepted": group.base.accepted},
        "acceptance": interval(group.acceptance),
        "cost_per_accepted": estimated(group.estimate),
        "ordered_by_usd": usd_text(ranking.points.get(each.name)) if each.name else None,
        "attempts_per_accepted": rounded(tries.per_accepted(tries.attempts)) if tries else None,
        "failed_runs_per_accepted": rounded(tries.per_accepted(tries.failed_runs)) if tries else None,
        "second_review": None if each.review is None else _review(each.review),
        "per_extra_accepted_usd": usd_text(each.per_extra),
        "hidden": group.hidden or None,
    }


def _review(review: Second) -> dict[str, Any]:
    return {
        "reviewed": {"n": review.reviewed.n, "accepted": review.reviewed.accepted},
        "alone": {"n": review.alone.n, "accepted": review.alone.accepted},
        "aside": review.aside,
        "review_usd": usd_text(review.review_cost),
        "other_usd": usd_text(review.other_cost),
        "gain": interval(review.gain),
        "break_even": rounded(review.break_even),
        "verdict": review.verdict or None,
    }
