"""The sentences about evidence before a choice, each for what is known."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ledger.domain.advised import headline, notes, reviewed
from ledger.domain.second import ReviewSums, Second, seconds
from tests.domain.test_advising import ALL, CELL, TASK, advice, drawn, row, simpson
from tests.domain.test_estimates import sums


def with_and_without(reviewed_n: int, alone_n: int, cost: float = 0.2) -> Second:
    """Nine in ten accepted with a review, five in ten without."""
    rows = [
        ReviewSums(
            "request", "fix", when, n, sums([(1 + more, at % 10 < share) for at in range(n)]), round(more * n * 1e9), 0
        )
        for when, n, more, share in (("final", reviewed_n, cost, 9), ("none", alone_n, 0.0, 5))
    ]
    return seconds(rows)[-1]


def test_a_best_is_told_with_its_figures_and_the_next_one_s() -> None:
    found = advice(CELL, [row("a", [(1.0, True), (1.2, True)] * 10), row("b", [(4.0, True), (5.0, False)] * 10)])
    assert headline(found) == (
        "Of fix in auth, a has cost least per accepted change: $1.10 (1.05–1.35) over 20 changes, against $9.00 for b, "
        "at list price."
    )


def test_what_is_alike_is_told_as_a_set() -> None:
    chance = random.Random(3)
    found = advice(CELL, [row("a", drawn(chance, 20, 1.0, 0.7)), row("b", drawn(chance, 20, 1.4, 0.7))])
    assert " cannot be told apart by cost per accepted change ($" in headline(found)
    assert " changes of each would settle a difference of this size, at list price." in headline(found)
    close = advice(CELL, [row("a", [(1.0, True)] * 9), row("b", [(1.01, True)] * 9)])
    assert close.verdict == "best" or "so close that it hardly matters" in headline(close)


def test_an_order_that_turns_round_says_which_to_believe_and_why() -> None:
    said = headline(advice(TASK, simpson()))
    assert said.startswith("Of all fix, hard has cost least per accepted change: $")
    assert " at one mix of areas, at list price. As they are easy looks cheapest ($" in said
    assert said.endswith("because it was given other work; the figures at one mix compare like with like.")


def test_different_work_and_other_kinds_are_said() -> None:
    rows = [row("a", [(1.0, True)] * 20, "auth"), row("b", [(9.0, True)] * 20, "none")]
    assert "a and b were given different work: they have 0% of the areas in common" in headline(advice(TASK, rows))
    assert headline(advice(ALL, rows)).startswith("No model has enough changes of the type fix: an estimate needs 5 ")
    assert not [line for line in notes(advice(ALL, rows)) if "further accepted" in line]


@pytest.mark.parametrize(
    ("hidden", "basis", "words"),
    [
        ("the forge is unheard", "request", "Nothing can be said of fix in auth: the forge is unheard."),
        ("", "request", "of fix in auth there are 3 of all models together. 29 of each of two would show a threefold"),
        ("", None, "There is no request and no branch that a model had a part in, so there is nothing to tell."),
    ],
)
def test_too_little_says_what_would_be_enough(hidden: str, basis: str | None, words: str) -> None:
    found = advice(CELL, [row("a", [(1.0, True)] * 3)])
    assert words in headline(replace(found, hidden=hidden, basis=basis))


def test_what_a_review_has_to_gain_is_told_whatever_is_known() -> None:
    assert reviewed("a", with_and_without(40, 40)) == (
        "a: 40 of 80 changes had a second model's review; it pays above 1.20 times the share accepted without, and "
        "went with 1.80 times (1.33–2.57): pays."
    )
    assert reviewed("a", with_and_without(2, 40)).endswith("and there are too few to tell what it went with.")
    assert reviewed("a", with_and_without(9, 9, cost=0)).endswith("so neither is what it has to gain.")
    assert "none of 1 change had" in reviewed("a", with_and_without(0, 1))


def test_more_accepted_and_other_bases_stand_below() -> None:
    cheap, dear = [(1.0, n % 2 == 0) for n in range(20)], [(4.0, n % 10 > 0) for n in range(20)]
    found = replace(advice(CELL, [row("cheap", cheap), row("dear", dear)]), elsewhere={"branch": 2, "trunk": 1})
    lines = list(notes(found))
    assert lines[0] == "dear is accepted more often than the cheapest; each further accepted change costs $7.50."
    assert "Not told with these: 2 branches, counted by another rule." in lines
    assert lines[-1].endswith("The choice is yours, and acceptance counts beside cost.")
