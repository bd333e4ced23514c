"""Rules replayed over past changes as JSON, format 1; all keys are always there, null is unknown or not told."""

from __future__ import annotations

import json
from typing import Any

from ledger.domain.against import Against, Side
from ledger.domain.backtest import Backtest, Cell, Replay, Whole
from ledger.domain.backtested import headline, label, notes
from ledger.domain.money import exact
from ledger.domain.started import Stratum
from ledger.reports.json_figures import estimated, interval, money, rounded, usd_text

FORMAT = 1


def render(found: Backtest, *, width: int = 80, color: bool = False) -> str:  # noqa: ARG001 - for terminals only
    """The replay as one JSON object."""
    return json.dumps(as_object(found), indent=2, ensure_ascii=True) + "\n"


def as_object(found: Backtest) -> dict[str, Any]:
    """The object that `render` writes."""
    has_figures = not found.hidden
    return {
        "format": FORMAT,
        "as_of": found.as_of.isoformat(),
        "observational": True,
        "credit": "first",
        "headline": headline(found),
        "cost": found.cost,
        "basis": found.basis,
        "decided": found.decided,
        "unknown_starter": found.unknown_starter,
        "unknown_cost": found.unknown_cost,
        "not_pooled": {basis: found.elsewhere.get(basis, 0) for basis in ("request", "branch", "trunk")},
        "hidden": found.hidden or None,
        "rules": [
            {
                "rule": str(aim.rule),
                "goes_by": {key: list(names) for key, names in aim.rule.wanted.items()},
                "model": aim.name,
                "models": sorted(aim.models),
                "is_idle": aim in found.rules.idle,
            }
            for aim in found.rules.aims
        ],
        "replay": _replay(found.rules, found) if has_figures else None,
        "always": [{"model": each.aims[0].name, **_replay(each, found)} for each in found.always if has_figures],
        "fallback": _fallback(found) if has_figures else None,
        "notes": list(notes(found)),
    }


def _fallback(found: Backtest) -> dict[str, Any] | None:
    if found.fallback_nusd is None:
        return None
    return {"usd": exact(found.fallback_nusd), "whole": _whole(found.at_fallback)}


def _replay(replay: Replay, found: Backtest) -> dict[str, Any]:
    return {
        "covered": rounded(replay.covered),
        "whole": _whole(replay.whole),
        "work": [_cell(cell, found) for cell in replay.cells],
    }


def _whole(whole: Whole | None) -> dict[str, Any] | None:
    if whole is None:
        return None
    return {
        "verdict": whole.against.verdict,
        "rules": _side(whole.rules),
        "happened": _side(whole.happened),
        "against": _against(whole.against),
        "crude_ratio": interval(whole.crude.alone),
        "is_misleading": whole.is_misleading,
        "per_extra_accepted_usd": usd_text(whole.per_extra),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "cost_per_change_usd": usd_text(side.mean),
        "acceptance": interval(side.acceptance),
        "cost_per_accepted": money(side.cost),
        "attempts_per_accepted": rounded(side.attempts),
        "failed_runs_per_accepted": rounded(side.failed_runs),
    }


def _against(against: Against | None) -> dict[str, Any] | None:
    if against is None:
        return None
    return {
        "cost": against.cost,
        "acceptance": against.acceptance,
        "ratio": interval(against.ratio),
        "ratio_alone": interval(against.alone),
        "more_accepted": interval(against.more),
        "more_accepted_alone": interval(against.more_alone),
        "is_close": against.is_close,
        "times_needed": rounded(against.times),
    }


def _cell(cell: Cell, found: Backtest) -> dict[str, Any]:
    row = cell.stratum
    return {
        "words": label(row.kind, found.repositories),
        "known": dict(row.kind.known),
        "repository": found.repositories.get(row.kind.repository),
        "rule": None if row.rule is None else row.rule + 1,
        "share": rounded(cell.share),
        "decided": row.weight,
        "own": {"decided": row.own_decided, "n": row.own.n, "accepted": row.own.accepted},
        "others": {"decided": row.others_decided, "n": row.others.n, "accepted": row.others.accepted},
        "verdict": cell.verdict,
        "acceptance": interval(cell.own_acceptance),
        "cost_per_accepted": estimated(cell.own),
        "happened_acceptance": interval(cell.happened_acceptance),
        "happened_cost_per_accepted": estimated(cell.happened),
        **_tries(row),
        "against": _against(cell.against),
        "needed": cell.needed,
    }


def _tries(row: Stratum) -> dict[str, float | None]:
    per = row.per_accepted
    return {
        "attempts_per_accepted": rounded(per[0].attempts) if per else None,
        "failed_runs_per_accepted": rounded(per[0].failed_runs) if per else None,
        "happened_attempts_per_accepted": rounded(per[1].attempts) if per else None,
        "happened_failed_runs_per_accepted": rounded(per[1].failed_runs) if per else None,
    }
