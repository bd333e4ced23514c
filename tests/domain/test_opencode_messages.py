"""OpenCode's messages as calls: the key is what a fork leaves as it is."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.facts import Fact
from ledger.domain.opencode_messages import Messages, Run, run_of
from ledger.domain.session_facts import Call

BORN = 1_772_359_200_000


def written(**changed: Any) -> dict[str, Any]:
    return {
        "role": "assistant",
        "modelID": "m",
        "providerID": "p",
        "time": {"created": BORN, "completed": BORN + 9},
        "tokens": {"input": 5, "output": 2, "reasoning": 1, "cache": {"read": 3, "write": 4}},
        **changed,
    }


def key(held: dict[str, Any], name: str = "m1", session: str = "s") -> str:
    messages = Messages([], lambda path, _: path)
    found: list[Fact] = list(messages.message(held, name, session))
    (call,) = (fact for fact in found if isinstance(fact, Call))
    return call.event_key


def test_a_copy_under_another_id_in_another_session_has_the_same_key() -> None:
    assert key(written()) == key(written(parentID="x", cost=1.0), "m2", "s2")


@pytest.mark.parametrize(
    "changed",
    [
        {"modelID": "other"},
        {"providerID": "other"},
        {"time": {"created": BORN + 1, "completed": BORN + 9}},
        {"time": {"created": BORN, "completed": BORN + 8}},
        {"tokens": {"input": 6, "output": 2, "reasoning": 1, "cache": {"read": 3, "write": 4}}},
        {"tokens": {"input": 5, "output": 1, "reasoning": 2, "cache": {"read": 3, "write": 4}}},
        {"tokens": {"input": 5, "output": 2, "reasoning": 1, "cache": {"read": 4, "write": 3}}},
    ],
)
def test_anything_else_than_a_copy_has_another(changed: dict[str, Any]) -> None:
    assert key(written()) != key(written(**changed))


def test_a_message_has_its_id_as_key_until_it_ends() -> None:
    assert key(written(time={"created": BORN})) == "opencode/id/m1"
    assert "/id/" not in key(written())


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (
            {"id": "s", "parentID": "p", "directory": "/w", "version": "1", "time": {"created": 5}},
            Run("s", "p", "/w", "1", 5),
        ),
        ({"id": "s", "parent_id": "p", "directory": "/w", "time_created": 5}, Run("s", "p", "/w", "", 5)),
        ({"id": 5, "time": "x", "time_created": "x"}, Run("", "", "", "", 0)),
    ],
)
def test_a_session_is_told_by_its_file_or_its_row(row: dict[str, Any], wanted: Run) -> None:
    assert run_of(row) == wanted


def test_sessions_that_name_each_other_as_parents_end() -> None:
    runs = [Run("a", "b", "", "", 0), Run("b", "a", "", "", 0)]
    messages = Messages(runs, lambda path, _: path)
    (call,) = (fact for fact in messages.message(written(), "m", "a") if isinstance(fact, Call))
    assert call.session in ("a", "b")
