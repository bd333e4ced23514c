"""Which commit, request and run a message of GitHub's webhooks is about: what GITHUB_EVENT_PATH names holds one.

The payload comes before the environment, whose GITHUB_SHA is a merge made for the test, or the default branch's tip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.ci_context import attempt, page, request_number, word
from ledger.domain.fields import moment, record, records, text
from ledger.domain.requests import oid, ref

Payload = Mapping[str, Any]

_QUEUED = re.compile(r"(?:refs/heads/)?gh-readonly-queue/.+/pr-(\d{1,10})-[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run of another workflow, which the message says has ended."""

    run_id: str = ""
    attempt: int = 1
    workflow: str = ""
    conclusion: str = ""
    url: str = ""
    ended_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """What a message is about; '' and None are unknown."""

    oid: str = ""
    number: int | None = None
    ref: str = ""
    base_ref: str = ""
    merge_oid: str = ""
    is_fork: bool | None = None
    ran: Ran | None = None
    numbers: tuple[int, ...] = ()
    """The requests that it names, where these are several or listed."""


def event_of(payload: Payload) -> str:
    """The event that a message is of, by what it holds; '' where that does not tell."""
    if "ref" in payload and "after" in payload:
        return "push"
    if "comment" in payload and "issue" in payload:
        return "issue_comment"
    if "review" in payload and "pull_request" in payload:
        return "pull_request_review"
    return next((name for name in ("pull_request", *_READERS) if name in payload), "")


def pointed(event: str, payload: Payload) -> Pointed | None:
    """What the message is about; None where it says nothing of that, so that only the environment can."""
    read = _READERS.get(event) or (_pulled if event.startswith("pull_request") else None)
    return read(payload) if read else None


def _pulled(payload: Payload) -> Pointed | None:
    """Messages of merged requests and of forks may come without the request: then nothing is known."""
    pull = record(payload.get("pull_request"))
    if not pull:
        return None
    head, base = record(pull.get("head")), record(pull.get("base"))
    number = request_number(pull.get("number")) or request_number(payload.get("number"))
    is_merged = pull.get("merged") is True or moment(pull.get("merged_at")) is not None
    return Pointed(
        oid=oid(head.get("sha")),
        number=number,
        ref=ref(head.get("ref")),
        base_ref=ref(base.get("ref")),
        # Of a request that was closed unmerged this is its last test merge.
        merge_oid=oid(pull.get("merge_commit_sha")) if is_merged else "",
        is_fork=_is_fork(head, base),
    )


def _is_fork(head: Payload, base: Payload) -> bool | None:
    """The head's repository is null where it was deleted, and only a fork can have been."""
    if "repo" not in head:
        return None
    if head["repo"] is None:
        return True
    theirs, ours = record(head["repo"]).get("id"), record(base.get("repo")).get("id")
    return None if theirs is None or ours is None else theirs != ours


def _queued(payload: Payload) -> Pointed | None:
    """A merge queue's group is what will land; its request's number stands in its branch alone."""
    queue = record(payload.get("merge_group"))
    if not queue:
        return None
    head = text(queue.get("head_ref"))
    found = _QUEUED.fullmatch(head)
    return Pointed(
        oid=oid(queue.get("head_sha")),
        number=request_number(found[1]) if found else None,
        ref=ref(head),
        base_ref=ref(queue.get("base_ref")),
    )


def _pushed(payload: Payload) -> Pointed | None:
    """What was pushed; a deleted branch has no commit. An annotated tag is an object of its own."""
    if "after" not in payload and "head_commit" not in payload:
        return None
    pushed, head = text(payload.get("ref")), oid(record(payload.get("head_commit")).get("id"))
    if payload.get("deleted") is True:
        return Pointed(ref=ref(pushed))
    after = oid(payload.get("after"))
    return Pointed(oid=(head or after) if pushed.startswith("refs/tags/") else (after or head), ref=ref(pushed))


def _ran(payload: Payload) -> Pointed | None:
    """The run that ended; of a fork's request no request is listed."""
    run = record(payload.get("workflow_run"))
    if not run:
        return None
    numbers = _numbers(run)
    own, theirs = record(payload.get("repository")).get("id"), record(run.get("head_repository")).get("id")
    return Pointed(
        oid=oid(run.get("head_sha")),
        number=numbers[0] if len(numbers) == 1 else None,
        ref=ref(run.get("head_branch")),
        is_fork=None if own is None or theirs is None else own != theirs,
        numbers=numbers,
        ran=Ran(
            run_id=_id(run.get("id")),
            attempt=attempt(run.get("run_attempt")),
            workflow=word(run.get("name")),
            conclusion=text(run.get("conclusion")),
            url=page(run.get("html_url")),
            ended_at=text(run.get("updated_at")),
        ),
    )


def _checked(name: str) -> Callable[[Payload], Pointed | None]:
    """Messages about checks and jobs: the commit they are about is theirs, the environment's is not."""

    def read(payload: Payload) -> Pointed | None:
        told = record(payload.get(name))
        if not told:
            return None
        numbers = _numbers(told)
        number = numbers[0] if len(numbers) == 1 else None
        return Pointed(oid=oid(told.get("head_sha")), number=number, ref=ref(told.get("head_branch")), numbers=numbers)

    return read


def _commented(payload: Payload) -> Pointed | None:
    """A comment names the request; which commit was its head then is not told."""
    issue = record(payload.get("issue"))
    return Pointed(number=request_number(issue.get("number"))) if "pull_request" in issue else None


def _numbers(told: Payload) -> tuple[int, ...]:
    """The requests that are listed, without those of forks of this repository, which carry their own numbers."""
    found = set()
    for each in records(told.get("pull_requests")):
        number = request_number(each.get("number"))
        heads = record(each.get("base"))
        own = record(told.get("repository")).get("id")
        is_here = own is None or record(heads.get("repo")).get("id") in (None, own)
        if number is not None and is_here:
            found.add(number)
    return tuple(sorted(found))


def _id(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else ""


_READERS: dict[str, Callable[[Payload], Pointed | None]] = {
    "merge_group": _queued,
    "push": _pushed,
    "workflow_run": _ran,
    "workflow_job": _checked("workflow_job"),
    "check_suite": _checked("check_suite"),
    "check_run": _checked("check_run"),
    "issue_comment": _commented,
}
