"""What GitHub says of pull requests: rows of `gh pr list --json`, of its REST lists, and payloads of its webhooks.

A closed request that was not merged still has a `merge_commit_sha`, that of the last test merge, so only `merged` and
`merged_at` say that it was merged (ci.md §1.2). The head's repository is null where a fork was deleted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ledger.domain.amounts import Refused
from ledger.domain.fields import moment, record, records, text
from ledger.domain.repositories import normalise_remote
from ledger.domain.requests import (
    Described,
    Happened,
    Landed,
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

FIELDS = (
    *("number", "title", "state", "createdAt", "updatedAt", "mergedAt", "closedAt", "mergeCommit", "headRefName"),
    *("headRefOid", "baseRefName", "isDraft", "labels", "author", "mergedBy", "reviews", "url"),
)
"""Without `commits`: asking for those of many requests passes GitHub's limit (ci.md §1.5)."""
COMMAND = f"gh pr list --state all --limit 10000 --json {','.join(FIELDS)}"
BRING_IN = (
    "ledger ci sync, which asks the forge, or ledger ci import FILE (docs/sources.md#requests says what it reads)"
)
_NEEDED = ("number", "createdAt", "mergedAt", "closedAt")
_VERDICTS = {"approved": "approved", "changes_requested": "changes_requested", "commented": "commented"}
_MERGE = re.compile(r"Merge pull request #(\d{1,9}) from \S")
_WEB = "web-flow"
"""The account in whose name GitHub commits what its own buttons do."""

Row = Mapping[str, Any]


def _names(listed_labels: Any) -> tuple[str, ...]:
    return labels([label.get("name") for label in records(listed_labels)])


_TOLD: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("title", title),
    "headRefName": ("head_ref", ref),
    "headRefOid": ("head_oid", oid),
    "baseRefName": ("base_ref", ref),
    "mergeCommit": ("merge_oid", lambda commit: oid(record(commit).get("oid"))),
    "labels": ("labels", _names),
    "isDraft": ("is_draft", lambda value: value is True),
    "commits": ("commits", lambda commits: tuple(filter(None, (oid(each.get("oid")) for each in records(commits))))),
}
"""Field of `gh pr list --json` → the detail that it tells, and how."""


def listed(row: Row) -> Described:
    """A row of `gh pr list --json`; raises Refused where it lacks what is needed."""
    missing = [name for name in _NEEDED if name not in row]
    if missing:
        raise Refused(f"they lack {', '.join(missing)}, which {COMMAND} asks for")
    opened, merged, closed, updated = _dates(row, "createdAt", "mergedAt", "closedAt", "updatedAt")
    merged, closed = settled(row.get("state"), merged, closed, updated)
    reviews = tuple(_reviews(row))
    return Described(
        number=number_of(row["number"]),
        repository=repository_of(row.get("url")),
        opened_at=opened,
        merged_at=merged,
        closed_at=closed,
        at=updated or latest(opened, merged, closed, *(each.at for each in reviews)),
        details={name: tell(row[field]) for field, (name, tell) in _TOLD.items() if field in row}
        | ({} if merged else {"merge_oid": ""}),
        author=who(row.get("author")),
        merger=who(row.get("mergedBy")),
        happened=reviews,
    )


def pulled(row: Row) -> Described:
    """A pull request as REST and webhooks have it; raises Refused where it lacks what is needed."""
    missing = [name for name in ("number", "created_at", "merged_at", "closed_at") if name not in row]
    if missing:
        raise Refused(f"they lack {', '.join(missing)}")
    opened, merged, closed, updated = _dates(row, "created_at", "merged_at", "closed_at", "updated_at")
    state = "merged" if row.get("merged") is True else row.get("state")
    merged, closed = settled(state, merged, closed, updated)
    head, base = record(row.get("head")), record(row.get("base"))
    details: dict[str, Any] = {"merge_oid": oid(row.get("merge_commit_sha")) if merged else ""}
    told = (
        ("title", row, "title", title),
        ("head_ref", head, "ref", ref),
        ("head_oid", head, "sha", oid),
        ("base_ref", base, "ref", ref),
        ("is_draft", row, "draft", lambda value: value is True),
        ("labels", row, "labels", _names),
    )
    details |= {name: read(where[field]) for name, where, field, read in told if field in where}
    return Described(
        number=number_of(row["number"]),
        repository=repository_of(row.get("html_url")) or _repository(base.get("repo")),
        opened_at=opened,
        merged_at=merged,
        closed_at=closed,
        at=updated or latest(opened, merged, closed),
        details=details,
        author=who(row.get("user")),
        merger=who(row.get("merged_by")),
    )


def posted(payload: Row) -> Described:
    """The request of a webhook's payload, or of the file that GITHUB_EVENT_PATH names; raises Refused.

    The payloads of merged requests and of forks may come without the request; then nothing is known.
    """
    if not isinstance(payload.get("pull_request"), dict):
        raise Refused("they are messages of a webhook that tell of no pull request")
    told = pulled(payload["pull_request"])
    action, sender = payload.get("action"), who(payload.get("sender"))
    happened = tuple(_review(payload["review"], "submitted_at", "user")) if "review" in payload else ()
    if action == "reopened":
        happened = (Happened("reopened", told.at, sender),)
    is_close = action == "closed"
    return replace(
        told,
        repository=told.repository or _repository(payload.get("repository")),
        at=latest(told.at, *(each.at for each in happened)),
        merger=sender if is_close and not told.merger.login else told.merger,
        closer=sender if is_close else Who(),
        happened=happened,
    )


def pushed(payload: Row) -> Iterator[Landed]:
    """The merges that GitHub's own button made and a push to the default branch tells of.

    Whoever makes a commit on the web may write `(#12)` into its title, so a squash is no word of the forge's.
    """
    repository = record(payload.get("repository"))
    if payload.get("ref") != f"refs/heads/{repository.get('default_branch')}":
        return
    for commit in records(payload.get("commits")):
        found = _MERGE.match(text(commit.get("message")))
        at = moment(commit.get("timestamp"))
        is_web = record(commit.get("committer")).get("username") == _WEB
        if found and at and is_web:
            happened = Happened("merged", at, oid=oid(commit.get("id")))
            yield Landed(number_of(int(found[1])), _repository(repository), happened)


def who(account: Any) -> Who:
    """An account: `gh` writes a bot as `app/NAME` with `is_bot`, REST and webhooks as `NAME[bot]` of type Bot."""
    told = record(account)
    login = text(told.get("login"))
    is_bot = told.get("is_bot") is True or told.get("type") == "Bot"
    return Who(login.removeprefix("app/") if is_bot else login, is_bot)


def _repository(told: Any) -> str:
    return normalise_remote(text(record(told).get("html_url"))) or ""


def _reviews(row: Row) -> Iterator[Happened]:
    """`latestReviews` repeats some of `reviews`, and stands alone where only it was asked for."""
    found = {}
    for review in (*records(row.get("latestReviews")), *records(row.get("reviews"))):
        found.update({each.at: each for each in _review(review, "submittedAt", "author")})
    yield from (found[at] for at in sorted(found))


def _review(review: Any, time: str, account: str) -> Iterator[Happened]:
    """One review; none for a draft of one, which has no time. One that was dismissed is no verdict."""
    told = record(review)
    at = moment(told.get(time))
    if at:
        verdict = _VERDICTS.get(text(told.get("state")).lower(), "")
        head = told.get("commit_id") or record(told.get("commit")).get("oid")
        yield Happened("reviewed", at, who(told.get(account)), verdict, oid(head))


def _dates(row: Row, *names: str) -> tuple[datetime, datetime | None, datetime | None, datetime | None]:
    """The four dates, of which the first must be there; raises Refused for what is no time."""
    found = []
    for name in names:
        at = moment(row.get(name))
        # GitHub's command line tool once wrote the year 1 for what had not happened.
        if at is None and row.get(name) and not str(row[name]).startswith("0001-"):
            raise Refused(f"{name} is no time")
        found.append(at)
    opened, *others = found
    if opened is None:
        raise Refused(f"{names[0]} is no time")
    return opened, others[0], others[1], others[2]
