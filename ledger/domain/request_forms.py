"""Which form a record about requests has, told by its fields; what each form says is in a module of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.domain import github_answers, github_requests, gitlab_requests
from ledger.domain.amounts import Refused
from ledger.domain.commit_facts import Contained
from ledger.domain.requests import Checked, Described, Landed
from ledger.domain.tabled_requests import is_tabled, tabled

Told = Described | Landed | Contained | Checked
"""What a record may tell of a request."""

_MESSAGE = frozenset({"object_kind", "action", "after"})
"""Fields that say that a record may be a webhook's message."""


def read_request(record: Mapping[str, Any]) -> Iterable[Told]:
    """What a record tells of requests; raises Refused for one in no known form, or that lacks what is needed."""
    if "data" in record and not is_tabled(record):
        return github_answers.answered(record)
    if not _MESSAGE.isdisjoint(record) and (told := _message(record)) is not None:
        return told
    if "iid" in record and not is_tabled(record):
        return [gitlab_requests.listed(record)]
    if "created_at" in record and "number" in record and "base" in record:
        return [github_requests.pulled(record)]
    if "created_at" in record and "number" in record and not is_tabled(record):
        raise Refused("they are issues, or lack the head and base that tell a pull request from one")
    if is_tabled(record):
        return [tabled(record)]
    if not {"number", "createdAt", "mergedAt", "closedAt", "state", "headRefName"}.isdisjoint(record):
        return [github_requests.listed(record)]
    raise Refused("they describe requests in no form that is known")


def _message(record: Mapping[str, Any]) -> Iterable[Described | Landed] | None:
    """What a webhook's message tells; None for what is none. Raises Refused for one that tells of no request."""
    if "object_kind" in record and not is_tabled(record):
        return [gitlab_requests.posted(record)]
    if "pull_request" in record and "action" in record:
        return [github_requests.posted(record)]
    if "ref" in record and "commits" in record and "after" in record:
        return github_requests.pushed(record)
    if "action" in record and "repository" in record:
        raise Refused("they are messages of a webhook that tell of no pull request")
    return None
