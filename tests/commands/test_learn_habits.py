"""`ledger learn habits` as a person and a program run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.running import run


@pytest.fixture
def words(posted: Path) -> list[str]:
    return ["-C", str(posted), "learn", "habits", "--as-of", "2026-04-01"]


def test_it_studies_this_repository_s_changes(words: list[str]) -> None:
    """What a spreadsheet told has models, and no commit that could tell of habits."""
    done = run(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        "What goes with cost per accepted change? 24 decided requests with a model's part, as of "
    )
    assert "Too little to compare: size, files, tests, age, commits, rewrites, review, labels; " in done.out
    told = json.loads(run(*words, "--json", "--task", "FIX").out)
    assert (told["changes"], told["mix"], told["levers"]) == (24, {"fix": 24}, "neither")
    assert [band["decided"] for band in told["models"]["bands"]] == [12, 12]


def test_a_task_that_no_change_has_is_one_plain_sentence(words: list[str]) -> None:
    done = run(*words, "--task", "fxi\x1b")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("ledger: ")
    assert done.err.count("\n") == 1
    assert "\x1b" not in done.err


def test_before_anything_was_posted_it_says_what_to_do(committed: Path) -> None:
    done = run("-C", str(committed), "learn", "habits")
    assert (done.code, done.out) == (1, "")
    assert "ledger init" in done.err


def test_a_day_before_the_first_change_has_nothing_to_learn_from(posted: Path) -> None:
    done = run("-C", str(posted), "learn", "habits", "--as-of", "2020-01-01")
    assert done.code == 0
    assert "There is nothing to learn from yet" in done.out
