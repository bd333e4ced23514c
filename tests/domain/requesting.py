"""Requests as the forges write them, so that a test shows only what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.forge_facts import Event, Request
from ledger.domain.request_forms import read_request

HEAD, MERGE = "b" * 40, "c" * 40
PAGE = "https://github.com/owner/name/pull/7"


def gh(number: int = 7, state: str = "OPEN", day: int = 2, **changed: Any) -> dict[str, Any]:
    """A row of `gh pr list`; what was decided was decided on that day of March."""
    at = f"2026-03-{day:02}T09:00:00Z"
    return {
        "number": number,
        "title": "feat: x",
        "state": state,
        "createdAt": "2026-03-01T09:00:00Z",
        "updatedAt": at,
        "mergedAt": at if state == "MERGED" else None,
        "closedAt": None if state == "OPEN" else at,
        "mergeCommit": {"oid": MERGE} if state == "MERGED" else None,
        "headRefName": "topic",
        "headRefOid": HEAD,
        "baseRefName": "main",
        "isDraft": False,
        "labels": [{"id": "LA_1", "name": "bug", "color": "d73a4a"}],
        "author": {"login": "ann"},
        "mergedBy": {"login": "bob"} if state == "MERGED" else None,
        "reviews": [],
        "url": f"https://github.com/owner/name/pull/{number}",
    } | changed


def rest(number: int = 7, **changed: Any) -> dict[str, Any]:
    """A pull request of GitHub's REST API, closed unmerged."""
    return {
        "number": number,
        "html_url": f"https://github.com/owner/name/pull/{number}",
        "title": "feat: x",
        "state": "closed",
        "draft": False,
        "user": {"login": "ann", "type": "User"},
        "body": "ask ann@example.org",
        "created_at": "2026-03-01T09:00:00Z",
        "updated_at": "2026-03-03T09:00:00Z",
        "closed_at": "2026-03-02T09:00:00Z",
        "merged_at": None,
        "merge_commit_sha": MERGE,
        "labels": [{"name": "bug"}],
        "head": {"ref": "topic", "sha": HEAD, "repo": None},
        "base": {"ref": "main", "sha": "d" * 40, "repo": {"html_url": "https://github.com/owner/name"}},
    } | changed


def gitlab(iid: int = 7, **changed: Any) -> dict[str, Any]:
    """A merge request of GitLab's API, merged."""
    return {
        "id": 8112,
        "iid": iid,
        "state": "merged",
        "title": "feat: x",
        "created_at": "2026-03-01T09:00:00.000Z",
        "updated_at": "2026-03-03T09:00:00.000Z",
        "merged_at": "2026-03-02T09:00:00.000+00:00",
        "closed_at": None,
        "source_branch": "topic",
        "target_branch": "main",
        "sha": HEAD,
        "merge_commit_sha": MERGE,
        "squash_commit_sha": None,
        "labels": ["bug"],
        "draft": False,
        "author": {"username": "ann", "email": "ann@example.org"},
        "merge_user": {"username": "bob"},
        "web_url": f"https://gitlab.example.org/group/part/name/-/merge_requests/{iid}",
    } | changed


def person(login: str) -> str:
    """What stands for a person here, so that one who is named in clear is seen."""
    return f"#{login}"


def facts(record: Mapping[str, Any]) -> list[Fact]:
    """All that a record tells."""
    return [fact for each in read_request(record) for fact in each.facts("R", person)]


def request(record: Mapping[str, Any]) -> Request:
    """The one request that a record describes."""
    (found,) = (fact for fact in facts(record) if isinstance(fact, Request))
    return found


def events(record: Mapping[str, Any]) -> list[tuple[str, int, str, str, str]]:
    """(kind, day of March, actor, verdict, object id) of the events in a record."""
    return [(e.kind, e.at.day, e.actor, e.verdict, e.oid) for e in facts(record) if isinstance(e, Event)]
