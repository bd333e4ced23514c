"""Which role a name says, and how the settings' words about names become facts."""

from __future__ import annotations

import itertools
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.agent_names import parse_role_rules, role_by, rules_in_force, usual_role, words_said
from ledger.domain.facts import RoleRule
from ledger.domain.merging import MERGE
from ledger.errors import BadSetting
from tests.domain.building import at


def rule(pattern: str, role: str, hours: float = 0, clone: str = "c") -> RoleRule:
    return RoleRule(repository_id="R", clone_id=clone, pattern=pattern, role=role, at=at(hours))


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Explore", "scout"),
        ("code-reviewer", "review"),
        ("Code Reviewer", "review"),
        ("security_review", "review"),
        ("pr-review-toolkit:code-reviewer", "review"),
        ("/review", "review"),
        ("/security-review", "review"),
        ("plan", "scout"),
        ("implementer", "implement"),
        ("general-purpose", ""),
        ("build", ""),
        ("code", ""),
        ("review-fixer", ""),
        ("preview", ""),
        ("GitHub Copilot", ""),
        ("", ""),
    ],
)
def test_a_name_says_its_role_or_nothing(name: str, role: str) -> None:
    assert usual_role(name) == role


def test_the_pattern_with_the_most_letters_of_its_own_decides_and_an_exact_one_before_all() -> None:
    rules = {"*": "implement", "*-bot": "scout", "qa-*": "review", "qa-bot": "implement", "*qa-bot*": "scout"}
    assert [role_by(rules, name) for name in ("x", "x-bot", "qa-x", "QA bot")] == [
        "implement",
        "scout",
        "review",
        "implement",
    ]
    assert role_by({"qa": "review"}, "team:QA") == "review"
    assert role_by({"team:qa": "review"}, "team:qa") == "review"
    assert role_by({}, "qa") == ""


@pytest.mark.parametrize(
    "said",
    [
        {"Code Reviewer": "review", "explore*": "scout"},
        "code-reviewer = review\nexplore*=scout\n",
        ["explore*=scout", "code_reviewer=review"],
    ],
)
def test_rules_are_a_table_or_lines(said: Any) -> None:
    assert parse_role_rules(said) == (("code-reviewer", "review"), ("explore*", "scout"))


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"x": "reviewer"}, "one of implement, review, scout"),
        ({"x": ["review"]}, "one of implement, review, scout"),
        ({"": "review"}, "1 to 100 letters"),
        ({"x" * 101: "review"}, "1 to 100 letters"),
        ({"a b": "review", "a-b": "scout"}, "two roles"),
        ("qa=review\nqa=scout", "two roles"),
        ("reviewer", "NAME=ROLE"),
        (5, "must be a table"),
    ],
)
def test_what_cannot_be_used_is_answered_in_a_sentence(said: Any, word: str) -> None:
    with pytest.raises(BadSetting, match=word):
        parse_role_rules(said)


def test_only_what_is_said_otherwise_than_before_is_said() -> None:
    kept = [rule("qa", "review"), rule("gone", "scout"), rule("qa", "scout", clone="other")]
    said = words_said(kept, [("new", "review"), ("qa", "review")], "R", "c", at(5))
    assert said == [rule("gone", "", 5), rule("new", "review", 5)]
    assert words_said([rule("gone", "")], [], "R", "c", at(6)) == []


def test_a_clock_that_was_set_back_does_not_make_the_new_word_the_older_one() -> None:
    (said,) = words_said([rule("qa", "review", 5)], [("qa", "scout")], "R", "c", at(1))
    assert said.at > at(5)
    assert rules_in_force([MERGE[RoleRule](rule("qa", "review", 5), said)]) == {"qa": "scout"}


def test_the_latest_word_of_any_clone_holds_and_a_rule_taken_back_is_none() -> None:
    rows = [rule("qa", "review", 1), rule("qa", "scout", 2, "d"), rule("x", "review", 1), rule("x", "", 3, "d")]
    assert {tuple(rules_in_force(order).items()) for order in itertools.permutations(rows)} == {(("qa", "scout"),)}


@given(st.lists(st.tuples(st.sampled_from(["review", "scout", ""]), st.integers(0, 3)), min_size=2, max_size=5))
def test_words_merge_in_any_order(words: list[tuple[str, int]]) -> None:
    rows = [rule("qa", role, hours) for role, hours in words]
    assert len({reduce(MERGE[RoleRule], order) for order in itertools.permutations(rows)}) == 1
