"""Families of Codex sessions: the same for every order in which forks are met."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.codex_lineage import APART, FORK, SUBAGENT, Identity, Lineage, identity_of
from ledger.domain.session_facts import SessionParent


def parent(session: str, of: str, kind: str = FORK) -> SessionParent:
    return SessionParent(session=session, parent=of, kind=kind)


def test_a_session_without_parent_is_a_family_of_its_own() -> None:
    assert Lineage([]).place("a") == ("a", 0)
    assert Lineage([]).relatives(["a"]) == frozenset()


@pytest.mark.parametrize("order", list(permutations([parent("b", "a"), parent("c", "b"), parent("d", "c")])))
def test_descendants_are_placed_under_the_first_ancestor(order: tuple[SessionParent, ...]) -> None:
    lineage = Lineage(order)
    wanted = {"a": ("a", 0), "b": ("a", 1), "c": ("a", 2), "d": ("a", 3)}
    assert {name: lineage.place(name) for name in wanted} == wanted
    assert lineage.relatives(["c"]) == frozenset("abcd")
    assert lineage.relatives(["x"]) == frozenset()


@given(rows=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=8), chance=st.randoms())
def test_any_parents_end_and_no_order_matters(rows: list[tuple[str, str]], chance: object) -> None:
    parents = [parent(one, other) for one, other in rows]
    mixed = sorted(parents, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert [Lineage(parents).place(name) for name in "abcd"] == [Lineage(mixed).place(name) for name in "abcd"]
    assert Lineage(parents).relatives("a") == Lineage(mixed).relatives("a")


def test_a_circle_is_one_family() -> None:
    lineage = Lineage([parent("a", "b"), parent("b", "a"), parent("c", "b")])
    assert {lineage.place(name)[0] for name in "abc"} == {"a"}


def test_a_subagent_that_says_where_it_begins_is_of_no_family_but_works_for_one() -> None:
    lineage = Lineage([parent("s", "p", APART), parent("t", "s", SUBAGENT), parent("f", "p", FORK)])
    assert lineage.place("s") == ("s", 0)
    assert lineage.place("t") == ("s", 1)
    assert [lineage.top(name) for name in "stfp"] == ["p", "p", "f", "p"]
    assert lineage.has_subagents
    assert not Lineage([parent("f", "p", FORK)]).has_subagents


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ({"id": "b", "forked_from_id": "a"}, parent("b", "a", FORK)),
        ({"id": "b", "parent_thread_id": "a"}, parent("b", "a", SUBAGENT)),
        ({"id": "b", "parent_thread_id": "a", "subagent_history_start_ordinal": 7}, parent("b", "a", APART)),
        ({"id": "b"}, None),
        ({"id": "b", "forked_from_id": "b"}, None),
        ({"forked_from_id": "a"}, None),
    ],
)
def test_a_file_says_what_it_goes_back_to(payload: dict[str, object], wanted: SessionParent | None) -> None:
    assert identity_of(payload).origin() == wanted


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ({"id": "x"}, Identity("x", "", "", False, "", None)),
        ({"id": 5, "source": "cli"}, Identity("", "", "", False, "", None)),
        ({"id": "x", "source": {"subagent": "review"}}, Identity("x", "", "", True, "/review", None)),
        ({"id": "x", "parent_thread_id": "p", "session_id": "r"}, Identity("x", "p", "r", True, "", None)),
        (
            {"id": "x", "source": {"subagent": {"thread_spawn": {"parent_thread_id": "p", "agent_role": "worker"}}}},
            Identity("x", "p", "", True, "worker", None),
        ),
        ({"id": "x", "source": {"subagent": {"other": "guardian"}}}, Identity("x", "", "", True, "guardian", None)),
    ],
)
def test_an_identity_is_read_from_every_form(payload: dict[str, object], wanted: Identity) -> None:
    assert identity_of(payload) == wanted
