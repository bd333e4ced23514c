"""The parser says what the JSON says, and where."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.hooking.agents.jsonc import Node, parse, skip
from tests.hooking.agents.settings import Settings, settings_files

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON, st.sampled_from([None, 0, 2, "\t"]))
def test_it_reads_every_json_as_json_does(value: Any, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    assert parse(text).value == json.loads(text)


@given(settings_files())
def test_comments_and_trailing_commas_are_passed_over(given_file: Settings) -> None:
    assert parse(given_file.text).value == given_file.value


@given(settings_files())
def test_every_node_says_where_it_stands(given_file: Settings) -> None:
    def look(node: Node) -> None:
        piece = given_file.text[node.start : node.end]
        assert parse(piece).value == node.value
        for child in node.children:
            assert node.start < child.start <= child.node.start < child.node.end < node.end
            look(child.node)

    look(parse(given_file.text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "line 1: the end is"),
        ("{", "line 1: the end is"),
        ('{"a" 1}', "line 1: '1' is"),
        ('{"a": 1,, }', "line 1: ',' is"),
        ("{a: 1}", "line 1: 'a' is"),
        ("\n\n[1 2]", "line 3: '2' is"),
        ('["a\nb"]', "line 1: '\"' is"),
        ("[NaN]", "line 1: 'N' is"),
        ("[01]", "line 1: '1' is"),
        ("{} x", "line 1: 'x' is"),
        ("/* open", "line 1: '/' is"),
        ("[1,]]", "line 1: ']' is"),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(text: str, line: str) -> None:
    with pytest.raises(ValueError, match="not expected there") as refused:
        parse(text)
    assert str(refused.value).startswith(line)


def test_of_several_members_of_one_name_the_last_counts() -> None:
    root = parse('{"a": 1, "a": 2}')
    child = root.child("a")
    assert child is not None
    assert (child.value, root.value) == (2, {"a": 2})
    assert root.child("b") is None


def test_depth_is_bounded() -> None:
    assert parse("[" * 150 + "]" * 150).is_array
    with pytest.raises(ValueError, match="too deeply"):
        parse("[" * 100_000)


@pytest.mark.parametrize(
    ("text", "rest"),
    [("  x", "x"), ("// a\nx", "x"), ("/* a */ /* b */\r\n\tx", "x"), ("\ufeffx", "x"), ("x", "x"), ("", "")],
)
def test_blanks_and_comments_are_skipped(text: str, rest: str) -> None:
    assert text[skip(text, 0) :] == rest
