"""Short ways to make the sums that clones tell of their sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ledger.domain.usage import Sum, Usage, session_key
from tests.domain.building import START

A, B = "a" * 40, "b" * 40


def told(**given: Any) -> Sum:
    """Three calls of two cents on the commit A."""
    words = {"day": "2026-03-01", "at": START.isoformat(), "commit": A, "request": "", "agent": "claude-code"}
    words |= {"model": "claude-opus-4-8", "provider": "anthropic", "role": "implement", "role_evidence": "inferred"}
    figures = {"calls": 3, "calls_unpriced": 0, "calls_placeholder": 0, "nusd": 20, "list_nusd": 20, "paid_nusd": 0}
    figures |= {"parts_unlisted": 0, "parts_unpaid": 3, "input": 10, "cache_read": 1, "cache_write_5m": 0}
    figures |= {"cache_write_1h": 0, "output": 5}
    return Sum(**{**words, "rule": "printed-id", "reason": "", **figures, **given})


def usage(session: str = "s1", *sums: Sum, clone: str = "c1", hours: float = 0) -> Usage:
    """What a clone tells of a session: these sums, or `told()`."""
    rows = tuple(each.row() for each in sums or (told(),))
    at = START + timedelta(hours=hours)
    return Usage(repository_id="R", clone_id=clone, session=session_key(session), sums=rows, at=at)
