"""What a forge told, as others get it: without people, in pieces that can be read, and only what is new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.facts import Fact
from ledger.domain.forge_access import Access
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.reading import Cursor
from ledger.domain.sync_course import Course
from ledger.git import Git
from ledger.posting import publishing
from ledger.posting.forge import SOURCE
from ledger.posting.publishing import has_asked, in_pieces, known_to_others, publish_news
from ledger.posting.update import update
from ledger.posting.workplace import Workplace, open_workplace
from ledger.store.engine import Ledger, open_ledger
from tests.gitting import WHEN, commit, git

ASKED = Access("github", "github.com", "owner/name", "https://api.github.com/graphql")
REQUEST = Request(
    repository_id="",
    number=1,
    title="feat: x",
    state="open",
    head_ref="x",
    head_oid="b" * 40,
    base_ref="main",
    merge_oid="",
    opened_at=WHEN,
    merged_at=None,
    closed_at=None,
    labels=(),
    is_draft=False,
    commits=(),
    at=WHEN,
)
RUN = Run(
    repository_id="",
    run="7/test",
    attempt=1,
    oid="b" * 40,
    request_number=1,
    name="CI / test",
    conclusion="passed",
    is_required=True,
    tests=None,
    failures=None,
    at=WHEN,
    evidence="api",
)


def event(actor: str, minutes: int = 0) -> Event:
    at = WHEN + timedelta(minutes=minutes)
    return Event(repository_id="", subject="request:1", kind="reviewed", at=at, actor=actor, verdict="approved", oid="")


@pytest.fixture
def place(repository: Path) -> tuple[Workplace, Ledger]:
    git(repository, "remote", "add", "origin", "https://github.com/owner/name.git")
    commit(repository, "begin", at=WHEN)
    workplace = open_workplace(str(repository))
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=WHEN, sources=("commits",))
    return workplace, ledger


def post(place: tuple[Workplace, Ledger], *facts: Request | Run | Event) -> None:
    workplace, ledger = place
    here = update(workplace, ledger, now=WHEN, sources=()).repository_id
    with ledger.write() as writing:
        writing.post([replace(fact, repository_id=here) for fact in facts])


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was pushed, a list of lines for each push; that it arrives is tried with a remote elsewhere."""
    pieces: list[list[str]] = []

    def push(_git: Git, name: str, lines: Sequence[str]) -> str:
        pieces.append(list(lines))
        return name

    monkeypatch.setattr(publishing, "publish_lines", push)
    return pieces


def publish(place: tuple[Workplace, Ledger], before: Mapping[str, Fact], *, is_whole: bool = False) -> str:
    return publish_news(*place, before, ASKED, WHEN, is_whole=is_whole)


def told_in(pushed: list[list[str]]) -> list[tuple[str, Any]]:
    lines = [json.loads(line) for piece in pushed for line in piece]
    return sorted((line["kind"], line["body"].get("actor", line["body"].get("run", ""))) for line in lines)


def test_people_and_what_others_recorded_are_left_out(place: tuple[Workplace, Ledger], pushed: list[list[str]]) -> None:
    own = replace(RUN, run="local/1", evidence="exit-code")
    post(place, REQUEST, RUN, own, event("coderabbitai[bot]", 1), event("k3y0fs0meb0dy", 2), event("codex:gpt-5", 3))
    assert publish(place, {}).startswith("4 entries pushed to ")
    assert told_in(pushed) == [("event", ""), ("event", "coderabbitai[bot]"), ("request", ""), ("run", "7/test")]


def test_when_a_request_was_described_is_no_news_and_what_became_of_it_is(
    place: tuple[Workplace, Ledger], pushed: list[list[str]]
) -> None:
    post(place, REQUEST, RUN)
    assert known_to_others(*place) == {}
    publish(place, {})
    before = known_to_others(*place)
    assert len(before) == 2, "what was pushed is known to others"
    later = replace(REQUEST, at=WHEN + timedelta(hours=1))
    post(place, later)
    assert publish(place, before) == "Nothing of it is new to those who pull."
    post(place, replace(later, at=WHEN + timedelta(hours=2), state="closed", closed_at=WHEN + timedelta(hours=2)))
    del pushed[:]
    assert publish(place, before).startswith("1 entry pushed to ")
    assert [json.loads(line)["body"]["state"] for (line,) in pushed] == ["closed"]


def test_only_who_asked_for_everything_says_so(place: tuple[Workplace, Ledger], pushed: list[list[str]]) -> None:
    post(place, REQUEST)
    assert not has_asked(*place)
    here = update(*place, now=WHEN, sources=()).repository_id
    with place[1].write() as writing:
        writing.set_cursor(Cursor(SOURCE, here, Course(since=WHEN, at=WHEN).text()))
    assert has_asked(*place)
    publish(place, {}, is_whole=False)
    publish(place, {}, is_whole=True)
    marks = [[line["at"] for line in map(json.loads, piece) if line["kind"] == "sync_mark"] for piece in pushed]
    assert marks == [[], [f"{WHEN:%Y-%m-%dT%H:%M:%SZ}"]]


def test_a_clone_that_posted_nothing_knows_nothing(repository: Path) -> None:
    workplace = open_workplace(str(repository))
    ledger = open_ledger(workplace.database)
    assert (known_to_others(workplace, ledger), has_asked(workplace, ledger)) == ({}, False)


@given(st.lists(st.text(max_size=12)), st.integers(1, 40))
def test_pieces_are_the_lines_in_their_order_and_none_is_too_large(lines: list[str], largest: int) -> None:
    pieces = list(in_pieces(lines, largest))
    assert [line for piece in pieces for line in piece] == lines
    assert all(len(piece) == 1 or sum(len(line.encode()) + 1 for line in piece) <= largest for piece in pieces)
    for piece, after in pairwise(pieces):
        assert sum(len(line.encode()) + 1 for line in [*piece, after[0]]) > largest, "none is begun too early"
