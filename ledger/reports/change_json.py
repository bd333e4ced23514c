"""One change explained, for a program: all of it, as format 1, whose keys docs/json.md tells."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ledger.domain.doubts import doubts
from ledger.domain.explanation import Explanation, SessionWork, Work
from ledger.domain.git_facts import Commit
from ledger.domain.money import exact
from ledger.domain.verdicts import how_it_stands, why

FORMAT = 1
_OWN = (
    "id", "basis", "number", "branch", "title", "state", "landed_oid", "landed_by", "is_draft", "is_forge_known",
    "task_type", "type_source", "area", "stakes", "lead_model", "lead_agent", "lead_evidence", "first_model", "lineup",
    "cost_known", "attempts", "failed_runs", "first_pass", "added", "deleted",
)  # fmt: skip
_TOLD = ("subject", "role", "agent", "model_raw", "model", "variant", "lines", "scope", "evidence")
_TIMES = ("opened_at", "decided_at", "reverted_at", "durable_at", "stale_at", "abandoned_at")


def render(explained: Explanation) -> str:
    """The change as one JSON object."""
    return _written({"format": FORMAT, "change": _change(explained), **_behind(explained)})


def render_plain(commit: Commit) -> str:
    """A commit that is part of no change: `change` is null."""
    return _written({"format": FORMAT, "change": None, "commits": [_commit(commit.oid, commit, True, True)]})


def _written(whole: dict[str, Any]) -> str:
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"


def _change(explained: Explanation) -> dict[str, Any]:
    change = explained.change
    is_known = change.cost_known != "none"
    return {
        **{name: getattr(change, name) for name in _OWN},
        **{name: _time(getattr(change, name)) for name in _TIMES},
        "aliases": list(explained.aliases),
        "as_of": _time(explained.as_of),
        "outcome": explained.outcome,
        "because": why(change, explained.outcome, explained.request),
        "stands": how_it_stands(change, explained.outcome, explained.as_of) or None,
        "verified": change.is_verified,
        "cost_usd": exact(change.nusd) if is_known else None,
        "cost_by_role_usd": {
            role: exact(getattr(change, f"nusd_{role}")) if is_known else None
            for role in ("implement", "review", "scout")
        },
    }


def _behind(explained: Explanation) -> dict[str, Any]:
    return {
        "commits": [
            _commit(row.oid, commit, row.is_head, row.oid == explained.asked) for row, commit in explained.commits
        ],
        "rewrites": [
            {name: getattr(row, name) for name in ("old", "new", "kind", "evidence")} for row in explained.rewrites
        ],
        "contributions": [
            {**{name: getattr(each.row, name) or None for name in _TOLD}, "counts": each.counts, "why": each.why}
            for each in explained.weighed
        ],
        "contradictions": [
            {
                "role": found.role,
                "said": [
                    {
                        "model": each.model or None,
                        "agent": each.agent or None,
                        "evidence": each.evidence,
                        "counts": each.counts,
                    }
                    for each in found.said
                ],
                "subjects": list(found.subjects),
            }
            for found in explained.contradictions
        ],
        "sessions": [_session(session) for session in explained.sessions],
        "attempts": [
            {
                "number": each.number,
                "model": each.model or None,
                "started_at": _time(each.started_at),
                "ended_by": each.ended_by,
                "cost_usd": exact(each.nusd) if explained.change.cost_known != "none" else None,
            }
            for each in explained.attempts
        ],
        "runs": [
            {
                **{name: getattr(run, name) for name in ("run", "attempt", "oid", "name", "conclusion", "is_required")},
                **{name: getattr(run, name) for name in ("tests", "failures", "errors", "skipped", "flaky")},
                **{name: getattr(run, name) for name in ("duration_ms", "evidence", "reported", "is_dirty")},
                "at": _time(run.at),
            }
            for run in explained.runs
        ],
        "events": [
            {"kind": event.kind, "at": _time(event.at), "verdict": event.verdict or None, "oid": event.oid or None}
            for event in explained.events
        ],
        "reverts": [_commit(commit.oid, commit, True, False) for commit in explained.reverts],
        "uncertain": [{"what": doubt.what, "remedy": doubt.remedy or None} for doubt in doubts(explained)],
    }


def _commit(oid: str, commit: Commit | None, is_head: bool, is_asked: bool) -> dict[str, Any]:
    return {
        "oid": oid,
        "subject": commit.subject if commit else None,
        "authored_at": _time(commit.authored_at) if commit else None,
        "committed_at": _time(commit.committed_at) if commit else None,
        "is_head": is_head,
        "is_asked": is_asked,
    }


def _session(session: SessionWork) -> dict[str, Any]:
    return {
        "session": session.session or None,
        "agent": session.agent or None,
        "agent_version": session.agent_version,
        "first_at": _time(session.first_at),
        "last_at": _time(session.last_at),
        "attempts": list(session.attempts),
        "calls": session.calls,
        "cost_usd": exact(session.nusd) if session.calls > session.calls_unpriced or session.nusd else None,
        "work": [_work(work) for work in session.work],
    }


def _work(work: Work) -> dict[str, Any]:
    return {
        "model": work.model or None,
        "role": work.role or None,
        "role_evidence": work.role_evidence or None,
        "rule": work.rule,
        "calls": work.calls,
        "calls_unpriced": work.calls_unpriced,
        "calls_placeholder": work.calls_placeholder,
        "tokens": asdict(work.tokens),
        "cost_usd": exact(work.nusd) if work.calls > work.calls_unpriced or work.nusd else None,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
