"""What is said of rules that were replayed: no more than the figures, and never that they be used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.backtest import whole_of
from ledger.domain.backtested import (
    CREDIT,
    FLATTERED,
    OBSERVED,
    aims_of,
    bounds_of,
    headline,
    label,
    notes,
    points,
    times,
)
from ledger.domain.estimates import Interval
from ledger.domain.started import Aim, at_fallback
from ledger.domain.static_rules import Rule
from tests.domain.starting import One, drawn, kind, loops_on_feat, made, under
from tests.domain.test_backtest import MATCHED, several, simpson

CHOICES = ("recommend", "should", "choose ", "prefer", "use these", "we advise")
LOOPING = made(MATCHED, drawn(1, 600, loops_on_feat))


def test_the_first_sentence_says_what_the_rules_would_have_cost_and_how_sure_it_is() -> None:
    said = headline(LOOPING)
    assert said.startswith(
        "By these rules an accepted change would have cost 0.70 times (0.63–0.77) what it did: $1.48"
    )
    assert said.endswith(" against $2.12; accepted 77% against 75% (+1 point, -2 to +5), at list price.")
    assert " over the " not in said  # all of the work can be told


def test_the_dear_rule_says_that_it_is_dear() -> None:
    found = made("else -> cheap", drawn(1, 600, loops_on_feat))
    said = headline(found)
    assert said.startswith("By these rules an accepted change would have cost 1.")
    assert "; fewer accepted, 70% against 75% (-5 points, -10 to -0.1)" in said
    lines = list(notes(found))
    (line,) = [line for line in lines if line.startswith("Costs more")]
    assert "feat (3.08 times (1.79–5.31); -20 points, -39 to -0.4; 3.7 tries per" in line
    assert " tries per accepted change against 2." in line
    assert any(line.startswith("Would do: docs (0.") for line in lines)


def test_what_cannot_be_told_says_what_would_settle_it() -> None:
    found = made("else -> a", [*several("fix", "a", 20), *several("fix", "b", 20, 1.2)])
    said = headline(found)
    assert said.startswith("Whether these rules would have cost less or more cannot be told: 0.9")
    assert " times as many changes would settle a difference of this size; accepted 75% against 75%" in said
    assert any(
        line.startswith("Cannot be told: fix (") and "begun by its model would settle it, there are 20)" in line
        for line in notes(found)
    )
    close = made("else -> a", [*several("fix", "a", 20), *several("fix", "b", 20, 1.01)])
    assert "that is so close that it hardly matters" in headline(close)
    assert "Cannot be told: fix (so close that it hardly matters)." in notes(close)


@pytest.mark.parametrize(
    ("rules", "changes", "told", "words"),
    [
        ("else -> a", [], {}, "There is no request and no branch that a model had a part in"),
        ("else -> a", [], {"elsewhere": {"trunk": 4}}, "to replay: commits on trunk are accepted by construction."),
        ("else -> a", several("fix", "a", 9), {"hidden": "of this"}, "Nothing can be told of these rules: of this."),
        ("else -> a", several("fix", "a", 9), {}, "These rules say what was done: nobody else began"),
        ("docs -> a", several("fix", "a", 9), {}, "Nothing is claimed of these rules as a whole: 0% of"),
        (
            "else -> a",
            [One("fix", "a", 1.0, accepted=False)] * 9,
            {},
            "Too little to say of these rules as a whole: it takes 5 decided changes of known cost",
        ),
        (
            "else -> a",
            [*several("fix", "a", 9), *several("fix", "b", 9), *several("docs", "b", 9)],
            {},
            " over the 67% of the work that can be told; ",
        ),
        (
            "else -> a",
            [*[One("fix", "a", 0.0, True)] * 9, *several("fix", "b", 9)],
            {},
            "What an accepted change would have cost by these rules cannot be compared; ",
        ),
    ],
)  # fmt: skip
def test_where_there_is_nothing_to_say_it_says_why(
    rules: str, changes: list[One], told: dict[str, object], words: str
) -> None:
    assert words in headline(made(rules, changes, **told))


def test_gaps_are_named_with_their_size_and_what_they_lack() -> None:
    changes = [*several("fix", "a", 20), *several("docs", "a", 3), *several("docs", "b", 7), *several("test", "b", 10)]
    lines = list(notes(made("fix,docs -> a; feat -> b", changes)))
    assert "No rule fits, 25% of the work: test (10 changes)." in lines
    assert "Unsupported, 25% of the work: docs (10 changes; a began 3 of known cost, 5 are needed)." in lines
    assert "No decided change comes to rule 2 (feat -> b)." in lines


def test_many_gaps_are_named_in_part() -> None:
    kinds = ("docs", "fix", "test", "feat", "perf", "ci", "style", "other")
    changes = [one for place, task in enumerate(kinds) for one in several(task, "b", 9 - place)]
    (line,) = [line for line in notes(made("else -> a", changes)) if line.startswith("Unsupported, 100%")]
    assert line.count(" changes; a began 0") == 6
    assert line.endswith(" and 2 more.")


def test_simpsons_paradox_is_said_with_which_to_believe_and_why() -> None:
    found = made("else -> cheap", simpson())
    (line,) = [line for line in notes(found) if line.startswith("Taken together, an accepted change that was begun as")]
    assert line.startswith("Taken together, an accepted change that was begun as the rules say cost 0.4")
    assert "what all did; within kinds of work 1.79 times (1.52–2.09)." in line
    assert line.endswith(
        "Believe the latter: those changes were other work than all are, and it compares like with like."
    )
    always = [line for line in notes(made("docs -> cheap; else -> strong", simpson())) if "that was begun by" in line]
    assert [line.partition(" cost ")[0].rpartition(" ")[2] for line in always] == ["cheap", "strong"]


def test_what_further_accepted_changes_cost_is_said_from_their_side() -> None:
    dearer = [*[One("fix", "a", 3.0, number % 10 != 0) for number in range(40)],
              *[One("fix", "b", 1.0, number % 2 == 0) for number in range(40)]]  # fmt: skip
    more, fewer = (list(notes(made(f"else -> {name}", dearer))) for name in "ab")
    assert "At these figures each further accepted change that the rules bring costs $5.00." in more
    assert "At these figures the rules save $5.00 for each accepted change that they lose." in fewer


def test_a_fallback_cost_is_told_beside() -> None:
    changes = [*several("fix", "a", 20), *several("fix", "b", 20)]
    rows, _ = under("else -> a", changes)
    nusd = 12_500_000_000
    found = made(
        "else -> a", changes, fallback_nusd=nusd, at_fallback=whole_of([at_fallback(row, nusd) for row in rows])
    )
    (line,) = [line for line in notes(found) if line.startswith("With $12.50 for each change that is not accepted: $")]
    assert line.endswith(" at 95%.")
    assert not [line for line in notes(made("else -> a", changes)) if line.startswith("With $")]


def test_what_is_left_out_is_counted() -> None:
    changes = [*several("fix", "a", 9), One("fix", None, 1.0)]
    lines = list(notes(made("else -> a", changes, unknown_cost=2, elsewhere={"branch": 1, "trunk": 7})))
    assert "Not told with these: 1 branch, counted by another rule." in lines
    assert "Not told with these: 7 commits on trunk, counted by another rule." in lines
    assert "Of 1 decided change nobody knows which model tried first." in lines
    assert "Of 2 more decided changes the cost is not known." in lines


@pytest.mark.parametrize("changes", [[], drawn(1, 600, loops_on_feat), several("fix", "a", 9)])
def test_what_it_is_worth_is_always_said_and_nothing_is_recommended(changes: list[One]) -> None:
    found = made(MATCHED, changes)
    said = [headline(found), *notes(found)]
    assert [line for line in (CREDIT, OBSERVED, FLATTERED) if line not in said] == []
    assert not [word for word in CHOICES for line in said if word in line.lower()]


def test_kinds_of_work_are_told_in_words_and_their_text_is_harmless() -> None:
    assert label(kind("fix"), {}) == "fix"
    assert label(kind("fix", area="auth", stakes="high", package="web"), {}) == "fix in auth, high stakes, package web"
    assert label(kind("fix", area="none", stakes="unknown"), {}) == "fix in no area, unknown stakes"
    assert label(kind("fix", package="none", area="unknown"), {}) == "fix, no package in an unknown area"
    assert label(kind("fix", "R1"), {"R1": "owner/shop"}) == "fix, owner/shop"
    assert label(kind("fix", area="\x1b[31mx\u202e"), {}) == "fix in ·[31mx·"
    hostile = made('area="\x1b[2J" -> "\x1b]0;m"; else -> a', several("fix", "a", 9))
    assert "\x1b" not in "".join([headline(hostile), *notes(hostile), *aims_of(hostile)])


def test_a_family_is_told_with_its_members() -> None:
    found = made("docs -> opus; else -> a", several("fix", "a", 9))
    family = Aim(Rule({"task_type": ("docs",)}, "opus"), frozenset(("opus-2", "opus-1")))
    aims = (family, *found.rules.aims[1:])
    family_named = replace(found, rules=replace(found.rules, aims=aims))
    assert list(aims_of(family_named)) == ["docs -> opus   (family: opus-1 and opus-2)", "else -> a"]


def test_a_bound_that_is_not_one_is_never_written_as_one() -> None:
    assert bounds_of(Interval(0.7, 0.5, 0.9981)) == " (0.50–0.998)"
    assert bounds_of(Interval(1.2, 1.0004, 1.5)) == " (1.0004–1.50)"
    assert bounds_of(Interval(1.0, 1.0, 1.0)) == " (1.00–1.00)"
    assert bounds_of(Interval(0.9, 0.999999, 1.004)) == " (1.00–1.004)"
    assert bounds_of(Interval(0.9, None, None)) == ""
    assert times(Interval(0.7, 0.5, 0.9)) == "0.70 times (0.50–0.90)"
    assert points(Interval(0.123, -0.05, 0.3)) == "+12 points, -5 to +30"
    assert points(Interval(-0.01, -0.2, 0.0004)) == "-1 point, -20 to 0"
    assert points(Interval(0.05, 0.002, 0.1)) == "+5 points, +0.2 to +10"
    assert points(Interval(0.1, None, None)) == "unknown"
