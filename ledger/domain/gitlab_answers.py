"""What GitLab's API answers about one merge request: its commits, how its state changed, notes, pipelines.

A list of merge requests tells the rest (`gitlab_requests`). Of notes only who wrote them, when and of which kind is
looked at; GitLab tells approvals as notes of its own in a fixed sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ledger.domain import gitlab_requests
from ledger.domain.commit_facts import Contained, Written
from ledger.domain.fields import moment, record, text
from ledger.domain.requests import Checked, Described, Happened, Who, number_of, oid, repository_of, turns
from ledger.domain.review_bots import reviewer_of
from ledger.domain.run_verdicts import concluded

Row = Mapping[str, Any]
Told = Described | Contained | Checked
_VERDICTS = {"approved this merge request": "approved", "requested changes": "changes_requested"}
_ENDED = frozenset({"success", "failed", "canceled", "skipped"})
_MERGED_TRIAL = "/merge"
"""How the ref of a pipeline ends that tested the head merged into its target: its commit is nobody's."""


def described(row: Row, commits: Sequence[Row] | None, states: Sequence[Row], notes: Sequence[Row]) -> Described:
    """The merge request of a list's row with what was asked beside it; raises Refused where the row lacks something.

    `commits` are as GitLab lists them, the newest first; None where they could not be told.
    """
    told = gitlab_requests.listed(row)
    found: dict[str, list[Happened]] = {"closed": [], "reopened": []}
    for state in states:
        kind, at = text(state.get("state")), moment(state.get("created_at"))
        if kind in found and at:
            found[kind].append(Happened(kind, at, _who(state.get("user"))))
    happened, closer = turns(found["closed"], found["reopened"], is_merged=told.merged_at is not None)
    details = dict(told.details)
    if commits is not None:
        details["commits"] = tuple(filter(None, (oid(each.get("id")) for each in reversed(commits))))
    return replace(
        told,
        details=details,
        happened=(*told.happened, *happened, *_reviews(notes, told.author)),
        closer=closer if closer.login else told.closer,
    )


def contained(row: Row, commits: Sequence[Row]) -> Contained:
    """The merge request's commits, as far as they are told whole."""
    written = tuple(found for commit in commits if (found := _written(commit)))
    return Contained(number_of(row.get("iid")), repository_of(row.get("web_url")), written)


def checked(row: Row, pipelines: Sequence[Row]) -> Iterator[Checked]:
    """The pipelines that ended; one that tested the request as if merged tells of the head, if it is the last."""
    number, head = number_of(row.get("iid")), oid(row.get("sha"))
    latest = max((found for each in pipelines if isinstance(found := each.get("id"), int)), default=None)
    for each in pipelines:
        at, status = moment(each.get("updated_at")), text(each.get("status"))
        is_trial = text(each.get("ref")).endswith(_MERGED_TRIAL)
        tested = head if is_trial and each.get("id") == latest else "" if is_trial else oid(each.get("sha"))
        if at and tested and status in _ENDED:
            yield Checked(
                number=number,
                repository=repository_of(row.get("web_url")),
                run=f"gitlab/{each.get('id')}",
                oid=tested,
                name="pipeline",
                conclusion=concluded(status),
                at=at,
                began_at=moment(each.get("created_at")),
            )


def _reviews(notes: Sequence[Row], author: Who) -> Iterator[Happened]:
    """Verdicts, and what others than the author wrote to lines of the diff; of a review bot any note."""
    for note in notes:
        at, who = moment(note.get("created_at")), _who(note.get("author"))
        if at is None or who.login == author.login:
            continue
        if note.get("system") is True:
            verdict = _VERDICTS.get(text(note.get("body")).strip())
            if verdict:
                yield Happened("reviewed", at, who, verdict)
        elif note.get("type") == "DiffNote" or reviewer_of(who.login):
            yield Happened("reviewed", at, who, "commented")


def _written(commit: Row) -> Written | None:
    name, above = oid(commit.get("id")), commit.get("parent_ids")
    if not name or not isinstance(above, list):
        return None
    people = [
        {"name": commit.get(f"{who}_name"), "email": commit.get(f"{who}_email"), "date": commit.get(f"{when}_date")}
        for who, when in (("author", "authored"), ("committer", "committed"))
    ]
    return Written.told(name, tuple(map(oid, above)), commit.get("message"), *people)


def _who(account: Any) -> Who:
    return Who(text(record(account).get("username")))
