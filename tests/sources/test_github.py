"""GitHub's answers, whole, in part and refused; the questions stay within its limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.domain.commit_facts import Contained
from ledger.domain.github_queries import AT_ONCE, LISTS
from ledger.domain.requests import Checked, Described
from ledger.domain.sync_course import Page
from ledger.sources.forge_client import Busy, ForgeFailed, Overloaded
from tests import forges
from tests.forges import Asked, World, serving
from tests.posting.syncing import asking


@pytest.fixture
def world() -> Iterator[World]:
    with serving(World()) as served:
        yield served


def pages(world: World, waits: list[float] | None = None) -> list[Page]:
    with asking(world, "github", waits) as forge:
        return list(forge.pages("", None))


def described(found: list[Page]) -> list[Described]:
    return [each for page in found for each in page.described]


def error(kind: str, data: Any = None, message: str = "no") -> forges.Fault:
    """An answer that is an error by GraphQL's own way, which is no error of HTTP."""
    return forges.said({"data": data, "errors": [{"type": kind, "message": message}]})


def test_long_lists_are_read_to_their_ends(world: World) -> None:
    world.largest = 3
    world.add(Asked(7, "CLOSED", minutes=9, commits=7, reviews=8, labels=5, checks=10))
    ((only,), checks) = described(pages(world)), [c for c in pages(world)[0].told if isinstance(c, Checked)]
    assert len(only.details["commits"]) == 7
    assert only.details["labels"] == tuple(f"label-{place}" for place in range(5))
    assert sum(each.kind == "reviewed" for each in only.happened) == 8
    assert len(checks) == 10
    assert {check.is_required for check in checks if check.name == "CI / test"} == {True}
    assert {check.name for check in checks} == {"CI / test", "ci/deploy"}


def test_commits_are_told_as_they_were_written(world: World) -> None:
    world.add(Asked(7, commits=2))
    (contained,) = [each for each in pages(world)[0].told if isinstance(each, Contained)]
    assert [each.subject for each in contained.written] == ["feat: x", "feat: x"]
    assert contained.written[1].oid == forges.oid(forges.HEAD, 7)
    assert contained.written[0].parents == (forges.oid("e", 7),)


def nodes_of(question: str) -> int:
    """What a question could return, as GitHub counts it: the product of the sizes around each list."""
    total, sizes, size = 0, [1], 1
    for token in re.findall(r"(?:first|last):(\d+|\$first)|([{}])", question):
        if token[0]:
            size = 50 if token[0] == "$first" else int(token[0])
        elif token[1] == "{":
            sizes.append(sizes[-1] * size)
            total += sizes[-1] if size > 1 else 0
            size = 1
        else:
            sizes.pop()
    return total


def test_no_question_passes_githubs_limit(world: World) -> None:
    world.add(*(Asked(number, minutes=number) for number in range(1, AT_ONCE + 11)))
    pages(world)
    with asking(world, "github") as forge:
        list(forge.named(range(1, AT_ONCE + 11)))
    assert all(nodes_of(question) < 250_000 for question in world.asked), "half of what is allowed"
    listing = [question for question in world.asked if "pullRequests(" in question]
    assert listing
    assert not any("commits" in question for question in listing), "asked for by number"
    assert all(f"{name}(" in "".join(world.asked) or name == "checks" for name in LISTS)


def test_a_limit_told_in_an_answer_is_waited_for(world: World) -> None:
    world.add(Asked(7))
    waits: list[float] = []
    world.faults = [error("RATE_LIMITED"), error("", message="You have exceeded a secondary rate limit.")]
    assert len(described(pages(world, waits))) == 1
    assert waits == [60.0, 60.0]
    world.faults = [error("RATE_LIMITED")]
    with asking(world, "github", patience=5) as forge, pytest.raises(Busy):
        list(forge.pages("", None))


def test_an_error_instead_of_data_is_asked_again_and_ends(world: World) -> None:
    world.add(Asked(7))
    world.faults = [error("INTERNAL"), forges.said([]), forges.said({"data": None})]
    assert len(described(pages(world))) == 1
    world.faults = [error("INTERNAL")] * 50
    with pytest.raises(Overloaded, match="answered with an error instead of owner/name's requests"):
        pages(world)


@pytest.mark.parametrize("kind", ["FORBIDDEN", "INSUFFICIENT_SCOPES"])
def test_a_token_without_rights_is_one_sentence_that_names_them(world: World, kind: str) -> None:
    world.faults = [error(kind, {"repository": None}, message=f"Resource not accessible {forges.TOKEN}")]
    with pytest.raises(ForgeFailed, match="contents, pull-requests and checks: read") as failed:
        pages(world)
    assert forges.TOKEN not in str(failed.value)
    assert len(world.asked) == 1


def test_what_a_token_may_not_see_is_left_out_and_said(world: World) -> None:
    world.add(Asked(7, "MERGED"))
    part = {"r7": {"number": 7, "commits": {"nodes": [], "pageInfo": {"hasNextPage": False}}, "checks": None}}
    world.faults = [None, error("FORBIDDEN", {"repository": part})]
    with asking(world, "github") as forge:
        (page,) = forge.pages("", None)
        assert not any(isinstance(each, Checked) for each in page.told)
        assert [each.merged_at is not None for each in page.described] == [True]
        assert forge.notices == [
            "github.com left out what this token may not read, such as checks (insufficient permission): it needs the "
            "rights contents, pull-requests and checks: read for it (of a classic token the scope repo)."
        ]


def test_a_list_that_is_cut_off_tells_nothing_of_its_whole(world: World) -> None:
    world.largest = 3
    world.add(Asked(7, commits=5))
    world.faults = [None, None, error("INTERNAL", {"repository": {"r7": None, "r8": {}}})]
    (only,) = described(pages(world))
    assert "commits" not in only.details, "three of five are not the request's commits"


def test_a_request_that_is_missing_in_a_list_is_named(world: World) -> None:
    world.faults = [forges.said({"data": {"repository": {"pullRequests": {"nodes": [None], "pageInfo": {}}}}})]
    (page,) = pages(world)
    assert [number for number, _ in page.untold] == [0]


def test_a_question_that_is_too_large_is_asked_in_smaller_parts(world: World) -> None:
    world.add(*(Asked(number, minutes=number) for number in range(1, 61)))
    broken = forges.status(502)
    world.faults = [broken, broken, None, broken, broken]
    found = pages(world)
    assert [len(list(page.described)) for page in found] == [20, 40], "fifty were too many, and twenty by number too"
    assert {each.number for each in described(found)} == set(range(1, 61))


def test_a_place_that_was_forgotten_is_begun_anew(world: World) -> None:
    world.add(Asked(7))
    world.faults = [error("INVALID_CURSOR_ARGUMENTS")]
    with asking(world, "github") as forge:
        assert [each.number for page in forge.pages("30/3", None) for each in page.described] == [7]
    world.faults = [error("INVALID_CURSOR_ARGUMENTS")]
    with pytest.raises(ForgeFailed, match="--full"):
        pages(world)


def test_answers_that_lead_round_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.sources.github._MOST_PAGES", 4)
    world.add(Asked(7))
    endless = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "x"}}
    world.faults = [None, *[forges.said({"data": {"repository": {"r7": {"commits": endless}}}})] * 4]
    (only,) = described(pages(world))
    assert "commits" not in only.details


def test_an_old_server_is_told_apart_from_a_broken_one(world: World) -> None:
    told = {"errors": [{"message": "no such field", "extensions": {"code": "undefinedField"}}]}
    world.faults = [forges.said(told)]
    with pytest.raises(ForgeFailed, match=r"github\.com is too old"):
        pages(world)


def test_the_repositories_of_an_owner_are_those_with_requests(world: World) -> None:
    world.add(Asked(1))
    world.others = {"owner/second": 1, "owner/silent": 0}
    with asking(world, "github") as forge:
        forge._asked = forge._asked.__class__("github", "github.com", "owner", forge._asked.api)
        assert [each.alias for each in forge.owned()] == ["github.com/owner/name", "github.com/owner/second"]
        forge._asked = forge._asked.__class__("github", "github.com", "nobody", forge._asked.api)
        with pytest.raises(ForgeFailed, match=r"github\.com knows of no nobody"):
            list(forge.owned())
