"""The sums that found no change: what they are made of, why, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.domain.grouping import group
from ledger.domain.reasons import remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """The calls of one session, agent, model and branch that reached no change for one reason."""

    repository: str
    reason: str
    session: str
    """'' for calls that name none; '' likewise below."""
    agent: str
    model: str
    branch: str
    first_on: str
    """YYYY-MM-DD, UTC."""
    last_on: str
    calls: int
    calls_unpriced: int
    nusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """All that was left for one reason."""

    reason: str
    remedy: str
    calls: int
    nusd: int
    rows: tuple[Leftover, ...]
    """The largest sum first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattributed:
    """Everything that reached no change; the largest reason first."""

    nusd: int
    total_nusd: int
    """Of all calls, so that the share can be told."""
    reasons: tuple[Reason, ...]


def unattributed(rows: Iterable[Leftover], total_nusd: int) -> Unattributed:
    """The rows by reason, both by size."""
    found = [_reason(reason, part) for reason, part in group(rows, lambda row: row.reason).items()]
    return Unattributed(
        nusd=sum(reason.nusd for reason in found),
        total_nusd=total_nusd,
        reasons=tuple(sorted(found, key=lambda reason: (-reason.nusd, -reason.calls, reason.reason))),
    )


def _reason(reason: str, rows: Iterable[Leftover]) -> Reason:
    ordered = sorted(
        rows, key=lambda row: (-row.nusd, -row.calls, row.first_on, row.session, row.agent, row.model, row.branch)
    )
    return Reason(
        reason=reason,
        remedy=remedy(reason),
        calls=sum(row.calls for row in ordered),
        nusd=sum(row.nusd for row in ordered),
        rows=tuple(ordered),
    )
