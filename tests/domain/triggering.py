"""Jobs of CI as their environment and message describe them, so that a test shows only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ledger.domain.ci_context import CiContext

HEAD, BASE, TRIAL, LANDED, TIP = "b" * 40, "d" * 40, "e" * 40, "c" * 40, "f" * 40
"""The change's own commit; the branch it goes to; a merge made for the test; what landed; a default branch's tip."""
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REPOSITORY = "github.com/owner/name"


def variables(event: str, **more: str) -> dict[str, str]:
    """What GitHub sets for a job."""
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "owner/name",
        "GITHUB_REPOSITORY_ID": "42",
        "GITHUB_RUN_ID": "1001",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_WORKFLOW": "CI",
        "GITHUB_JOB": "test",
        "GITHUB_SHA": TRIAL,
        "GITHUB_REF": "refs/pull/7/merge",
    } | more


def repository() -> dict[str, Any]:
    """The base repository in a message."""
    return {"id": 42, "html_url": "https://github.com/owner/name", "default_branch": "main"}


def pulled(action: str = "synchronize", **changed: Any) -> dict[str, Any]:
    """A message about request 7, open unless it is changed."""
    request = {
        "number": 7,
        "html_url": "https://github.com/owner/name/pull/7",
        "title": "feat: x",
        "state": "open",
        "draft": False,
        "user": {"login": "ann", "type": "User"},
        "created_at": "2026-03-01T09:00:00Z",
        "updated_at": "2026-03-02T08:00:00Z",
        "closed_at": None,
        "merged_at": None,
        "merged": False,
        "merge_commit_sha": TRIAL,
        "labels": [{"name": "bug"}],
        "head": {"ref": "topic", "sha": HEAD, "repo": {"id": 42}},
        "base": {"ref": "main", "sha": BASE, "repo": {"id": 42, "html_url": "https://github.com/owner/name"}},
    } | changed
    sender = {"login": "eve", "type": "User"}
    return {"action": action, "number": 7, "pull_request": request, "repository": repository(), "sender": sender}


def merged() -> dict[str, Any]:
    """A message that request 7 was merged."""
    at = "2026-03-02T08:00:00Z"
    return pulled("closed", state="closed", merged=True, merged_at=at, closed_at=at, merge_commit_sha=LANDED)


def ended(conclusion: str | None = "success", **changed: Any) -> dict[str, Any]:
    """A message that run 900 of the workflow CI has ended, for a request from a fork."""
    run = {
        "id": 900,
        "run_attempt": 3,
        "name": "CI",
        "conclusion": conclusion,
        "head_sha": HEAD,
        "head_branch": "topic",
        "html_url": "https://github.com/owner/name/actions/runs/900",
        "pull_requests": [],
        "head_repository": {"id": 43},
        "repository": {"id": 42},
        "updated_at": "2026-03-02T08:30:00Z",
    } | changed
    return {"action": "completed", "workflow_run": run, "repository": repository()}


def job(**changed: Any) -> CiContext:
    """A job on the change's own commit."""
    known: dict[str, Any] = {
        "provider": "github",
        "repository": REPOSITORY,
        "forge_id": "github.com/#42",
        "workflow": "CI",
        "run_id": "1001",
        "job": "test",
        "change_oid": HEAD,
        "request_number": 7,
    }
    return CiContext(**known | changed)
