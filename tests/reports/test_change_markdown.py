"""One change in a line: what it is, what it has cost so far, by how many models, how often it failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.reports import change_markdown
from tests.domain.building import commit
from tests.reports.test_change import HOSTILE, whole


def test_the_line_tells_cost_models_and_failing_runs() -> None:
    text = change_markdown.render(whole())
    assert text.startswith(
        "**Request 12 (A gate): accepted, at least $0.002, 3 models, 1 failing run before the first pass.**\n"
    )
    assert "| opus | scout | 2 | $0.002 |" in text


@pytest.mark.parametrize(
    ("known", "outcome", "says"),
    [
        ("full", "open", "open, $0.002 so far, "),
        ("full", "rejected", "rejected, $0.002, "),
        ("partial", "stale", "stale, at least $0.002 so far, "),
        ("none", "open", "open, cost unknown so far, "),
    ],
)
def test_what_is_undecided_may_cost_more_and_what_is_unknown_is_no_zero(known: str, outcome: str, says: str) -> None:
    found = whole()
    found = replace(found, outcome=outcome, change=replace(found.change, cost_known=known))
    assert change_markdown.sentence(found).startswith(says)


def test_without_models_and_failures_it_says_so() -> None:
    found = whole()
    found = replace(
        found, charges=(), contributions=(), change=replace(found.change, failed_runs=0, cost_known="none", number=None)
    )
    assert change_markdown.sentence(found) == "accepted, cost unknown, no known model"
    assert change_markdown.render(found).startswith("**This change (A gate): accepted")


def test_a_hostile_title_and_model_do_nothing() -> None:
    found = whole()
    rows = tuple(replace(row, model=HOSTILE, role="a|b") for row in found.charges)
    text = change_markdown.render(replace(found, charges=rows, change=replace(found.change, title=HOSTILE)))
    assert "x·\\[&#8203;2J···A made up line" in text
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    assert "\x1b" not in text
    assert "a\\|b" in text


def test_many_models_are_cut() -> None:
    found = whole()
    rows = tuple(replace(found.charges[0], model=f"model-{number}") for number in range(20))
    text = change_markdown.render(replace(found, charges=rows))
    assert text.count("| scout |") == 15
    assert "+5 more rows in JSON: `ledger show --format json`." in text


def test_a_commit_of_nobody_s_change_says_so() -> None:
    text = change_markdown.render_plain(commit("a", subject="fix: *it*"))
    assert text.startswith("a fix: \\*&#8203;it\\*\n\nNo change: ")
