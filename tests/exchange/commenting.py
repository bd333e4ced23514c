"""A forge on this machine that keeps comments as GitHub and GitLab do, page by page."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

ME, SOMEBODY = "github-actions", "mallory"
_PAGE = 100


@dataclass
class Kept:
    """A comment as the forge keeps it."""

    id: int
    body: str
    author: str = ME
    is_hidden: bool = False
    is_system: bool = False


@dataclass
class FakeForge:
    """The comments of request 12, what was asked, and what it answers instead of doing as it is told."""

    comments: list[Kept] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """(method, path or operation, token)"""
    failures: list[int | str] = field(default_factory=list)
    """Each is the answer to one question: a number of HTTP, or a type of GraphQL's errors."""
    url: str = ""

    @property
    def written(self) -> list[str]:
        """The questions that change something."""
        return [path for method, path, _ in self.asked if path.startswith(("addComment", "updateIssueComment"))] + [
            method for method, path, _ in self.asked if method in ("POST", "PUT") and path.endswith(("notes", "note"))
        ]

    def add(self, body: str, author: str = ME, **more: bool) -> Kept:
        """A further comment."""
        self.comments.append(Kept(len(self.comments) + 1, body, author, **more))
        return self.comments[-1]

    def graphql(self, query: str, given: dict[str, Any]) -> Any:
        """The answer to a query of GitHub's."""
        if query.startswith("mutation"):
            if "addComment" in query:
                assert given["on"] == "PR_12"
                self.add(given["body"])
            else:
                self._of(given["id"].removeprefix("IC_")).body = given["body"]
            return {"data": {}}
        assert (given["owner"], given["name"]) == ("example", "shop")
        if given["number"] != 12:
            return {"data": {"viewer": {"login": ME}, "repository": {"pullRequest": None}}}
        first = int(given["after"] or 0)
        nodes = [
            {"id": f"IC_{each.id}", "body": each.body, "isMinimized": each.is_hidden, "author": {"login": each.author}}
            for each in self.comments[first : first + _PAGE]
        ]
        page = {"hasNextPage": first + _PAGE < len(self.comments), "endCursor": str(first + _PAGE)}
        request = {"id": "PR_12", "comments": {"pageInfo": page, "nodes": nodes}}
        return {"data": {"viewer": {"login": f"{ME}[bot]"}, "repository": {"pullRequest": request}}}

    def notes(self, page: int) -> list[dict[str, Any]]:
        """A page of GitLab's notes."""
        rows = self.comments[(page - 1) * _PAGE : page * _PAGE]
        return [
            {
                "id": each.id,
                "body": each.body,
                "system": each.is_system,
                "author": {"id": 1 if each.author == ME else 2},
            }
            for each in rows
        ]

    def _of(self, name: str) -> Kept:
        return next(each for each in self.comments if each.id == int(name))


class _Answering(BaseHTTPRequestHandler):
    forge: ClassVar[FakeForge]

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def _any(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        address = urlsplit(self.path)
        token = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
        operation = re.search(r"addComment|updateIssueComment|viewer", body.get("query", ""))
        self.forge.asked.append((self.command, operation[0] if operation else address.path, token))
        if self.forge.failures:
            failure = self.forge.failures.pop(0)
            is_number = isinstance(failure, int)
            self._answer({"errors": [{"type": failure}]}, int(failure) if is_number else 200)
        elif address.path == "/graphql":
            self._answer(self.forge.graphql(body["query"], body["variables"]))
        else:
            self._rest(address.path, parse_qs(address.query), body)

    def _rest(self, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> None:
        notes = "/api/v4/projects/7/merge_requests/12/notes"
        if path == "/api/v4/user":
            self._answer({"id": 1})
        elif path == notes and self.command == "GET":
            assert query["per_page"] == ["100"]
            page = int(query["page"][0])
            following = str(page + 1) if page * _PAGE < len(self.forge.comments) else ""
            self._answer(self.forge.notes(page), headers={"X-Next-Page": following})
        elif path == notes:
            self.forge.add(body["body"])
            self._answer({}, 201)
        elif path.startswith(f"{notes}/") and self.command == "PUT":
            self.forge._of(path.rpartition("/")[2]).body = body["body"]
            self._answer({})
        else:
            self._answer({}, 404)

    do_GET = do_POST = do_PUT = _any  # noqa: N815 - the names that http.server calls


@contextmanager
def serving(forge: FakeForge) -> Iterator[FakeForge]:
    """The forge behind a port of this machine."""
    answering = type("Answering", (_Answering,), {"forge": forge})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    forge.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
