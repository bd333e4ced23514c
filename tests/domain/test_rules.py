"""The rules of booking, and how sure each is."""

from __future__ import annotations

import pytest

from ledger.domain import rules


def test_the_rules_are_tried_in_the_written_order() -> None:
    assert list(rules.RULES) == [
        "explicit", "printed-id", "patch-id", "time-and-subject", "review", "file", "next-commit", "fed", "branch",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "strength", "is_split"),
    [
        ("explicit", "exact", False),
        ("patch-id (ambiguous)", "exact", True),
        ("file", "inferred", False),
        ("branch (ambiguous)", "inferred", True),
        ("next-commit", "weak", False),
        ("fed", "weak", False),
        ("", "", False),
        ("a rule of a later version", "", False),
    ],
)
def test_a_charge_s_rule_says_how_sure_it_is(kept: str, strength: str, *, is_split: bool) -> None:
    assert (rules.strength(kept), rules.is_ambiguous(kept)) == (strength, is_split)


def test_which_rules_are_weak_is_written_down() -> None:
    assert rules.of_strength(rules.WEAK) == ("next-commit", "fed")
    assert rules.of_strength(rules.INFERRED) == ("file", "branch")
    assert len(rules.of_strength(rules.EXACT)) == 5


def test_a_split_is_marked_where_there_is_one() -> None:
    assert rules.marked("file", 2) == "file (ambiguous)"
    assert rules.marked("file", 1) == "file"
    assert rules.marked("", 0) == ""


def test_the_order_decides_which_is_surer() -> None:
    assert rules.surest(["fed", "printed-id", "file"]) == "printed-id"
    assert rules.least_sure(["fed", "printed-id", "file"]) == "fed"
