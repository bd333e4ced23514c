"""Requests in a table with a header, as people and forges export them: one row each, columns by their usual names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ledger.domain.amounts import Refused, moment
from ledger.domain.requests import Described, Who, labels, latest, number_of, oid, ref, repository_of, settled, title

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("number", "request", "pr", "mr", "pull request", "merge request", "iid", "mr iid"),
    "opened": ("opened", "opened_at", "created", "created_at", "created at (utc)"),
    "merged": ("merged", "merged_at", "merged at (utc)"),
    "closed": ("closed", "closed_at", "closed at (utc)"),
    "updated": ("updated", "updated_at", "updated at (utc)"),
    "state": ("state", "outcome", "status"),
    "title": ("title",),
    "head_ref": ("head_ref", "head ref name", "branch", "head", "source branch"),
    "head_oid": ("head_oid", "head ref oid", "head sha", "sha"),
    "base_ref": ("base_ref", "base ref name", "base", "target", "target branch"),
    "merge_oid": ("merge_oid", "merge commit", "merge sha", "merge commit sha"),
    "labels": ("labels",),
    "is_draft": ("is_draft", "draft"),
    "author": ("author username", "author"),
    "url": ("url", "web_url"),
}
"""What is read → the columns it may stand in, the first that is there; case, blanks and marks do not matter."""
_STATES = {
    "declined": "closed",
    "rejected": "closed",
    "abandoned": "closed",
    "accepted": "merged",
    "completed": "merged",
}
_TRUE = frozenset({"true", "yes", "1", "draft"})


def tabled(row: Mapping[str, Any]) -> Described:
    """The request of a row, all of whose fields are texts; raises Refused where it lacks what is needed."""
    plain = {_key(name): value.strip() for name, value in row.items() if isinstance(value, str)}
    told = {
        name: next(plain[_key(column)] for column in columns if _key(column) in plain)
        for name, columns in COLUMNS.items()
        if any(_key(column) in plain for column in columns)
    }
    missing = [name for name in ("number", "opened") if name not in told]
    if "state" not in told:
        missing += [name for name in ("merged", "closed") if name not in told]
    if missing:
        raise Refused(f"there is no column {' and none '.join(missing)}")
    opened = moment(told["opened"], "opened")
    updated = _moment(told, "updated")
    state = told.get("state", "").lower()
    merged, closed = settled(_STATES.get(state, state), _moment(told, "merged"), _moment(told, "closed"), updated)
    return Described(
        number=_number(told["number"]),
        repository=repository_of(told.get("url")),
        opened_at=opened,
        merged_at=merged,
        closed_at=closed,
        at=updated or latest(opened, merged, closed),
        details=_details(told, is_merged=merged is not None),
        author=Who(told.get("author", "")),
    )


def is_tabled(row: Mapping[str, Any]) -> bool:
    """Whether a record is a row of a table: nothing but texts."""
    return bool(row) and all(value is None or isinstance(value, str | list) for value in row.values())


def _details(told: Mapping[str, str], *, is_merged: bool) -> dict[str, Any]:
    readers = (("title", title), ("head_ref", ref), ("head_oid", oid), ("base_ref", ref), ("merge_oid", oid))
    found: dict[str, Any] = {name: read(told[name]) for name, read in readers if name in told}
    if not is_merged:
        found["merge_oid"] = ""
    if "labels" in told:
        found["labels"] = labels([label.strip() for label in re.split(r"[;,|]", told["labels"])])
    if "is_draft" in told:
        found["is_draft"] = told["is_draft"].lower() in _TRUE
    return found


def _moment(told: Mapping[str, str], name: str) -> datetime | None:
    return moment(told[name], name) if told.get(name) else None


def _number(written: str) -> int:
    digits = written.lstrip("#!")
    return number_of(int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 11 else None)


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
