"""Text from outside, made harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.screen import counted, discreet, plain, storable


@given(st.text())
def test_text_stays_but_for_nul(text: str) -> None:
    assert storable(text) == text.replace("\0", "")


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_no_text_becomes_some(text: str) -> None:
    assert storable(text).encode() is not None
    assert storable(storable(text)) == storable(text)


@given(st.text())
def test_a_screen_is_not_steered(text: str) -> None:
    assert plain(text, 50).isprintable()
    assert len(plain(text, 50)) <= 50


def test_counts_are_words() -> None:
    assert [counted(count, "commit") for count in (0, 1, 2000)] == ["0 commits", "1 commit", "2,000 commits"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ask ann.lee+x@mail.example.org today", "ask … today"),
        ("ghp_" + "a" * 36, "…"),
        ("use glpat-" + "b" * 20 + " here", "use … here"),
        ("https://ann:hunter2@example.org/x", "https://…@example.org/x"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "…"),
        ("Bump @types/node@20.1.0, actions/checkout@v4, task-1 and sk-learn", None),
    ],
)
def test_addresses_and_secrets_are_cut_out_and_nothing_else(text: str, kept: str | None) -> None:
    assert discreet(text) == (text if kept is None else kept)
