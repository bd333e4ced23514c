"""Keeps one comment of a request up to date: found by its marker and author, written anew only when it has news.

Adding a forge is one class and one line in `_FORGES`. No step here decides what a comment says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ledger.domain.fields import record, records
from ledger.domain.request_place import RequestPlace
from ledger.domain.sticky import Comment, is_news, own_of
from ledger.exchange.comment_client import CommentClient, CommentFailed, MayNotComment

_PAGE = 100
_FORBIDDEN = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED"})
_FIND = """query($owner: String!, $name: String!, $number: Int!, $after: String) { viewer { login }
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { id
    comments(first: 100, after: $after) { pageInfo { hasNextPage endCursor }
      nodes { id body isMinimized author { login } } } } } }"""
_ADD = "mutation($on: ID!, $body: String!) { addComment(input: {subjectId: $on, body: $body}) { subject { id } } }"
_CHANGE = (
    "mutation($id: ID!, $body: String!) { updateIssueComment(input: {id: $id, body: $body}) { issueComment { id } } }"
)


class Forge(Protocol):
    """What a forge's class has."""

    def comments(self) -> Iterator[Comment]:
        """The request's comments in their order, page by page."""

    def add(self, body: str) -> None:
        """Write a comment of one's own."""

    def change(self, comment: Comment, body: str) -> None:
        """Write a comment anew."""


def keep_comment(
    place: RequestPlace, name: str, body: str, *, may_add: bool = True, sleep: Callable[[float], None] = time.sleep
) -> str:
    """What was done: `added`, `changed`, or `kept` where there was nothing to say. Raises CommentFailed.

    `may_add` is False where a request that has no comment yet is to be left in peace.
    """
    with CommentClient(place, sleep) as client:
        forge = _FORGES[place.forge](client, place)
        found = own_of(forge.comments(), name)
        if found is None:
            if may_add:
                forge.add(body)
            return "added" if may_add else "kept"
        if not is_news(found.body, body):
            return "kept"
        forge.change(found, body)
        return "changed"


class GitHub:
    """GitHub by its GraphQL: of its two interfaces the one that tells which comments are minimised."""

    def __init__(self, client: CommentClient, place: RequestPlace) -> None:
        self._client, self._place = client, place
        self._request = ""

    def comments(self) -> Iterator[Comment]:
        """In the order in which they were written."""
        owner, _, name = self._place.repository.partition("/")
        asked = {"owner": owner, "name": name, "number": self._place.number}
        after, is_more = None, True
        while is_more:
            told = self._told(self._client.read("POST", self._place.api, json=_query(_FIND, after=after, **asked))[0])
            request = record(record(told.get("repository")).get("pullRequest"))
            self._request = str(request.get("id") or "")
            own = _login(told.get("viewer"))
            found = record(request.get("comments"))
            for node in records(found.get("nodes")):
                is_own = bool(own) and _login(node.get("author")) == own
                yield Comment(str(node.get("id")), str(node.get("body")), is_own, node.get("isMinimized") is True)
            page = record(found.get("pageInfo"))
            after, is_more = page.get("endCursor"), page.get("hasNextPage") is True and bool(page.get("endCursor"))

    def add(self, body: str) -> None:
        """On the request that `comments` found."""
        if not self._request:
            raise CommentFailed(f"{self._place.repository} has no request {self._place.number}.")
        self._told(self._client.write("POST", self._place.api, json=_query(_ADD, on=self._request, body=body)))

    def change(self, comment: Comment, body: str) -> None:
        """The text alone."""
        self._told(self._client.write("POST", self._place.api, json=_query(_CHANGE, id=comment.id, body=body)))

    def _told(self, answer: Any) -> dict[str, Any]:
        """The answer's data; an error stands in an answer that is well by its number."""
        errors = records(record(answer).get("errors"))
        if any(error.get("type") in _FORBIDDEN for error in errors):
            raise MayNotComment(self._place)
        if errors:
            raise CommentFailed(
                f"The forge would not tell of request {self._place.number} of {self._place.repository}."
            )
        return record(record(answer).get("data"))


class GitLab:
    """GitLab by its REST interface; there a comment is a note, and none is minimised."""

    def __init__(self, client: CommentClient, place: RequestPlace) -> None:
        self._client, self._place = client, place
        self._notes = f"{place.api}/projects/{place.repository}/merge_requests/{place.number}/notes"

    def comments(self) -> Iterator[Comment]:
        """People's and bots' notes, in the order in which they were written."""
        own = record(self._client.read("GET", f"{self._place.api}/user")[0]).get("id")
        page = 1
        while page:
            asked = {"per_page": _PAGE, "page": page, "sort": "asc", "order_by": "created_at"}
            notes, headers = self._client.read("GET", self._notes, params=asked)
            for note in records(notes):
                if not note.get("system"):
                    is_own = own is not None and record(note.get("author")).get("id") == own
                    yield Comment(str(note.get("id")), str(note.get("body")), is_own)
            following = headers.get("x-next-page", "")
            page = int(following) if following.isdecimal() and int(following) > page else 0

    def add(self, body: str) -> None:
        """A note of its own, in no thread."""
        self._client.write("POST", self._notes, json={"body": body})

    def change(self, comment: Comment, body: str) -> None:
        """The text alone."""
        self._client.write("PUT", f"{self._notes}/{comment.id}", json={"body": body})


_FORGES: dict[str, Callable[[CommentClient, RequestPlace], Forge]] = {"github": GitHub, "gitlab": GitLab}


def _query(text: str, **variables: Any) -> dict[str, Any]:
    return {"query": text, "variables": variables}


def _login(who: Any) -> str:
    """An app's own name stands with `[bot]` in one place and without it in another."""
    return str(record(who).get("login") or "").removesuffix("[bot]")
