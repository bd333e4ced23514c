"""A GitHub and a GitLab on loopback: they answer in the shape of the real ones, in pages, and break when told to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "ghp_" + "s3cr3tS3cr3tS3cr3t" * 2
"""It must turn up nowhere."""
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
HEAD, MERGE = "b", "c"
_ALIAS = re.compile(r"r(\d+):pullRequest\(number:\d+\)\{")
_LIST = re.compile(
    r"checks:commits\(last:1\).*?contexts\(first:\d+(?:,after:\"(?P<checks>[^\"]*)\")?"
    r"|(?P<name>commits|labels|reviews|timelineItems)\(first:\d+(?:,after:\"(?P<after>[^\"]*)\")?"
)

Answer = tuple[int, Mapping[str, str], Any]
Fault = Callable[["Answering"], Answer | None]
"""What is answered instead of the next answer; None: the connection is dealt with by the fault itself."""


def oid(letter: str, number: int) -> str:
    """An object id that tells what it is of."""
    return f"{letter}{number:039x}"


@dataclass(slots=True)
class Asked:
    """A request on the forge, as a test changes it."""

    number: int
    state: str = "OPEN"
    minutes: int = 0
    """When it was updated, after the start."""
    commits: int = 1
    message: str = "feat: x\n\nAssisted-by: claude-code:claude-opus-4-8\n"
    reviews: int = 0
    labels: int = 1
    checks: int = 1
    closes: tuple[tuple[str, int], ...] = ()
    """(ClosedEvent or ReopenedEvent, minutes)."""
    changed: dict[str, Any] = field(default_factory=dict)
    """Fields of the answer that a test replaces."""

    @property
    def updated(self) -> str:
        """When it was updated, as both forges write it."""
        return when(self.minutes)


def when(minutes: int) -> str:
    """A time as both forges write it."""
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


@dataclass
class World:
    """What both forges know, and what they were asked."""

    requests: dict[int, Asked] = field(default_factory=dict)
    url: str = ""
    name: str = "owner/name"
    largest: int = 100
    """Rows of a page at most."""
    faults: list[Fault | None] = field(default_factory=list)
    """For the next answers in turn; None answers as ever."""
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    others: dict[str, int] = field(default_factory=dict)
    """Further repositories of the owner, and how many requests each has; the first ones of `requests`."""

    def add(self, *requests: Asked) -> World:
        """With these requests."""
        self.requests.update({each.number: each for each in requests})
        return self

    def newest_first(self) -> list[Asked]:
        """The requests as lists have them."""
        return sorted(self.requests.values(), key=lambda each: (each.minutes, each.number), reverse=True)


class Answering(BaseHTTPRequestHandler):
    """One question and its answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    world: World

    def do_POST(self) -> None:
        """GitHub."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._answer(body["query"], lambda: github(self.world, body["query"], body.get("variables") or {}))

    def do_GET(self) -> None:
        """GitLab."""
        self._answer(self.path, lambda: gitlab(self.world, self.path))

    def _answer(self, question: str, answer: Callable[[], Answer]) -> None:
        world = self.world
        world.asked.append(question)
        world.tokens.add(self.headers.get("authorization") or self.headers.get("job-token") or "")
        fault = world.faults.pop(0) if world.faults else None
        given = fault(self) if fault else answer()
        if given is None:
            self.close_connection = True
            return
        status, headers, told = given
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def serving(world: World) -> Iterator[World]:
    """The world on a port of this machine."""
    handler = type("Bound", (Answering,), {"world": world})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    world.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()


# -- faults -----------------------------------------------------------------------------------------------------------


def status(code: int, told: Any = None, **headers: str) -> Fault:
    """An answer of this status."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda _asked: (code, named, told if told is not None else {"message": f"no, {TOKEN}"})


def said(told: Any) -> Fault:
    """An answer that is none: another JSON, or bytes that are no JSON."""
    return lambda _asked: (200, {}, told)


def cut(asked: Answering) -> None:
    """Half an answer, and then nothing."""
    asked.send_response(200)
    asked.send_header("Content-Length", "5000")
    asked.end_headers()
    asked.wfile.write(b'{"data": {"repository": ')
    asked.wfile.flush()


def hung(asked: Answering) -> None:
    """Never an answer."""
    threading.Event().wait(1.0)


# -- GitHub -----------------------------------------------------------------------------------------------------------


def github(world: World, query: str, variables: Mapping[str, Any]) -> Answer:
    """What GraphQL answers to the ledger's questions."""
    if "repositoryOwner" in query:
        return _data({"repositoryOwner": _owned(world) if variables["login"] == world.name.partition("/")[0] else None})
    name = f"{variables['owner']}/{variables['name']}"
    if name != world.name and name not in world.others:
        error = {"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve to a Repository"}
        return 200, {}, {"data": {"repository": None}, "errors": [error]}
    few = world.others.get(name, len(world.requests))
    if "pullRequests(first" in query:
        return _data({"repository": {"pullRequests": _listed(world, variables, few)}})
    if "databaseId nameWithOwner" in query and "pullRequest" not in query:
        return _data({"repository": _repository(world, name)})
    return _numbered(world, query)


def _data(data: Any) -> Answer:
    return 200, {"X-RateLimit-Remaining": "4000"}, {"data": data}


def _owned(world: World) -> dict[str, Any]:
    names = [world.name, *world.others]
    nodes = [
        _repository(world, name) | {"pullRequests": {"totalCount": world.others.get(name, len(world.requests))}}
        for name in names
    ]
    return {"repositories": {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}}


def _repository(world: World, name: str) -> dict[str, Any]:
    number = 1000 + [world.name, *world.others].index(name)
    branch = {"name": "main", "target": {"oid": oid("a", 1)}}
    return {"databaseId": number, "nameWithOwner": name, "isEmpty": False, "defaultBranchRef": branch}


def _listed(world: World, variables: Mapping[str, Any], few: int) -> dict[str, Any]:
    first, after = min(variables["first"], world.largest), variables.get("after")
    rows = [each for each in world.newest_first() if each.number <= few or few == len(world.requests)]
    if after:
        minutes, number = map(int, after.split("/"))
        rows = [each for each in rows if (each.minutes, each.number) < (minutes, number)]
    page = rows[:first]
    end = f"{page[-1].minutes}/{page[-1].number}" if page else None
    nodes = [node(world, each, dict.fromkeys(("labels", "reviews", "timelineItems"), 0)) for each in page]
    return {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > first, "endCursor": end}}


def _numbered(world: World, query: str) -> Answer:
    found: dict[str, Any] = {}
    errors = []
    starts = list(_ALIAS.finditer(query))
    ends = [*(start.start() for start in starts[1:]), None]
    for start, end in zip(starts, ends, strict=True):
        number, text = int(start[1]), query[start.end() : end]
        lists = {}
        for match in _LIST.finditer(text):
            lists[match["name"] or "checks"] = int(match["after"] or match["checks"] or 0)
        if number in world.requests:
            found[f"r{number}"] = node(world, world.requests[number], lists)
        else:
            found[f"r{number}"] = None
            errors.append({"type": "NOT_FOUND", "path": ["repository", f"r{number}"], "message": "Could not resolve"})
    return 200, {}, {"data": {"repository": found}, **({"errors": errors} if errors else {})}


def node(world: World, each: Asked, lists: Mapping[str, int]) -> dict[str, Any]:
    """A request as GraphQL tells it, with these lists from these places on."""
    is_decided = each.state != "OPEN"
    whole = {
        "number": each.number,
        "title": "feat: x",
        "state": each.state,
        "isDraft": False,
        "createdAt": when(0),
        "updatedAt": each.updated,
        "mergedAt": each.updated if each.state == "MERGED" else None,
        "closedAt": each.updated if is_decided else None,
        "url": f"https://github.com/{world.name}/pull/{each.number}",
        "headRefName": f"topic-{each.number}",
        "headRefOid": oid(HEAD, each.number),
        "baseRefName": "main",
        "mergeCommit": {"oid": oid(MERGE, each.number)} if each.state == "MERGED" else None,
        "author": {"__typename": "User", "login": "ann"},
        "mergedBy": {"__typename": "User", "login": "bob"} if each.state == "MERGED" else None,
    }
    events = [(kind, minutes) for kind, minutes in each.closes]
    if is_decided:
        events.append(("ClosedEvent", each.minutes))
    rows: dict[str, list[dict[str, Any]]] = {
        "labels": [{"name": f"label-{place}"} for place in range(each.labels)],
        "reviews": [
            {
                "state": "APPROVED",
                "submittedAt": when(place + 1),
                "author": {"__typename": "Bot", "login": "coderabbitai"},
                "commit": {"oid": oid(HEAD, each.number)},
            }
            for place in range(each.reviews)
        ],
        "timelineItems": [
            {"__typename": kind, "createdAt": when(minutes), "actor": {"__typename": "User", "login": "bob"}}
            for kind, minutes in events
        ],
        "commits": [{"commit": _commit(each, place)} for place in range(each.commits)],
    }
    page = {name: _page(world, rows[name], start) for name, start in lists.items() if name in rows}
    if "checks" in lists:
        contexts = _page(world, [_context(each, place) for place in range(each.checks)], lists["checks"])
        rollup = {"contexts": contexts} if each.checks else None
        page["checks"] = {"nodes": [{"commit": {"oid": oid(HEAD, each.number), "statusCheckRollup": rollup}}]}
    return whole | page | each.changed


def _page(world: World, rows: list[Any], start: int) -> dict[str, Any]:
    end = start + min(100, world.largest)
    return {"nodes": rows[start:end], "pageInfo": {"hasNextPage": end < len(rows), "endCursor": str(end)}}


def _commit(each: Asked, place: int) -> dict[str, Any]:
    is_last = place == each.commits - 1
    who = {"name": "Ann", "email": "ann@example.org"}
    return {
        "oid": oid(HEAD, each.number) if is_last else oid("d", each.number * 1000 + place),
        "message": each.message,
        "parents": {"nodes": [{"oid": oid("e", each.number)}]},
        "author": who,
        "authoredDate": when(0),
        "committer": who,
        "committedDate": when(0),
    }


def _context(each: Asked, place: int) -> dict[str, Any]:
    if place % 2:
        return {
            "__typename": "StatusContext",
            "id": f"SC_{each.number}_{place}",
            "context": "ci/deploy",
            "state": "SUCCESS",
            "createdAt": when(2),
            "isRequired": False,
        }
    return {
        "__typename": "CheckRun",
        "databaseId": each.number * 1000 + place,
        "name": "test",
        "status": "COMPLETED",
        "conclusion": "SUCCESS",
        "startedAt": when(1),
        "completedAt": when(2),
        "isRequired": True,
        "checkSuite": {"workflowRun": {"databaseId": each.number, "workflow": {"name": "CI"}}},
    }


# -- GitLab -----------------------------------------------------------------------------------------------------------


def gitlab(world: World, target: str) -> Answer:
    """What REST answers to the ledger's questions."""
    path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
    parts = [unquote(part) for part in path.removeprefix("/api/v4/").split("/")]
    if parts[0] == "groups":
        names = [world.name, *world.others]
        return _rows(world, target, [_project(world, name) for name in names], asked)
    if parts[1] != world.name and parts[1] not in world.others:
        return 404, {}, {"message": "404 Project Not Found"}
    if len(parts) == 2:
        return 200, {}, _project(world, parts[1])
    few = world.others.get(parts[1], len(world.requests))
    if len(parts) == 3:
        rows = [each for each in world.newest_first() if each.number <= few or few == len(world.requests)]
        return _rows(world, target, [merge_request(world, each) for each in rows if _is_asked(each, asked)], asked)
    return _rows(world, target, _beside(world.requests[int(parts[3])], parts[4]), asked)


def _is_asked(each: Asked, asked: Mapping[str, list[str]]) -> bool:
    at = START + timedelta(minutes=each.minutes)
    after, before = asked.get("updated_after"), asked.get("updated_before")
    numbers = asked.get("iids[]")
    return (
        (not after or at >= datetime.fromisoformat(after[0]))
        and (not before or at <= datetime.fromisoformat(before[0]))
        and (not numbers or str(each.number) in numbers)
    )


def _project(world: World, name: str) -> dict[str, Any]:
    number = 1000 + [world.name, *world.others].index(name)
    return {"id": number, "path_with_namespace": name, "default_branch": "main"}


def _rows(world: World, target: str, rows: list[Any], asked: Mapping[str, list[str]]) -> Answer:
    size = min(int(asked.get("per_page", ["20"])[0]), world.largest)
    page = int(asked.get("page", ["1"])[0])
    headers = {"x-next-page": ""}
    if page * size < len(rows):
        rest = re.sub(r"[?&]page=\d+", "", target)
        link = f"{world.url}{rest}{'&' if '?' in rest else '?'}page={page + 1}"
        # Real ones have both; half of the pages are told by either here.
        headers = {"x-next-page": str(page + 1)} if page % 2 else {"Link": f'<{link}>; rel="next"'}
    return 200, headers, rows[(page - 1) * size : page * size]


def merge_request(world: World, each: Asked) -> dict[str, Any]:
    """A merge request as a list of GitLab's has it."""
    state = {"OPEN": "opened", "CLOSED": "closed", "MERGED": "merged"}[each.state]
    return {
        "iid": each.number,
        "state": state,
        "title": "feat: x",
        "created_at": when(0),
        "updated_at": each.updated,
        "merged_at": each.updated if state == "merged" else None,
        "closed_at": each.updated if state == "closed" else None,
        "source_branch": f"topic-{each.number}",
        "target_branch": "main",
        "sha": oid(HEAD, each.number),
        "merge_commit_sha": None,
        "squash_commit_sha": oid(MERGE, each.number) if state == "merged" else None,
        "labels": ["bug"],
        "draft": False,
        "author": {"username": "ann"},
        "merge_user": {"username": "bob"} if state == "merged" else None,
        "web_url": f"https://gitlab.com/{world.name}/-/merge_requests/{each.number}",
    } | each.changed


def _beside(each: Asked, name: str) -> list[dict[str, Any]]:
    if name == "commits":
        return [_gitlab_commit(each, place) for place in reversed(range(each.commits))]
    if name == "resource_state_events":
        kinds = {"ClosedEvent": "closed", "ReopenedEvent": "reopened"}
        return [{"state": kinds[kind], "created_at": when(at), "user": {"username": "bob"}} for kind, at in each.closes]
    if name == "notes":
        approved = "approved this merge request"
        return [
            {"system": True, "body": approved, "created_at": when(place + 1), "author": {"username": "bob"}}
            for place in range(each.reviews)
        ]
    return [
        {
            "id": each.number * 1000 + place,
            "sha": oid(HEAD, each.number),
            "ref": f"topic-{each.number}",
            "status": "success",
            "created_at": when(1),
            "updated_at": when(2),
        }
        for place in range(each.checks)
    ]


def _gitlab_commit(each: Asked, place: int) -> dict[str, Any]:
    told = _commit(each, place)
    return {
        "id": told["oid"],
        "message": told["message"],
        "parent_ids": [oid("e", each.number)],
        "author_name": "Ann",
        "author_email": "ann@example.org",
        "authored_date": when(0),
        "committer_name": "Ann",
        "committer_email": "ann@example.org",
        "committed_date": when(0),
    }
