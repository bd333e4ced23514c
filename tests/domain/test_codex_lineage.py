"""Families of Codex sessions: the same for every order in which forks are met."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from ledger.domain.codex_lineage import Identity, Lineage, identity_of


def forked(session: str, parent: str = "") -> Identity:
    return identity_of({"id": session, "forked_from_id": parent or None})


def test_a_session_without_parent_is_a_family_of_its_own() -> None:
    lineage = Lineage({})
    lineage.learn([forked("a")])
    assert lineage.place("a") == ("a", 0)
    assert lineage.settled() == {}


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_descendants_are_placed_under_the_first_ancestor(order: tuple[str, ...]) -> None:
    lineage = Lineage({})
    lineage.learn([forked("b", "a"), forked("c", "b")])
    wanted = {"a": ("a", 0), "b": ("a", 1), "c": ("a", 2)}
    assert {name: lineage.place(name) for name in order} == wanted


def test_what_was_settled_stays_when_an_older_ancestor_turns_up() -> None:
    first = Lineage({})
    first.learn([forked("c", "b")])
    assert first.place("c") == ("b", 1)
    second = Lineage(json.loads(json.dumps(first.settled())))
    second.learn([forked("b", "a"), forked("d", "c")])
    assert [second.place(name) for name in "bcd"] == [("b", 0), ("b", 1), ("b", 2)]


def test_a_circle_ends() -> None:
    lineage = Lineage({})
    lineage.learn([forked("a", "b"), forked("b", "a"), forked("c", "c")])
    assert lineage.place("a")[0] in "ab"
    assert lineage.place("c") == ("c", 0)


def test_a_subagent_that_says_where_it_begins_needs_no_family() -> None:
    lineage = Lineage({})
    lineage.learn([identity_of({"id": "s", "parent_thread_id": "p", "subagent_history_start_ordinal": 7})])
    assert lineage.place("s") == ("s", 0)


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ({"id": "x"}, Identity("x", "", "", False, "", None)),
        ({"id": 5, "source": "cli"}, Identity("", "", "", False, "", None)),
        ({"id": "x", "source": {"subagent": "review"}}, Identity("x", "", "", True, "review", None)),
        ({"id": "x", "parent_thread_id": "p", "session_id": "r"}, Identity("x", "p", "r", True, "", None)),
        (
            {"id": "x", "source": {"subagent": {"thread_spawn": {"parent_thread_id": "p", "agent_role": "worker"}}}},
            Identity("x", "p", "", True, "", None),
        ),
    ],
)
def test_an_identity_is_read_from_every_form(payload: dict[str, object], wanted: Identity) -> None:
    assert identity_of(payload) == wanted
