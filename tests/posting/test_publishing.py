"""What a forge told, as others get it: without people, in pieces that can be read, and only what is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.forge_facts import Event, Request, Run
from ledger.errors import LedgerError
from ledger.posting.publishing import in_pieces, publish_news, told_by_forge
from ledger.posting.update import update
from ledger.posting.workplace import Workplace, open_workplace
from ledger.store.engine import Ledger, open_ledger
from tests.gitting import WHEN, commit, git

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


def test_people_and_what_others_recorded_are_left_out(place: tuple[Workplace, Ledger]) -> None:
    own = replace(RUN, run="local/1", evidence="exit-code")
    bot, person, stated = event("coderabbitai[bot]", 1), event("k3y0fs0meb0dy", 2), event("codex:gpt-5", 3)
    post(place, REQUEST, RUN, own, bot, person, stated)
    found = list(told_by_forge(*place).values())
    assert sorted(fact.actor for fact in found if isinstance(fact, Event)) == ["", "coderabbitai[bot]"]
    assert [fact.run for fact in found if isinstance(fact, Run)] == ["7/test"]
    assert [fact.number for fact in found if isinstance(fact, Request)] == [1]


def test_when_a_request_was_described_is_no_news_and_what_became_of_it_is(place: tuple[Workplace, Ledger]) -> None:
    post(place, REQUEST, RUN)
    before = told_by_forge(*place)
    later = replace(REQUEST, at=WHEN + timedelta(hours=1))
    post(place, later)
    said = publish_news(*place, before, "github.com", WHEN)
    assert said == "Nothing of it is new to those who pull."
    post(place, replace(later, at=WHEN + timedelta(hours=2), state="closed", closed_at=WHEN + timedelta(hours=2)))
    with pytest.raises(LedgerError, match="The record was not pushed: "):  # it is news; its remote is out of reach
        publish_news(*place, before, "github.com", WHEN)


def test_a_clone_that_posted_nothing_knows_nothing(repository: Path) -> None:
    workplace = open_workplace(str(repository))
    assert told_by_forge(workplace, open_ledger(workplace.database)) == {}


@given(st.lists(st.text(max_size=12)), st.integers(1, 40))
def test_pieces_are_the_lines_in_their_order_and_none_is_too_large(lines: list[str], largest: int) -> None:
    pieces = list(in_pieces(lines, largest))
    assert [line for piece in pieces for line in piece] == lines
    assert all(len(piece) == 1 or sum(len(line.encode()) + 1 for line in piece) <= largest for piece in pieces)
    for piece, after in pairwise(pieces):
        assert sum(len(line.encode()) + 1 for line in [*piece, after[0]]) > largest, "none is begun too early"
