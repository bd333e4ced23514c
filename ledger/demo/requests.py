"""Requests and CI runs as entries: what a forge and its CI would send, in the portable form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ledger.demo.history import ALIAS, Made
from ledger.demo.plan import PlannedChange, PlannedRun, Scenario, Turn

_TESTS = 214
"""How many tests the demo's CI runs."""


def write_requests(scenario: Scenario, made: Made, path: Path) -> int:
    """The number of entries written to `path`, one a line."""
    lines = [json.dumps(entry, separators=(",", ":")) for entry in _entries(scenario, made)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)


def _entries(scenario: Scenario, made: Made) -> Iterator[dict[str, Any]]:
    for change in scenario.changes:
        yield _entry("request", _request(change, made))
        yield from _events(change, made)
        for turn in change.turns:
            for run in turn.runs:
                yield _entry("run", _run(change, turn, run, made))


def _entry(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"v": 1, "kind": kind, "repository": [ALIAS], "body": body}


def _request(change: PlannedChange, made: Made) -> dict[str, Any]:
    landed = change.outcome == "accepted"
    return {
        "number": change.number,
        "title": change.title,
        "opened_at": _time(change.opened_at),
        "merged_at": _time(change.decided_at) if landed else None,
        "closed_at": _time(change.decided_at),
        "head_ref": change.branch,
        "head_oid": made.heads[change.number],
        "base_ref": "main",
        "merge_oid": made.landings.get(change.number, ""),
        "labels": list(change.labels),
    }


def _events(change: PlannedChange, made: Made) -> Iterator[dict[str, Any]]:
    """Reviews by a second model leave a verdict on the request."""
    for turn in change.turns:
        if turn.role == "review" and turn.commit:
            yield _entry(
                "event",
                {
                    "subject": f"request:{change.number}",
                    "kind": "reviewed",
                    "at": _time(turn.commit.at),
                    "verdict": "approved" if change.outcome == "accepted" else "commented",
                    "oid": made.commits[turn.commit],
                },
            )


def _run(change: PlannedChange, turn: Turn, run: PlannedRun, made: Made) -> dict[str, Any]:
    assert turn.commit is not None  # noqa: S101 - a run is planned for a commit only
    return {
        "run": f"test/{made.commits[turn.commit][:12]}",
        "attempt": run.attempt,
        "oid": made.commits[turn.commit],
        "request_number": change.number,
        "name": "test",
        "conclusion": "passed" if run.passed else "failed",
        "is_required": True,
        "tests": _TESTS,
        "failures": run.failures,
        "at": _time(run.at),
    }


def _time(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
