"""Putting in and taking out keep every other byte, in the text's own style."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.hooking.agents.jsonc import Node, parse
from ledger.hooking.agents.splice import add, checked, cut, insert, take_out
from tests.hooking.agents.settings import Settings, settings_files


def put(text: str, *values: tuple[str | None, Any], key: str | None = None) -> str:
    root = parse(text)
    container = root if key is None else root.child(key)
    assert container is not None
    return insert(text, add(text, container, values))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", '{\n  "k": [\n    1\n  ]\n}'),
        ("{\n}\n", '{\n  "k": [\n    1\n  ]\n}\n'),
        ('{"a": 1}', '{"a": 1, "k": [1]}'),
        ('{ "a": 1 }', '{ "a": 1, "k": [1] }'),
        ('{"a": 1,}', '{"a": 1, "k": [1],}'),
        ('{\n    "a": 1\n}', '{\n    "a": 1,\n    "k": [\n        1\n    ]\n}'),
        ('{\n\t"a": 1,\n}', '{\n\t"a": 1,\n\t"k": [\n\t\t1\n\t],\n}'),
        ('{\r\n  "a": 1\r\n}\r\n', '{\r\n  "a": 1,\r\n  "k": [\r\n    1\r\n  ]\r\n}\r\n'),
        ('{\n  "a": 1 // one\n}', '{\n  "a": 1, // one\n  "k": [\n    1\n  ]\n}'),
        ('{"a": 1 /* one */}', '{"a": 1, /* one */ "k": [1]}'),
        ("{\n  // nothing yet\n}", '{\n  // nothing yet\n  "k": [\n    1\n  ]\n}'),
        ("{ // nothing yet\n}", '{ // nothing yet\n  "k": [\n    1\n  ]\n}'),
        ('{"a": 1 // one\n}', '{"a": 1, // one\n  "k": [\n    1\n  ]\n}'),
    ],
)
def test_a_member_is_written_as_the_text_writes(before: str, after: str) -> None:
    assert put(before, ("k", [1])) == after
    root = parse(after)
    assert cut_out(after, root, "k") in (before, before.replace("{}", "{\n}"))


def cut_out(text: str, container: Node, key: str) -> str:
    return take_out(text, container, [child for child in container.children if child.key == key])


def test_several_at_once_and_items_without_a_name() -> None:
    assert put('{"a": [1]}', (None, 2), (None, "x"), key="a") == '{"a": [1, 2, "x"]}'
    assert put('{"a": []}', (None, 2), (None, 3), key="a") == '{"a": [2, 3]}'
    assert put('{"a": 1}', ("b", 2), ("c", 3)) == '{"a": 1, "b": 2, "c": 3}'


@given(settings_files(), st.integers(1, 3))
def test_what_was_put_in_is_there_and_can_be_cut_out(given_file: Settings, count: int) -> None:
    root = parse(given_file.text)
    values = [(f"new {number}", {"a": [number]}) for number in range(count)]
    insertions = add(given_file.text, root, values)
    after = insert(given_file.text, insertions)
    assert parse(after).value == {**given_file.value, **dict(values)}
    left = after
    for name, _ in values:
        left = cut_out(left, parse(left), name)
    assert parse(left).value == given_file.value
    if root.children:
        assert left == given_file.text


@given(settings_files(), st.data())
def test_taking_any_children_out_leaves_the_others(given_file: Settings, data: st.DataObject) -> None:
    root = parse(given_file.text)
    gone = [child for child in root.children if data.draw(st.booleans())]
    left = take_out(given_file.text, root, gone)
    names = {child.key for child in gone}
    assert parse(left).value == {key: value for key, value in given_file.value.items() if key not in names}
    comments = given_file.text.count("kept")
    inside = sum(given_file.text[child.start : child.node.end].count("kept") for child in gone)
    assert left.count("kept") == comments - inside


def test_spans_are_cut_from_the_end() -> None:
    assert cut("abcdef", [(0, 1), (4, 6), (2, 3)]) == "bd"
    assert insert("bd", [(0, "a"), (1, "c"), (2, "e"), (2, "f")]) == "abcdef"


def test_a_text_that_does_not_say_what_was_meant_is_refused() -> None:
    assert checked("[1]", [1]) == "[1]"
    with pytest.raises(ValueError, match="its style"):
        checked("[1]", [2])


@pytest.mark.parametrize(
    ("before", "gone", "after"),
    [
        ("[1, 2, 3]", [0], "[2, 3]"),
        ("[1, 2, 3]", [1], "[1, 3]"),
        ("[1, 2, 3]", [2], "[1, 2]"),
        ("[1, 2, 3]", [1, 2], "[1]"),
        ("[1, 2, 3]", [0, 1, 2], "[]"),
        ("[1, 2,]", [1], "[1,]"),
        ("[1,]", [0], "[]"),
        ("[\n  1,\n  2\n]", [1], "[\n  1\n]"),
        ("[\n  1,\n  2\n]", [0], "[\n  2\n]"),
        ("[\r\n\t1,\r\n\t2,\r\n]", [1], "[\r\n\t1,\r\n]"),
        ("[1, /* of 2 */ 2]", [1], "[1 /* of 2 */]"),
        ("[1, // of 1\n 2, 3]", [1], "[1, // of 1\n 3]"),
        ("[1, // of 1\n 2]", [1], "[1 // of 1\n]"),
        ("[// first\n1, 2]", [0], "[// first\n 2]"),
        ("[// first\n1]", [0], "[// first\n]"),
        ("[1 , 2 , 3]", [1], "[1 , 3]"),
    ],
)
def test_items_go_with_their_comma_and_their_blanks(before: str, gone: list[int], after: str) -> None:
    root = parse(before)
    left = take_out(before, root, [root.children[place] for place in gone])
    assert parse(left).value == [item for place, item in enumerate(root.value) if place not in gone]
    assert left.replace(" ", "") == after.replace(" ", "")
