"""Descriptions of one request, and tellings of one event, come to the same whatever their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import reduce
from itertools import permutations
from random import Random
from typing import Any

import pytest

from ledger.domain.forge_facts import DETAILS, Event, Request
from ledger.domain.merging import merge_events, merge_requests
from tests.domain.building import START, at, request


def described(hours: float, *untold: str, **changed: object) -> Request:
    told: dict[str, Any] = {"labels": ("bug",)} | changed
    row = replace(request(7, head_ref="topic", head="h" * 40, described=hours), **told)
    empty = replace(row, **{name: type(getattr(row, name))() for name in untold})
    return replace(empty, earlier=tuple(sorted((name, "") for name in untold)))


def test_a_later_list_of_fewer_fields_takes_nothing_back() -> None:
    whole = described(1, commits=("a", "b"))
    short = described(2, "labels", "commits", "head_oid", state="closed", closed_at=at(2))
    for merged in (merge_requests(whole, short), merge_requests(short, whole)):
        assert (merged.state, merged.at) == ("closed", at(2))
        assert (merged.labels, merged.commits, merged.head_oid) == (("bug",), ("a", "b"), "h" * 40)
        then = at(1).isoformat()
        assert merged.earlier == (("commits", then), ("head_oid", then), ("labels", then))


def test_what_the_newest_description_says_is_empty_is_empty() -> None:
    merged = merge_requests(described(1), described(2, labels=()))
    assert (merged.labels, merged.earlier) == ((), ())


def test_between_two_older_descriptions_the_newer_one_tells_the_detail() -> None:
    """The newest may come between them."""
    rows = [described(1, labels=("a",)), described(3, "labels"), described(2, labels=("b",))]
    for order in permutations(rows):
        assert reduce(merge_requests, order).labels == ("b",)


def test_of_two_descriptions_of_one_time_the_one_that_decides_holds() -> None:
    rows = [described(1), described(1, state="closed", closed_at=at(1)), described(1, state="merged", merged_at=at(1))]
    for order in permutations(rows):
        assert reduce(merge_requests, order).state == "merged"
    assert merge_requests(described(1, "title"), described(1)).title == "work"


@pytest.mark.parametrize("seed", range(200))
def test_any_order_and_any_grouping_ends_alike(seed: int) -> None:
    random = Random(seed)

    def row() -> Request:
        untold = random.sample(DETAILS, random.randint(0, 4))
        state = random.choice(["open", "closed", "merged"])
        return described(random.randint(1, 3), *untold, state=state, title=random.choice("xyz"))

    one, two, three = row(), row(), row()
    whole = merge_requests(merge_requests(one, two), three)
    assert whole == merge_requests(one, merge_requests(three, two)) == merge_requests(merge_requests(three, one), two)
    assert merge_requests(whole, whole) == whole == merge_requests(whole, two)


def event(kind: str = "merged", **changed: str) -> Event:
    told = {"actor": "", "verdict": "", "oid": ""} | changed
    return Event(repository_id="R", subject="request:7", kind=kind, at=START + timedelta(days=1), **told)


def test_of_one_event_what_either_knows_is_kept() -> None:
    assert merge_events(event(verdict="v"), event(oid="c")) == event(verdict="v", oid="c")


def test_a_review_that_is_told_twice_is_not_mixed() -> None:
    one, other = event("reviewed", actor="f00", verdict="approved", oid="c"), event("reviewed", actor="f00", oid="d")
    assert merge_events(one, other) == one == merge_events(other, one)
    dismissed = replace(one, verdict="")
    assert merge_events(one, dismissed) == one == merge_events(dismissed, one)


def test_what_two_people_do_at_one_moment_are_two_events() -> None:
    keys = {tuple(getattr(row, name) for name in Event.key) for row in (event(actor="a"), event(actor="b"), event())}
    assert len(keys) == 3
