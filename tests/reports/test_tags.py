"""Tags are listed harmlessly, whatever stands in them."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.facts import Tag
from ledger.reports.tags import render
from tests.domain.building import START, credit

HOSTILE = "x\x1b[2J\u202e\nsecond line"


def test_a_line_says_of_what_and_what() -> None:
    told = Tag(repository_id="R", subject="request:12", name="task", text="fix", at=START)
    assert render([told, credit("a" * 40)]) == (
        "aaaaaaaaaaaa  opus in claude-code as implement, said 2026-03-01\nrequest 12  task fix, said 2026-03-01\n"
    )


def test_nothing_is_a_sentence() -> None:
    assert render([]) == "Nothing is tagged.\n"


def test_hostile_words_cannot_steer_a_terminal_or_begin_a_line() -> None:
    told = Tag(repository_id="R", subject=f"session:{HOSTILE}", name=HOSTILE, text=HOSTILE, at=START)
    text = render([told, replace(credit(HOSTILE), model_raw=HOSTILE, agent=HOSTILE)])
    assert not {"\x1b", "\u202e"} & set(text)
    assert len(text.splitlines()) == 2
