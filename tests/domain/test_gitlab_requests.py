"""What GitLab's lists say of merge requests."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.amounts import Refused
from ledger.domain.request_forms import read_request
from tests.domain.requesting import HEAD, MERGE, events, facts, gitlab, request

SQUASH = "e" * 40


@pytest.mark.parametrize(
    ("changed", "landed"),
    [
        ({}, MERGE),
        ({"squash_commit_sha": SQUASH}, MERGE),
        ({"merge_commit_sha": None, "squash_commit_sha": SQUASH}, SQUASH),
        ({"merge_commit_sha": None}, HEAD),
        ({"merge_commit_sha": None, "sha": None, "diff_refs": {"head_sha": HEAD}}, HEAD),
        ({"merge_commit_sha": None, "sha": None}, ""),
    ],
)
def test_what_landed_is_the_merge_else_the_squash_else_the_head(changed: dict[str, Any], landed: str) -> None:
    found = request(gitlab(**changed))
    assert (found.state, found.merge_oid) == ("merged", landed)
    assert ("merge_oid", "") not in found.earlier if landed else ("merge_oid", "") in found.earlier


def test_it_tells_who_and_where() -> None:
    row = gitlab()
    assert events(row) == [("opened", 1, "#ann", "", ""), ("merged", 2, "#bob", "", MERGE)]
    (told,) = read_request(row)
    assert (told.number, told.repository) == (7, "gitlab.example.org/group/part/name")
    found = request(row)
    assert (found.head_ref, found.base_ref, found.labels, found.at.day) == ("topic", "main", ("bug",), 3)
    assert "example.org" not in repr(facts(row))


@pytest.mark.parametrize(("state", "said"), [("opened", "open"), ("locked", "open"), ("closed", "closed")])
def test_what_is_not_merged_landed_nowhere(state: str, said: str) -> None:
    closed = "2026-03-02T09:00:00Z" if state == "closed" else None
    row = gitlab(state=state, merged_at=None, closed_at=closed, merge_commit_sha=None, closed_by={"username": "eve"})
    assert (request(row).state, request(row).merge_oid) == (said, "")
    assert events(row)[1:] == ([("closed", 2, "#eve", "", "")] if closed else [])


def test_a_decision_whose_date_was_lost_has_that_of_the_last_word() -> None:
    """GitLab did not keep them in its first years."""
    found = request(gitlab(merged_at=None))
    assert found.merged_at is not None
    assert found.merged_at.day == 3
    with pytest.raises(Refused, match="merged and it is not said when"):
        facts(gitlab(merged_at=None, updated_at=None))


def test_drafts_and_labels_in_their_older_forms() -> None:
    old = gitlab(work_in_progress=True, labels=[{"name": "docs"}, "bug"])
    del old["draft"]
    assert (request(old).is_draft, request(old).labels) == (True, ("bug", "docs"))


@pytest.mark.parametrize("changed", [{"iid": None}, {"created_at": "x"}, {"merged_at": "x"}, {"state": "gone"}])
def test_a_row_that_cannot_be_so_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        facts(gitlab(**changed))


def test_a_row_that_lacks_what_is_needed_is_told_the_command() -> None:
    row = gitlab()
    del row["state"]
    with pytest.raises(Refused, match="they lack state, which glab api"):
        facts(row)


def hook(action: str, state: str, **changed: Any) -> dict[str, Any]:
    """A webhook's payload about a merge request."""
    told = {
        "iid": 7,
        "title": "feat: x",
        "state": state,
        "action": action,
        "created_at": "2026-03-01 09:00:00 UTC",
        "updated_at": "2026-03-02T09:00:00Z",
        "source_branch": "topic",
        "target_branch": "main",
        "last_commit": {"id": HEAD},
        "merge_commit_sha": MERGE if state == "merged" else None,
        "draft": False,
        "url": "https://gitlab.example.org/group/name/-/merge_requests/7",
    }
    return {
        "object_kind": "merge_request",
        "user": {"username": "bob"},
        "labels": [{"title": "bug"}],
        "object_attributes": told | changed,
    }


def test_a_webhook_tells_a_merge_with_who_made_it() -> None:
    found = request(hook("merge", "merged"))
    assert (found.state, found.merge_oid, found.head_oid, found.labels) == ("merged", MERGE, HEAD, ("bug",))
    assert events(hook("merge", "merged"))[1:] == [("merged", 2, "#bob", "", MERGE)]
    squashed = request(hook("merge", "merged", merge_commit_sha=None))
    assert dict(squashed.earlier) == {"commits": "", "merge_oid": ""}, "the head is not what a squash landed as"


@pytest.mark.parametrize(
    ("action", "state", "last"),
    [
        ("close", "closed", ("closed", 2, "#bob", "", "")),
        ("reopen", "opened", ("reopened", 2, "#bob", "", "")),
        ("approved", "opened", ("reviewed", 2, "#bob", "approved", "")),
        ("update", "opened", ("opened", 1, "", "", "")),
    ],
)
def test_a_webhook_tells_what_just_happened(action: str, state: str, last: tuple[Any, ...]) -> None:
    assert events(hook(action, state))[-1] == last


def test_another_webhook_tells_of_no_request() -> None:
    with pytest.raises(Refused, match="no merge request"):
        facts({"object_kind": "push", "commits": [], "object_attributes": {}})
