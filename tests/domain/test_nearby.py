"""Names that may have been meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.nearby import nearby, unknown_name

KNOWN = ["claude-opus-4-8", "claude-haiku-4-5", "gpt-5.1-codex", "gemini-3-pro"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("opus", ["claude-opus-4-8"]),
        ("claude", ["claude-opus-4-8", "claude-haiku-4-5"]),
        ("gpt-5.1", ["gpt-5.1-codex"]),
        ("llama", []),
        ("", []),
    ],
)
def test_what_holds_it_or_resembles_it_is_near(name: str, wanted: list[str]) -> None:
    assert sorted(nearby(name, KNOWN)) == sorted(wanted)


def test_what_holds_it_comes_first() -> None:
    assert nearby("opus", ["opuz", "claude-opus-4-8"]) == ["claude-opus-4-8", "opuz"]
    assert nearby("Claude-Opus-48", KNOWN)[0] == "claude-opus-4-8"


def test_the_sentence_names_what_is_like_it_or_what_there_is() -> None:
    assert unknown_name("opus", "model", KNOWN) == "No model is called opus here; did you mean claude-opus-4-8?"
    assert unknown_name("llama", "model", KNOWN) == (
        "No model is called llama here; there is claude-haiku-4-5, claude-opus-4-8, gemini-3-pro and 1 more."
    )
    assert unknown_name("x", "area", []) == "No area is called x here: no change of this ledger names any."


@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=5))
def test_any_name_gives_a_harmless_sentence(name: str, known: list[str]) -> None:
    assert unknown_name(name, "model", known).isprintable()
