"""What GitLab says of merge requests, in the lists of its API and in its webhooks (ci.md §3.1).

What landed is the merge commit, else the squash commit, else, fast-forwarded, the head itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ledger.domain.amounts import Refused
from ledger.domain.fields import moment, record, records, text
from ledger.domain.requests import (
    Described,
    Happened,
    Who,
    labels,
    latest,
    number_of,
    oid,
    ref,
    repository_of,
    settled,
    title,
)

COMMAND = 'glab api --paginate "projects/:id/merge_requests?scope=all&state=all&per_page=100"'
_POSTED = ("iid", "state", "title", "source_branch", "target_branch", "merge_commit_sha", "draft", "work_in_progress")
"""What a webhook calls as lists do."""
_NEEDED = ("iid", "state", "created_at")


def listed(row: Mapping[str, Any]) -> Described:
    """A merge request of a list; raises Refused where it lacks what is needed."""
    missing = [name for name in _NEEDED if name not in row]
    if missing:
        raise Refused(f"they lack {', '.join(missing)}, which {COMMAND} gives")
    dates = {name: moment(row.get(name)) for name in ("created_at", "merged_at", "closed_at", "updated_at")}
    wrong = next((name for name, at in dates.items() if at is None and row.get(name)), None)
    opened, updated = dates["created_at"], dates["updated_at"]
    if wrong or opened is None:
        raise Refused(f"{wrong or 'created_at'} is no time")
    merged, closed = settled(row["state"], dates["merged_at"], dates["closed_at"], updated)
    return Described(
        number=number_of(row["iid"]),
        repository=repository_of(row.get("web_url")),
        opened_at=opened,
        merged_at=merged,
        closed_at=closed,
        at=updated or latest(opened, merged, closed),
        details=dict(_details(row, is_merged=merged is not None)),
        author=_who(row.get("author")),
        merger=_who(row.get("merge_user") or row.get("merged_by")),
        closer=_who(row.get("closed_by")),
    )


def posted(payload: Mapping[str, Any]) -> Described:
    """The merge request of a webhook's payload; raises Refused.

    It names no author, and of a squash not the commit that landed: then that is not told.
    """
    told = record(payload.get("object_attributes"))
    if payload.get("object_kind") != "merge_request" or not told:
        raise Refused("they are messages of a webhook that tell of no merge request")
    row = {name: told[name] for name in _POSTED if name in told} | {
        "sha": record(told.get("last_commit")).get("id"),
        "labels": [label.get("title") for label in records(payload.get("labels"))],
        "web_url": told.get("url"),
        **{name: text(told.get(name)).replace(" UTC", "Z") for name in ("created_at", "updated_at")},
    }
    found = listed(row)
    action, who = told.get("action"), _who(payload.get("user"))
    happened = {"reopen": ("reopened", ""), "approved": ("reviewed", "approved")}.get(str(action))
    details = dict(found.details)
    if found.merged_at and not oid(told.get("merge_commit_sha")):
        details.pop("merge_oid", None)
    return replace(
        found,
        details=details,
        merger=who if action == "merge" else Who(),
        closer=who if action == "close" else Who(),
        happened=(Happened(happened[0], found.at, who, happened[1]),) if happened else (),
    )


def _details(row: Mapping[str, Any], *, is_merged: bool) -> dict[str, Any]:
    """The details that the row tells."""
    found: dict[str, Any] = {}
    if "title" in row:
        found["title"] = title(row["title"])
    if "source_branch" in row:
        found["head_ref"] = ref(row["source_branch"])
    if "target_branch" in row:
        found["base_ref"] = ref(row["target_branch"])
    head = oid(row.get("sha")) or oid(record(row.get("diff_refs")).get("head_sha"))
    if head:
        found["head_oid"] = head
    landed = next(filter(None, (oid(row.get(name)) for name in ("merge_commit_sha", "squash_commit_sha"))), head)
    if landed or not is_merged:
        found["merge_oid"] = landed if is_merged else ""
    if isinstance(row.get("labels"), list):
        found["labels"] = labels([record(label).get("name", label) for label in row["labels"]])
    draft = row.get("draft", row.get("work_in_progress"))
    if isinstance(draft, bool):
        found["is_draft"] = draft
    return found


def _who(account: Any) -> Who:
    return Who(text(record(account).get("username")))
