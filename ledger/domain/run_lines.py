"""`ledger run`'s line in the journal: all that is known of a run, so that it is not lost while no database takes it.

v=1  at=EPOCH  micros=  event=run  run=  attempt=  oid=  name=  conclusion=  tests= … evidence=  reported=  dirty=1
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from ledger.domain.forge_facts import Run

_COUNTS = ("tests", "failures", "errors", "skipped", "flaky", "duration_ms")
_WORDS = ("run", "oid", "name", "conclusion", "evidence", "reported")
_CONCLUSIONS = ("passed", "failed", "cancelled", "skipped", "unknown")
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


def run_fields(run: Run) -> dict[str, str]:
    """What a line says of a run, but for its second; counts that are unknown are left out."""
    told = {name: str(getattr(run, name)) for name in (*_WORDS, "attempt")}
    counts = {name: str(count) for name in _COUNTS if (count := getattr(run, name)) is not None}
    return {**told, **counts, "micros": str(run.at.microsecond), "dirty": "1" if run.is_dirty else ""}


def run_told(fields: Mapping[str, str], repository_id: str, second: datetime) -> Run:
    """The run that a line of `second` tells of; raises ValueError in words where it names none."""
    words = {name: fields.get(name, "") for name in _WORDS}
    if not words["run"] or not _OID.fullmatch(words["oid"]) or words["conclusion"] not in _CONCLUSIONS:
        raise ValueError("it names no run, no commit, or no way that a run can end")
    return Run(
        repository_id=repository_id,
        attempt=_count(fields.get("attempt", "")) or 1,
        request_number=None,
        is_required=False,
        is_dirty=fields.get("dirty") == "1",
        at=second + timedelta(microseconds=min(_count(fields.get("micros", "")) or 0, 999_999)),
        tests=_count(fields.get("tests", "")),
        failures=_count(fields.get("failures", "")),
        errors=_count(fields.get("errors", "")),
        skipped=_count(fields.get("skipped", "")),
        flaky=_count(fields.get("flaky", "")),
        duration_ms=_count(fields.get("duration_ms", "")),
        **words,
    )


def _count(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
