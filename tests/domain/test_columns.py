"""Records go into columns and come out of them as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.columns import made, packed, unpacked
from ledger.domain.facts import Fact, Place
from ledger.domain.reading import Cursor, Skip
from tests.domain.building import call

_TEXTS = st.text(max_size=5)
_ROWS = st.one_of(
    st.builds(lambda key, hours, branch: call(key, hours, branch=branch), _TEXTS, st.floats(0, 9), _TEXTS),
    st.builds(Place, directory=_TEXTS, repository_id=st.none() | _TEXTS, worktree=st.none()),
    st.builds(Skip, _TEXTS, _TEXTS, _TEXTS),
)


@given(st.lists(_ROWS, max_size=12))
def test_what_was_packed_comes_out_with_those_of_a_kind_together(rows: list[Fact | Skip]) -> None:
    kinds = list(dict.fromkeys(map(type, rows)))
    found = list(unpacked(packed(rows)))
    assert found == [row for kind in kinds for row in rows if type(row) is kind]
    assert list(map(hash, found)) == [hash(row) for kind in kinds for row in rows if type(row) is kind]


def test_a_cursor_that_came_last_comes_out_last() -> None:
    rows = [call("a", 1), Skip("line", "f", "broken"), call("b", 2), Cursor("s", "f", "12")]
    assert list(unpacked(packed(rows)))[-1] == rows[-1]


def test_a_slot_without_a_column_gets_what_is_given_for_it_or_is_an_error() -> None:
    columns = {"directory": ("/a", "/b"), "worktree": (None, "/b")}
    rows = [
        Place(directory="/a", repository_id="r", worktree=None),
        Place(directory="/b", repository_id="r", worktree="/b"),
    ]
    assert list(made(Place, 2, columns, {"repository_id": "r"})) == rows
    with pytest.raises(KeyError):
        made(Place, 2, columns, {})
