"""What reached no change: for a screen by reason with its remedy, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.domain.money import exact, known, shown, usd
from ledger.domain.screen import counted, plain
from ledger.domain.unattributed import Leftover, Reason, Unattributed

FORMAT = 1
_MOST = 10
"""Sums told of each reason on the screen."""
_LONGEST = 400


def render(found: Unattributed, form: str) -> str:
    """The text of format `table` or `json`."""
    if form == "json":
        return json.dumps(_object(found), indent=2, ensure_ascii=True) + "\n"
    return "".join(f"{plain(line, _LONGEST)}\n" for line in _lines(found))


def _lines(found: Unattributed) -> Iterator[str]:
    if not found.reasons:
        yield "Every call reached a change."
        return
    share = f", {found.nusd / found.total_nusd:.1%} of all calls' {shown(usd(found.total_nusd))}" if found.nusd else ""
    yield f"{shown(usd(found.nusd))} reached no change{share}."
    for reason in found.reasons:
        yield ""
        yield from _reason(reason)


def _reason(reason: Reason) -> Iterator[str]:
    yield f"{_spent(reason.rows)} in {counted(reason.calls, 'call')}: {reason.reason or 'no reason was kept'}"
    yield f"  {reason.remedy}"
    yield from (f"    {_row(row)}" for row in reason.rows[:_MOST])
    rest = reason.rows[_MOST:]
    if rest:
        yield f"    {_spent(rest)} in {counted(len(rest), 'smaller sum')}"


def _spent(rows: Sequence[Leftover]) -> str:
    return "cost unknown" if _is_unknown(rows) else shown(usd(sum(row.nusd for row in rows)))


def _exact(rows: Sequence[Leftover]) -> str | None:
    return None if _is_unknown(rows) else exact(sum(row.nusd for row in rows))


def _is_unknown(rows: Sequence[Leftover]) -> bool:
    nusd, calls, unpriced = (sum(getattr(row, name) for row in rows) for name in ("nusd", "calls", "calls_unpriced"))
    return known(nusd, calls, unpriced) is None


def _row(row: Leftover) -> str:
    days = row.first_on if row.first_on == row.last_on else f"{row.first_on} to {row.last_on}"
    unpriced = f", {row.calls_unpriced:,} without a price" if row.calls_unpriced else ""
    agent = f" in {plain(row.agent, 40)}" if row.agent else ""
    branch = f", branch {plain(row.branch, 60)}" if row.branch else ""
    session = f"session {plain(row.session, 60)}" if row.session else "no session"
    return (
        f"{_spent([row])}  {counted(row.calls, 'call')}{unpriced}, {days}, "
        f"{plain(row.model, 60) or '(model unknown)'}{agent}{branch}, {session}, {plain(row.repository, 60)}"
    )


def _object(found: Unattributed) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "unattributed_usd": exact(found.nusd),
        "total_usd": exact(found.total_nusd),
        "reasons": [
            {
                "reason": reason.reason,
                "remedy": reason.remedy,
                "calls": reason.calls,
                "cost_usd": _exact(reason.rows),
                "sums": [_sum(row) for row in reason.rows],
            }
            for reason in found.reasons
        ],
    }


def _sum(row: Leftover) -> dict[str, Any]:
    named = {name: getattr(row, name) or None for name in ("repository", "session", "agent", "model", "branch")}
    counts = {name: getattr(row, name) for name in ("first_on", "last_on", "calls", "calls_unpriced")}
    return {**named, **counts, "cost_usd": _exact([row])}
