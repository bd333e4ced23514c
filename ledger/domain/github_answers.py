"""What GitHub's GraphQL answers about pull requests, saved to a file or just asked.

A node tells what a row of `gh pr list` tells, under the same names; its lists stand in `nodes`, a hundred at a time, so
that a list which goes on says nothing of what is in it as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ledger.domain import github_requests
from ledger.domain.amounts import Refused
from ledger.domain.commit_facts import Contained, Written
from ledger.domain.fields import moment, record, records, text
from ledger.domain.github_queries import LISTS
from ledger.domain.requests import Checked, Described, Happened, Who, number_of, oid, repository_of, turns
from ledger.domain.run_verdicts import concluded
from ledger.domain.screen import discreet
from ledger.domain.test_reports import UNKNOWN

Node = Mapping[str, Any]
Told = Described | Contained | Checked
_TURNS = {"ClosedEvent": "closed", "ReopenedEvent": "reopened"}
_RUNNING = frozenset({"expected", "pending"})
"""States of a status that has not ended."""


def answered(answer: Node) -> Iterator[Told]:
    """What a whole answer tells of requests; raises Refused where it tells of none."""
    repository = record(record(answer.get("data")).get("repository"))
    listed = [
        *records(record(repository.get("pullRequests")).get("nodes")),
        *(value for value in repository.values() if isinstance(value, dict) and "number" in value),
    ]
    if not listed:
        raise Refused("they are answers of GitHub's GraphQL in which data.repository tells of no pull request")
    for node in listed:
        yield from told_of(node)


def told_of(node: Node) -> Iterator[Told]:
    """The request that a node tells, its commits and its checks; raises Refused where it lacks what is needed."""
    yield described(node)
    yield contained(node)
    yield from checked(node)


def described(node: Node) -> Described:
    """The request that a node describes; raises Refused where it lacks what is needed."""
    row = {name: told for name, told in node.items() if name not in LISTS}
    row |= {name: _who(node[name]) for name in ("author", "mergedBy") if name in node}
    if is_whole(node, "labels"):
        row["labels"] = nodes(node, "labels")
    row["reviews"] = [review | {"author": _who(review.get("author"))} for review in nodes(node, "reviews")]
    if is_whole(node, "commits"):
        row["commits"] = [record(each.get("commit")) for each in nodes(node, "commits")]
    told = github_requests.listed(row)
    happened, closer = _turns(node, is_merged=told.merged_at is not None)
    return replace(told, happened=(*told.happened, *happened), closer=closer)


def contained(node: Node) -> Contained:
    """The request's commits that the node tells whole."""
    commits = (record(each.get("commit")) for each in nodes(node, "commits"))
    written = tuple(found for commit in commits if (found := _written(commit)))
    return Contained(number_of(node.get("number")), repository_of(node.get("url")), written)


def checked(node: Node) -> Iterator[Checked]:
    """The checks that ended on the request's head."""
    number = number_of(node.get("number"))
    for commit in (record(each.get("commit")) for each in nodes(node, "checks")):
        for context in records(record(record(commit.get("statusCheckRollup")).get("contexts")).get("nodes")):
            found = _status(context) if "context" in context else _check(context)
            head = oid(commit.get("oid"))
            if found and head:
                repository = repository_of(node.get("url"))
                yield Checked(number=number, repository=repository, oid=head, **found)


def nodes(node: Node, name: str) -> list[dict[str, Any]]:
    """What a list of a node holds."""
    return records(record(node.get(name)).get("nodes"))


def is_whole(node: Node, name: str) -> bool:
    """The list is there, and does not go on."""
    return isinstance(record(node.get(name)).get("nodes"), list) and not rest(node, name)


def rest(node: Node, name: str) -> str:
    """Where a list of a node goes on; '' where it ends."""
    page = record(_holder(node, name).get("pageInfo"))
    return str(page.get("endCursor") or "") if page.get("hasNextPage") is True else ""


def joined(node: dict[str, Any], more: Node) -> None:
    """Put what a further answer tells of a request to what is known of it."""
    for name in (name for name in LISTS if name in more):
        known, added = _holder(node, name), _holder(more, name)
        if not known:
            node[name] = more[name]
        if not known or not added:
            continue
        known["nodes"] = [*records(known.get("nodes")), *records(added.get("nodes"))]
        known["pageInfo"] = added.get("pageInfo")


def _holder(node: Node, name: str) -> dict[str, Any]:
    """What the pages of a list belong to: checks hang on the one commit that is the head."""
    if name != "checks":
        return record(node.get(name))
    commit = next(iter(nodes(node, name)), {})
    return record(record(record(commit.get("commit")).get("statusCheckRollup")).get("contexts"))


def _written(commit: Node) -> Written | None:
    name = oid(commit.get("oid"))
    parents = tuple(oid(each.get("oid")) for each in nodes(commit, "parents"))
    author = record(commit.get("author")) | {"date": commit.get("authoredDate")}
    committer = record(commit.get("committer")) | {"date": commit.get("committedDate")}
    is_told = name and isinstance(record(commit.get("parents")).get("nodes"), list)
    return Written.told(name, parents, commit.get("message"), author, committer) if is_told else None


def _who(account: Any) -> dict[str, Any]:
    told = record(account)
    return {"login": told.get("login"), "type": told.get("__typename"), "is_bot": told.get("is_bot")}


def _turns(node: Node, *, is_merged: bool) -> tuple[Sequence[Happened], Who]:
    found: dict[str, list[Happened]] = {"closed": [], "reopened": []}
    for item in nodes(node, "timelineItems"):
        kind, at = _TURNS.get(text(item.get("__typename"))), moment(item.get("createdAt"))
        if kind and at:
            found[kind].append(Happened(kind, at, github_requests.who(_who(item.get("actor")))))
    return turns(found["closed"], found["reopened"], is_merged=is_merged)


def _check(context: Node) -> dict[str, Any] | None:
    """A check run that ended. Runs of one name are one check, so the workflow is part of the name, as GitHub has it."""
    at, number = moment(context.get("completedAt")), context.get("databaseId")
    if at is None or not isinstance(number, int):
        return None
    run = record(record(context.get("checkSuite")).get("workflowRun"))
    workflow, name = text(record(run.get("workflow")).get("name")), text(context.get("name"))
    return {
        "run": f"github/{run.get('databaseId') or 'check'}/{number}",
        "name": discreet(f"{workflow} / {name}" if workflow else name),
        "conclusion": concluded(text(context.get("conclusion"))),
        "at": at,
        "began_at": moment(context.get("startedAt")),
        "is_required": context.get("isRequired") is True,
    }


def _status(context: Node) -> dict[str, Any] | None:
    """A commit status, which has a name and an end and nothing else."""
    at, state = moment(context.get("createdAt")), text(context.get("state")).lower()
    if at is None or state in _RUNNING or concluded(state) == UNKNOWN:
        return None
    return {
        "run": f"github/status/{text(context.get('id'))}",
        "name": discreet(text(context.get("context"))),
        "conclusion": concluded(state),
        "at": at,
        "is_required": context.get("isRequired") is True,
    }
