"""The sentences about evidence before a choice, each for what is known."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ledger.domain.advised import headline, notes, reviewed
from ledger.domain.advising import Step, rung
from ledger.domain.second import ReviewSums, Second, seconds
from ledger.domain.sums import GroupSums
from tests.domain.test_advising import ALL, CELL, TASK, advice, drawn, row, simpson, told
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


def test_of_several_it_is_the_cheapest_that_cannot_be_told_from_the_others() -> None:
    chance = random.Random(5)
    found = advice(
        CELL, [row(name, drawn(chance, 20, cost, 0.7)) for name, cost in (("a", 1.0), ("b", 1.2), ("c", 1.4))]
    )
    said = headline(found)
    assert said.startswith("Of fix in auth, a ($")
    assert ") looks cheapest per accepted change, but cannot be told from b ($" in said
    assert said.endswith(" changes of each would tell the cheapest from the dearest of these, c, at list price.")


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


# -- every sentence whole ----------------------------------------------------------------------------------------------


SOME: list[tuple[float, bool]] = [(1.0, True), (1.2, True)] * 10
LONG = "m" * 300


def test_one_model_alone_is_told_with_what_would_compare_it() -> None:
    assert headline(advice(CELL, [row("a", SOME), row("few", [(1.0, True)] * 4)])) == (
        "Of fix in auth, only a was tried often enough: $1.10 (1.05–1.35) per accepted change over 20 changes, at list "
        "price. There is nothing to compare it with; 29 decided changes of another would show a threefold difference, "
        "72 a twofold one."
    )


def test_work_in_common_is_told_by_its_share() -> None:
    rows = [row("a", SOME, "web"), row("b", SOME, "web"), row("a", SOME * 3, "auth"), row("c", SOME[:3], "none")]
    assert headline(advice(TASK, rows)) == (
        "Of all fix, a and b were given different work: they have 39% of the areas in common, less than half, so their "
        "costs are not compared, at list price."
    )


def test_other_kinds_of_work_say_little_of_this_one() -> None:
    rows = [row("a", SOME, "docs"), row("b", SOME, "docs")]
    assert headline(advice(ALL, rows)) == (
        "No model has enough changes of the type fix: an estimate needs 5 decided changes of known cost of one model, "
        "of which 2 were accepted. What a and b cost on other kinds of work is told below and says little of this one, "
        "at list price."
    )


def test_too_little_tells_what_there_is_and_what_would_be_enough() -> None:
    assert headline(advice(CELL, [row("a", SOME[:3])])) == (
        "Too little to say: an estimate needs 5 decided changes of known cost of one model, of which 2 were accepted, "
        "and of fix in auth there are 3 of all models together. 29 of each of two would show a threefold difference, "
        "72 a twofold one."
    )


def test_what_is_wider_than_asked_says_so_first_and_nothing_else_does() -> None:
    """The narrowest step is told to hold three, and the wider one is what is told."""
    narrow = rung(CELL, told([row("a", SOME[:3])]).groups, "request")
    first = "Of fix in auth alone too little is known to compare (3 decided changes of known cost), so this is wider. "

    def wider(step: Step, *rows: GroupSums) -> str:
        found = advice(step, rows)
        return headline(replace(found, rungs=(narrow, *found.rungs), at=1))

    dear = [(9.0, True), (9.2, True)] * 10
    for step, rows in (
        (TASK, [row("a", SOME), row("b", dear)]),
        (TASK, [row("a", SOME), row("b", SOME)]),
        (TASK, [row("a", SOME)]),
        (TASK, [row("a", SOME, "web"), row("b", SOME, "none")]),
    ):
        assert wider(step, *rows).startswith(f"{first}Of all fix, ")
    assert wider(ALL, row("a", SOME)).startswith("No model has ")
    assert wider(TASK).startswith("There is no request and no branch ")


@pytest.mark.parametrize("step", [CELL, TASK, ALL])
def test_a_name_takes_no_more_room_than_eighty_letters(step: Step) -> None:
    other = f"n{LONG}"
    for rows in (
        [row(LONG, SOME)],
        [row(LONG, SOME), row(other, SOME)],
        [row(LONG, SOME), row(other, [(9.0, True)] * 9)],
    ):
        said = headline(advice(replace(step, words=LONG), rows)).split()
        names = {word.strip(",;.") for word in said if "mmm" in word}
        assert names <= {f"{LONG[:79]}…", f"{other[:79]}…", f"{LONG[:119]}…"}


# -- below the tables --------------------------------------------------------------------------------------------------


def test_a_mix_that_not_all_worked_on_is_told_by_its_share() -> None:
    rows = [row("a", SOME * 3, "web"), row("b", SOME * 3, "web"), row("a", SOME[:9], "none")]
    line = "Ordered at one mix of areas, over the 93% of it that all of them worked on."
    assert line in list(notes(advice(TASK, rows)))
    assert not [each for each in notes(advice(TASK, simpson())) if each.startswith("Ordered")]
    assert not [each for each in notes(advice(CELL, rows)) if each.startswith("Ordered")]


def test_a_second_model_s_review_is_told_of_each_that_has_changes_to_tell_of() -> None:
    found = advice(CELL, [row("a", SOME), row("b", SOME)])
    one, other = found.models.tried
    told = replace(found.models, tried=(replace(one, review=with_and_without(0, 20)), other))
    lines = [each for each in notes(replace(found, models=told)) if "second model's review" in each]
    assert lines == [
        f"{one.name}: none of 20 changes had a second model's review; one that costs r pays if it raises the share "
        "accepted by more than r / $1.00 of itself."
    ]
    blank = replace(with_and_without(0, 20), alone=sums([]))
    told = replace(found.models, tried=(replace(one, review=blank), other))
    assert not [each for each in notes(replace(found, models=told)) if "second model's review" in each]


@pytest.mark.parametrize(
    ("basis", "n", "words"),
    [
        ("request", 1, "1 request"),
        ("request", 2, "2 requests"),
        ("branch", 1, "1 branch"),
        ("trunk", 1, "1 commit"),
        ("trunk", 1200, "1,200 commits on trunk"),
    ],
)
def test_what_was_not_pooled_is_counted_in_its_own_words(basis: str, n: int, words: str) -> None:
    found = replace(advice(CELL, [row("a", SOME)]), elsewhere={basis: n})
    assert next(notes(found)) == f"Not told with these: {words}, counted by another rule."


def test_line_ups_are_told_apart_alike_or_not_at_all() -> None:
    models = [row("a", SOME), row("b", SOME)]

    def line(step: Step, *lineups: GroupSums) -> str:
        return next(each for each in notes(advice(step, models, lineups)) if each.startswith(("Of line", "Line-ups")))

    dear = [(9.0, True), (9.3, True)] * 10
    assert line(CELL, row("a", SOME), row("a + c review", dear)) == (
        "Of line-ups, a has cost least per accepted change: $1.10."
    )
    assert line(CELL, row("a", SOME), row("a + c review", SOME)) == (
        "Line-ups that cannot be told from the cheapest: a and a + c review; they are so close that it hardly matters."
    )
    apart = "Line-ups are not compared: they were given different work."
    assert line(TASK, row("a", SOME, "web"), row("a + c review", dear, "none")) == apart
    assert line(ALL, row("a", SOME), row("a + c review", dear)) == apart
