"""Pull requests as GitHub's GraphQL tells them: a list without commits first, then what is deep in each, by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ledger.domain.amounts import Refused
from ledger.domain.fields import moment, record, records, text
from ledger.domain.forge_access import Access
from ledger.domain.github_answers import Told, joined, nodes, rest, told_of
from ledger.domain.github_queries import DEEP, KNOWN, LISTED, LISTS, OWNED, PAGES, numbered, parts
from ledger.domain.requests import oid
from ledger.domain.sync_course import Known, Page
from ledger.sources.forge_client import ForgeClient, ForgeFailed, Overloaded

NEEDS = "the rights contents, pull-requests and checks: read for it (of a classic token the scope repo)"
_TRIES = 4
_MOST_PAGES = 200
"""Of one list of a request: beyond that it is left as one that goes on, so that no answer leads round for ever."""
_LEFT_OUT = "GitHub's list lacks it (ledger ci sync --full asks for it again)"
_MISSING = "NOT_FOUND"
_FORBIDDEN = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES"})
_STALE = "INVALID_CURSOR_ARGUMENTS"

Node = dict[str, Any]


class StaleCursor(ForgeFailed):
    """The forge does not know any more where a page began."""


class GitHub:
    """One repository, or one owner of repositories, on one GitHub."""

    def __init__(self, client: ForgeClient, asked: Access) -> None:
        self._client, self._asked = client, asked
        self.notices: list[str] = []
        """What could not be told of any request, once each."""

    def known(self) -> Known:
        """The repository as GitHub knows it; raises ForgeFailed."""
        told = self._repository(KNOWN, {})
        return _known(self._asked.host, told)

    def owned(self) -> Iterator[Known]:
        """Every repository of the owner that has a request; raises ForgeFailed."""
        after: str | None = None
        while True:
            data = self._data(OWNED, {"login": self._asked.path, "after": after})
            owner = data.get("repositoryOwner")
            if not isinstance(owner, dict):
                raise ForgeFailed(
                    f"{self._asked.host} knows of no {self._asked.path}; name an organisation or a user by its login."
                )
            page = record(owner.get("repositories"))
            for each in records(page.get("nodes")):
                if record(each.get("pullRequests")).get("totalCount"):
                    yield _known(self._asked.host, each)
            after = rest(owner, "repositories")
            if not after:
                return

    def pages(self, after: str, floor: datetime | None) -> Iterator[Page]:
        """The requests updated since the floor, the newest first, from where a page ended; raises ForgeFailed."""
        while True:
            try:
                answer = self._list(after)
            except StaleCursor:
                if not after:
                    raise
                answer = self._list("")  # what was read already is read again, which changes nothing
            whole = nodes(answer, "pullRequests")
            listed = [node for node in whole if _is_since(node, floor)]
            after = "" if len(listed) < len(whole) else rest(answer, "pullRequests")
            self._complete({node["number"]: node for node in listed if isinstance(node.get("number"), int)})
            page = _page(listed, after)
            missing = len(record(answer.get("pullRequests")).get("nodes") or ()) - len(whole)
            yield replace(page, untold=(*page.untold, *((0, _LEFT_OUT) for _ in range(missing))))
            if not after:
                return

    def named(self, numbers: Iterable[int]) -> Iterator[Page]:
        """The requests of these numbers; raises ForgeFailed. One that GitHub does not know is told with ''."""
        for part in parts(numbers):
            answer = self._numbered({number: dict.fromkeys(DEEP, "") for number in part}, whole=True)
            found = {number: node for number in part if (node := answer.get(number))}
            self._complete(found, begun=True)
            page = _page(list(found.values()), "")
            yield Page(page.told, (*page.untold, *((number, "") for number in part if number not in found)))

    def _list(self, after: str) -> Node:
        """One page of the list, a smaller one where GitHub breaks off over a larger one."""
        for size in PAGES[:-1]:
            try:
                return self._repository(LISTED, {"first": size, "after": after or None}, tries=2)
            except Overloaded:
                continue
        return self._repository(LISTED, {"first": PAGES[-1], "after": after or None})

    def _complete(self, found: Mapping[int, Node], *, begun: bool = False) -> None:
        """Ask for what is deep in the requests, and for the rest of every list, until nothing goes on."""
        wanted: dict[int, dict[str, str]] = {} if begun else {number: dict.fromkeys(DEEP, "") for number in found}
        for _ in range(_MOST_PAGES):
            for number, node in found.items():
                wanted.setdefault(number, {}).update({name: at for name in LISTS if (at := rest(node, name))})
            wanted = {number: lists for number, lists in wanted.items() if lists}
            if not wanted:
                return
            for part in parts(wanted):
                answer = self._numbered({number: wanted[number] for number in part})
                for number in part:
                    _join(found[number], answer.get(number) or {}, wanted[number])
            wanted = {}

    def _numbered(self, wanted: Mapping[int, Mapping[str, str]], *, whole: bool = False) -> dict[int, Node]:
        """What is told of requests by number; in two halves where GitHub breaks off over the whole."""
        is_one = len(wanted) == 1
        try:
            told = self._repository(numbered(wanted, whole=whole), {}, **({} if is_one else {"tries": 2}))
        except Overloaded:
            if is_one:
                raise
            pairs = list(wanted.items())
            half = len(pairs) // 2
            return self._numbered(dict(pairs[:half]), whole=whole) | self._numbered(dict(pairs[half:]), whole=whole)
        return {number: node for number in wanted if isinstance(node := told.get(f"r{number}"), dict)}

    def _repository(self, question: str, variables: Mapping[str, Any], tries: int = _TRIES) -> Node:
        owner, _, name = self._asked.path.partition("/")
        found = self._data(question, {"owner": owner, "name": name, **variables}, tries).get("repository")
        if not isinstance(found, dict):
            raise ForgeFailed(
                f"{self._asked.host} knows of no {self._asked.path}, or does not show it to this token, which needs "
                f"{NEEDS}."
            )
        return found

    def _data(self, question: str, variables: Mapping[str, Any], tries: int = _TRIES) -> Node:
        """The data of an answer, whole or in part; raises ForgeFailed where there is none."""
        words = {name: told for name, told in variables.items() if told is not None}
        attempt = 0
        while True:
            asked = {"query": question, "variables": words}
            answer = self._client.ask(f"{self._asked.path}'s requests", self._asked.api, json=asked, tries=tries)
            told = record(answer.told)
            errors = records(told.get("errors"))
            kinds = {text(error.get("type")) for error in errors}
            if "RATE_LIMITED" in kinds or any("rate limit" in text(error.get("message")).lower() for error in errors):
                self._client.wait_for_limit(answer.headers)
                continue
            data = told.get("data")
            if isinstance(data, dict) and (any(data.values()) or kinds <= {_MISSING}):
                self._note(errors)
                return data
            self._refuse(errors, kinds)
            attempt += 1
            if attempt >= tries:
                raise Overloaded(
                    f"{self._asked.host} answered with an error instead of {self._asked.path}'s requests, {tries} "
                    "times. What was read is kept; run it again later, and it goes on from there."
                )
            self._client.pause(attempt, "it answered with an error")

    def _refuse(self, errors: list[Node], kinds: set[str]) -> None:
        """Raises ForgeFailed for an error that asking again does not mend."""
        if kinds & _FORBIDDEN:
            raise ForgeFailed(
                f"{self._asked.host} does not let this token read {self._asked.path}'s requests (insufficient "
                f"permission): it needs {NEEDS}."
            )
        if _STALE in kinds:
            raise StaleCursor(f"{self._asked.host} has forgotten where the last page ended; begin anew with --full.")
        if any("undefinedField" in str(record(error.get("extensions")).get("code")) for error in errors):
            raise ForgeFailed(f"{self._asked.host} is too old for the questions of this git-ledger.")

    def _note(self, errors: list[Node]) -> None:
        """What is missing in an answer because the token may not see it."""
        if any(error.get("type") in _FORBIDDEN for error in errors):
            what = f"{self._asked.host} left out what this token may not read, such as checks"
            sentence = f"{what} (insufficient permission): it needs {NEEDS}."
            if sentence not in self.notices:
                self.notices.append(sentence)


def _known(host: str, told: Node) -> Known:
    branch = record(told.get("defaultBranchRef"))
    return Known(
        id=str(told.get("databaseId") or ""),
        alias=f"{host}/{text(told.get('nameWithOwner'))}",
        branch=text(branch.get("name")),
        tip=oid(record(branch.get("target")).get("oid")),
    )


def _is_since(node: Node, floor: datetime | None) -> bool:
    updated = moment(node.get("updatedAt"))
    return floor is None or updated is None or updated >= floor


def _join(node: Node, more: Node, wanted: Mapping[str, str]) -> None:
    """Put a further answer to a request; a list that was asked on and not told any more is left as one that goes on."""
    joined(node, more)
    for name in wanted:
        if not more.get(name) and rest(node, name):
            del node[name]  # asked again and again it would never end, and what is there is not all


def _page(listed: list[Node], after: str) -> Page:
    told: list[Told] = []
    untold: list[tuple[int, str]] = []
    for node in listed:
        try:
            told += list(told_of(node))
        except Refused as error:
            untold.append((number if isinstance(number := node.get("number"), int) else 0, str(error)))
    newest = max(filter(None, (moment(node.get("updatedAt")) for node in listed)), default=None)
    return Page(tuple(told), tuple(untold), newest, after)
