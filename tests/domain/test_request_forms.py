"""Forms of requests are told apart, and what has none is refused in words."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.amounts import Refused
from ledger.domain.request_forms import read_request
from tests.domain.requesting import facts, gh, gitlab, request, rest


@pytest.mark.parametrize("record", [gh(), rest(), gitlab(), {"number": "7", "opened": "2026-03-01", "state": "open"}])
def test_each_form_is_known_by_its_fields(record: dict[str, Any]) -> None:
    assert request(record).number == 7


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"number": 7, "created_at": "2026-03-01T09:00:00Z", "closed_at": None, "pull_request": {}}, "issues"),
        ({"number": 7, "createdAt": "2026-03-01T09:00:00Z", "closedAt": None}, "lack mergedAt"),
        ({"action": "completed", "workflow_run": {}, "repository": {}}, "no pull request"),
        ({"type": "assistant", "message": {}}, "no form that is known"),
        ({}, "no form that is known"),
    ],
)
def test_what_is_no_request_is_refused(record: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        facts(record)


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("2026-03-01T09:00:00Z"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["oid", "login", "ref"]), inner),
    max_leaves=4,
)


@given(st.sampled_from([gh(), rest(), gitlab()]), st.data())
def test_whatever_stands_in_a_field_it_is_read_or_refused(record: dict[str, Any], data: st.DataObject) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(record)), max_size=3))
    changed = record | {name: data.draw(_VALUES) for name in sorted(names)}
    with suppress(Refused):
        for each in read_request(changed):
            assert list(each.facts("R", str.lower))
