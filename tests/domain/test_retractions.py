"""What was taken back, brought back and taken back again: by chains of ids, whatever order they come in."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from ledger.domain.facts import Entry
from ledger.domain.retractions import identity, named_by, retraction_id, to_settle, withdrawn

FACT = identity("commit", "a" * 40)


def taking(gone: object, **more: object) -> Entry:
    body = {"id": gone, **more}
    return Entry(id=f"r-{gone}", kind="retract", text=json.dumps({"v": 1, "kind": "retract", "body": body}))


def chain(length: int) -> list[Entry]:
    entries, link = [], FACT
    for _ in range(length):
        entries.append(taking(link))
        link = retraction_id(link)
    return entries


@pytest.mark.parametrize("length", range(6))
def test_an_odd_chain_takes_back_and_an_even_one_brings_back(length: int) -> None:
    assert (FACT in withdrawn(chain(length)).ids) is (length % 2 == 1)


def test_the_order_of_the_entries_does_not_matter() -> None:
    found = {withdrawn(entries) for entries in permutations(chain(4))}
    assert len(found) == 1


def test_a_link_that_is_missing_ends_the_chain() -> None:
    first, _, third = chain(3)
    assert FACT in withdrawn([first, third]).ids


@pytest.mark.parametrize("is_gone", [True, False])
@pytest.mark.parametrize("length", range(5))
def test_settling_ends_as_wanted_and_says_nothing_twice(length: int, is_gone: bool) -> None:
    entries = chain(length)
    more = to_settle(FACT, is_gone=is_gone, named=named_by(entries))
    settled = [*entries, *map(taking, more)]
    assert (FACT in withdrawn(settled).ids) is is_gone
    assert not to_settle(FACT, is_gone=is_gone, named=named_by(settled))
    assert len(more) <= 1


def test_settling_goes_past_a_link_that_came_from_elsewhere() -> None:
    elsewhere = [taking(retraction_id(FACT))]
    more = to_settle(FACT, is_gone=True, named=named_by(elsewhere))
    assert FACT in withdrawn([*elsewhere, *map(taking, more)]).ids


def test_a_session_is_forgotten_only_under_its_own_id() -> None:
    own = identity("session", "s1")
    assert withdrawn([taking(own, session="s1")]).sessions == {"s1"}
    assert withdrawn([taking(own)]).sessions == frozenset()
    assert withdrawn([taking(own, session="s2")]).sessions == frozenset()
    assert withdrawn([taking(identity("session", ""), session="")]).sessions == frozenset()


def test_a_session_that_was_brought_back_is_not_forgotten() -> None:
    own = identity("session", "s1")
    found = withdrawn([taking(own, session="s1"), taking(retraction_id(own))])
    assert own not in found.ids
    assert found.sessions == frozenset()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"v": 2, "body": {"id": "x"}}', '{"v": 1, "body": []}', '{"v": 1, "body": {"id": 5}}', "[" * 9999],
)
def test_what_only_looks_like_a_retraction_takes_nothing_back(text: str) -> None:
    assert not withdrawn([Entry(id="e", kind="retract", text=text)])


def test_other_entries_take_nothing_back() -> None:
    assert not withdrawn([Entry(id="e", kind="weather", text=taking(FACT).text)])
