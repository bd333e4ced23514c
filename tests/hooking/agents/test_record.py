"""What was put where is remembered without its text, and undone as far as nobody else wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.hooking.agents.record import Put, digest, load, save, spans_of, undo, where
from ledger.hooking.agents.splice import insert

INSERTIONS = st.lists(st.tuples(st.integers(0, 20), st.text(min_size=1, max_size=5)), max_size=5)


def put(text: str, insertions: list[tuple[int, str]], part: str = "hooks") -> tuple[str, Put]:
    after = insert(text, insertions)
    return after, Put(part, digest(after), spans_of(insertions))


@given(st.text(min_size=20), INSERTIONS, INSERTIONS)
def test_insertions_are_undone_one_after_the_other(
    text: str, first: list[tuple[int, str]], second: list[tuple[int, str]]
) -> None:
    once, one = put(text, first)
    twice, two = put(once, second, "tags")
    assert undo(twice, [one, two]) == (text, ())
    assert undo(twice, [one, two], "tags") == (once, (one,))


def test_what_others_changed_is_not_undone() -> None:
    once, one = put("abc", [(1, "X")])
    assert undo(once + "!", [one]) == (once + "!", (one,))
    twice, two = put(once, [(0, "Y")], "tags")
    assert undo(twice, [replace(one, digest="0"), two]) == (once, (replace(one, digest="0"),))
    assert undo(twice, [one, two], "hooks") == (twice, (one, two))


def test_it_is_kept_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "agents.json"
    puts = {"/a": (Put("hooks", "d", ((1, 2), (3, 4)), ("hooks", "Stop"), True, ("/x",)),), "/b": ()}
    save(path, puts)
    assert load(path) == {"/a": puts["/a"]}
    save(path, {})
    assert not path.parent.exists()
    assert load(path) == {}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"files": 7}', '{"files": {"/a": [{"part": 1}]}}', '{"files": {"/a": [7]}}']
)
def test_a_broken_record_knows_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "agents.json"
    path.write_text(text)
    assert load(path) == {}


def test_it_stands_in_the_state_directory(tmp_path: Path) -> None:
    assert where({"HOME": "/home/ann"}) == Path("/home/ann/.local/state/ledger/agents.json")
    assert where({"HOME": "/home/ann", "XDG_STATE_HOME": str(tmp_path)}) == tmp_path / "ledger/agents.json"
