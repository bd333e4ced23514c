"""Changes as they are concluded, written straight into a ledger: for what only adds them up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from ledger.domain.conclusions import Attempt, CallSum, Change, Charge
from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.facts import Repository
from ledger.store.engine import Ledger

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OPENED = datetime(2026, 3, 1, tzinfo=UTC)
_NANO = 10**9


def change(number: int, cost: float, outcome: str = "accepted", **fields: Any) -> Change:
    """A decided request of a model at a cost in USD; any field may be told."""
    nusd = round(cost * _NANO)
    opened = fields.get("opened_at", OPENED)
    told: dict[str, Any] = {
        "id": f"{fields.get('repository_id', 'R')}/request:{number}",
        "repository_id": "R",
        "basis": "request",
        "number": number,
        "branch": f"b{number}",
        "title": f"change {number}",
        "opened_at": opened,
        "state": {"accepted": "landed", "rejected": "closed"}.get(outcome, "undecided"),
        "decided_at": opened + timedelta(days=1) if outcome in ("accepted", "rejected") else None,
        "stale_at": opened + timedelta(days=14),
        "is_forge_known": True,
        "is_draft": False,
        "task_type": "feat",
        "type_source": "title",
        "area": "none",
        "stakes": "normal",
        "package": "none",
        "has_second_review": False,
        "has_model": True,
        "lead_model": "opus",
        "lead_agent": "claude-code",
        "lead_provider": "anthropic",
        "lead_family": "claude",
        "lead_evidence": "only",
        "first_model": fields.get("lead_model", "opus"),
        "lineup": fields.get("lead_model", "opus") or "",
        "cost_known": "known",
        "nusd": nusd,
        "cost_sq": (nusd / _NANO) ** 2,
        "nusd_implement": nusd,
        "nusd_review": 0,
        "nusd_scout": 0,
        "calls": 1,
        "calls_unpriced": 0,
        "attempts": 1,
        "failed_runs": 0,
    }
    texts = ("areas", "stakes_by", "packages")
    empty = (
        "landed_oid",
        "landed_by",
        "abandoned_at",
        "durable_at",
        "reverted_at",
        "is_verified",
        "first_pass",
        "added",
    )
    return Change(**{**dict.fromkeys(empty), "deleted": None, **dict.fromkeys(texts, ""), **told, **fields})


def attempt(of: Change, number: int, cost: float, ended_by: str = "end", model: str = "opus") -> Attempt:
    """A try at a change."""
    return Attempt(
        change_id=of.id, number=number, model=model, started_at=OPENED, ended_by=ended_by, nusd=round(cost * _NANO)
    )


def charge(of: Change, rule: str = "file") -> Charge:
    """All of its cost, as one charge."""
    told: dict[str, Any] = dict.fromkeys(("session", "role_evidence", "reason", "branch"), "")
    nothing: dict[str, Any] = dict.fromkeys(("calls_placeholder", "cache_read", "cache_write_5m", "cache_write_1h"), 0)
    return Charge(
        id=of.id,
        repository_id=of.repository_id,
        change_id=of.id,
        attempt=1,
        agent=of.lead_agent or "",
        model=of.lead_model or "",
        provider=of.lead_provider or "",
        role="implement",
        rule=rule,
        occurred_on=f"{of.opened_at:%Y-%m-%d}",
        calls=1,
        calls_unpriced=0,
        nusd=of.nusd,
        list_nusd=of.nusd,
        parts_unpaid=1,
        first_at=of.opened_at,
        last_at=of.opened_at,
        input=1,
        output=1,
        **told,
        **nothing,
    )


def _calls(changes: Sequence[Change]) -> CallSum:
    """The calls of all of them."""
    nusd = sum(row.nusd for row in changes)
    nothing = dict.fromkeys(("calls_unpriced", "calls_placeholder", "calls_reported", "calls_duplicate"), 0)
    return CallSum(
        repository_id=changes[0].repository_id,
        occurred_on="2026-03-01",
        agent="claude-code",
        model_raw="opus",
        calls=len(changes),
        nusd=nusd,
        list_nusd=nusd,
        **nothing,
    )


def fill(
    ledger: Ledger,
    changes: Iterable[Change],
    attempts: Iterable[Attempt] = (),
    booked: Callable[[Change], Charge] = charge,
    called: Callable[[str], str] = "owner/{}".format,
) -> None:
    """The ledger with these conclusions, repositories `called` by their ids, each change's cost `booked` to it."""
    ordered = sorted(changes, key=lambda row: (row.repository_id, row.id))
    tries = list(attempts)
    with ledger.write() as writing:
        for repository, rows in groupby(ordered, key=lambda row: row.repository_id):
            mine = list(rows)
            ids = {row.id for row in mine}
            writing.post([Repository(id=repository, name=called(repository))])
            writing.replace_derived("change", repository, mine)
            writing.replace_derived("charge", repository, [booked(row) for row in mine])
            writing.replace_derived("call_sum", repository, [_calls(mine)])
            writing.replace_derived("attempt", repository, [each for each in tries if each.change_id in ids])
        writing.set_time("posted_at", NOW)
        writing.derived(DERIVATION_VERSION)
