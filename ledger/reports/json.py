"""Format `json`, number 1: DESIGN's shape; all keys are always there, null is unknown or not shown.

1: first.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from ledger.domain.conclusions import OwnSpend
from ledger.domain.estimates import NO_ESTIMATE, Estimate
from ledger.domain.mixes import Mix
from ledger.domain.money import exact
from ledger.domain.population import bounds_of
from ledger.domain.report import Filters, Group, Report, decided
from ledger.reports.json_figures import unrounded

FORMAT = 1


def render(report: Report, *, width: int = 80, color: bool = False) -> str:  # noqa: ARG001 - for terminals only
    """The report as one JSON object; money is decimal strings in USD."""
    return json.dumps(as_object(report), indent=2, ensure_ascii=True) + "\n"


def as_object(report: Report) -> dict[str, Any]:
    """The object that `render` writes."""
    return {
        "format": FORMAT,
        "as_of": _time(report.as_of),
        "filters": {
            "since": _time(report.filters.since),
            "until": _time(report.filters.until),
            "repository": report.filters.repository,
            "by": report.filters.by,
            "credit": report.filters.credit,
            "whom": report.filters.whom,
            "only": {dimension: list(names) for dimension, names in report.filters.only},
            "fallback_cost_usd": None if report.filters.fallback_nusd is None else exact(report.filters.fallback_nusd),
        },
        "cost_kind": report.cost_kind,
        "population": {
            "basis": sorted({group.sums.basis for group in report.groups}),
            "since": _time(report.filters.since),
            "until": _time(report.filters.until),
            "maturity_days": report.maturity.days,
            "drafts": "in" if report.filters.has_drafts else "out",
        },
        "headline": report.headline,
        "groups": [_group(group, report.filters) for group in (*report.groups, *report.by_part)],
        "at_one_mix": [_mix(mix) for mix in report.mixes],
        "spend": [_spend(row, report.filters.by) for row in (*report.spends, *report.spends_by_part)],
        "spending": {"total_usd": exact(report.spending.total), "unattributed_usd": exact(report.spending.lost)},
        "reconciliation": _reconciliation(report),
        "costs": _costs(report),
        "coverage": _coverage(report),
    }


def _part(part: str | None, by: str) -> dict[str, str | None]:
    """What tells a row from the model's others; null in the row of all of them."""
    named = by.partition(":")[0]
    names = ("task_type", "area", "stakes", "package", "repository", "month", "author", "label")
    return {name: part if name == named else None for name in names}


def _who(group: Group, filters: Filters) -> dict[str, str | None]:
    """Who stands in the row, under the name of what was asked for."""
    asked = "lineup" if filters.credit == "lineup" else filters.whom
    names = ("model", "family", "agent", "provider", "lineup")
    return {name: group.sums.model if name == asked else None for name in names}


def _spend(row: OwnSpend, by: str) -> dict[str, Any]:
    names = ("accepted", "failed", "undecided", "unattributed")
    return {
        "key": {"model": row.model, "role": row.role, **_part(row.part, by)},
        "changes": row.changes,
        "calls": row.calls,
        "calls_unpriced": row.calls_unpriced,
        **{f"{name}_usd": exact(getattr(row, f"{name}_nusd")) for name in names},
        "total_usd": exact(row.nusd),
    }


def _group(group: Group, filters: Filters) -> dict[str, Any]:
    row, found, bounds = group.sums, group.estimate, bounds_of(group)
    attempts = row.attempts / row.accepted if row.accepted and not group.hidden else None
    return {
        "key": {
            "basis": row.basis,
            **_who(group, filters),
            **_part(row.part, filters.by),
        },
        **{name: getattr(row, name) for name in ("n", "accepted", "rejected", "abandoned", "open", "stale", "unknown")},
        "n_cost_known": row.n_cost_known,
        "base": {
            "n": row.base_n,
            "accepted": row.base_accepted,
            "cost_usd": exact(row.base_nusd),
            "cost_sq": _rounded(row.base_cost_sq),
            "cost_accepted_usd": exact(row.base_accepted_nusd),
        },
        "acceptance": unrounded(group.acceptance),
        "acceptance_bounds": {"lo": bounds and bounds.lo, "hi": bounds and bounds.hi},
        "cost_per_accepted": _estimate(found),
        "with_fallback_cost": _estimate(group.fallback or NO_ESTIMATE),
        "repositories": None if row.spread is None else row.spread.repositories,
        "unattributed_usd": exact(row.unattributed_nusd) if row.part is None and filters.has_strays else None,
        "all_in_per_accepted": _usd(group.all_in),
        "verified": row.verified,
        "durable": row.durable,
        "reverted": row.reverted,
        "pending": row.pending,
        "first_pass": {"yes": row.first_pass_yes, "no": row.first_pass_no, "unknown": row.first_pass_unknown},
        "attempts_per_accepted": round(attempts, 4) if attempts is not None and decided(row) else None,
    }


def _estimate(found: Estimate) -> dict[str, str | None]:
    bounds = {name: _usd(getattr(found, name)) for name in ("point", "lo", "hi", "lower_bound")}
    return {**bounds, "strength": found.strength}


def _mix(mix: Mix) -> dict[str, Any]:
    return {
        "basis": mix.basis,
        "covered": round(mix.covered, 4),
        "rows": [
            {
                "name": row.name,
                "cost_per_accepted": {
                    name: _usd(getattr(row.standard.cost_per_accepted, name)) for name in ("point", "lo", "hi")
                },
                "acceptance": _rounded(row.standard.rate),
                "crude_cost_per_accepted": _usd(row.crude),
            }
            for row in mix.rows
        ],
        "reversed": [list(pair) for pair in mix.reversed],
    }


def _reconciliation(report: Report) -> dict[str, Any]:
    buckets = report.buckets
    names = ("accepted", "rejected", "abandoned", "stale", "open", "unknown", "unattributed")
    parts = {name: getattr(buckets, name) for name in names}
    return {
        "total_usd": exact(buckets.total),
        "buckets": {name: exact(nusd) for name, nusd in parts.items()},
        "difference_usd": exact(buckets.total - sum(parts.values())),
    }


def _coverage(report: Report) -> dict[str, Any]:
    coverage = report.coverage
    names = (
        "commits", "commits_without_line", "calls", "calls_unpriced", "calls_placeholder", "calls_estimated",
        "calls_aggregate", "calls_rollup", "calls_told", "calls_duplicate", "changes_cost_unknown", "changes_mixed",
        "changes", "drafts", "type_inferred_weakly", "human_changes", "out_of_scope_sessions", "out_of_scope_calls",
    )  # fmt: skip
    skipped = [{"what": what, "where": where, "why": why} for what, where, why in coverage.skipped]
    booked = {f"{name}_usd": exact(getattr(coverage, f"{name}_nusd")) for name in ("inferred", "weak", "ambiguous")}
    share = round(coverage.type_inferred_weakly / coverage.changes, 4) if coverage.changes else None
    return {
        **{name: getattr(coverage, name) for name in names},
        "type_inferred_weakly_share": share,
        **booked,
        "skipped": skipped,
    }


def _costs(report: Report) -> dict[str, Any]:
    """The kinds of cost beside each other; credits and premium requests are no money."""
    costs = report.costs
    return {
        "list_usd": exact(costs.list_nusd),
        "billed_usd": exact(costs.billed_nusd),
        "proxy_usd": exact(costs.proxy_nusd),
        "reported_usd": exact(costs.told_nusd),
        "credits": exact(costs.nano_credits),
        "premium_requests": exact(costs.nano_premium),
        "seats": [
            {
                "agent": seat.agent,
                "paid_usd": exact(seat.paid),
                "effective_usd": exact(seat.effective),
                "elsewhere_usd": exact(seat.elsewhere),
                "idle_usd": exact(seat.idle),
                "list_usd": exact(seat.listed),
            }
            for seat in costs.seats
        ],
    }


def _rounded(square: float) -> float:
    """Twelve digits: engines add doubles up in their own order."""
    return float(f"{square:.12g}")


def _usd(amount: float | None) -> str | None:
    """An estimate with six decimals: more would be noise."""
    return None if amount is None else f"{Decimal(str(amount)):.6f}"


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
