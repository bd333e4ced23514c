"""What `ledger check` prints for a person and for a program."""

from __future__ import annotations

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.policed import Checked, Finding
from ledger.reports.check import as_json, as_markdown, as_text

FINDINGS = (
    Finding("review", "fail", "Its stakes are high.", "Let another review it.", "a" * 40, "feat: token"),
    Finding("size", "warn", "It changes 3 files.", "Split it."),
    Finding("cost", "unknown", "It is not in git.", "Run ledger update."),
)


def checked(*findings: Finding, commits: int = 2, rules: tuple[str, ...] = ("review", "size", "cost")) -> Checked:
    return Checked(range="main..HEAD", commits=commits, rules=rules, findings=findings, notes=("No ledger here.",))


def test_the_text_says_what_was_judged_found_and_left_open() -> None:
    assert as_text(checked(*FINDINGS)) == (
        "main..HEAD: 2 commits, judged by review, size, cost.\n"
        "\n"
        "fail  review: aaaaaaa feat: token\n"
        "      Its stakes are high.\n"
        "      Let another review it.\n"
        "\n"
        "warn  size: the change as a whole\n"
        "      It changes 3 files.\n"
        "      Split it.\n"
        "\n"
        "open  cost: the change as a whole\n"
        "      It is not in git.\n"
        "      Run ledger update.\n"
        "\n"
        "No ledger here.\n"
        "1 failed, 1 to look at, 1 that could not be judged.\n"
    )


def test_nothing_found_empty_ranges_and_rules_that_are_off_are_said_so() -> None:
    assert as_text(checked()).endswith("\nNothing is against the policy.\n")
    assert as_text(checked(commits=0)).startswith(
        "main..HEAD holds no commit of its own, so there is nothing to check."
    )
    assert "judged by no rule, since all of them are off." in as_text(checked(rules=()))


def test_the_json_has_every_key_always() -> None:
    told = json.loads(as_json(checked(*FINDINGS)))
    assert told["format"] == 1
    assert [told[key] for key in ("range", "commits", "fail", "warn", "unknown")] == ["main..HEAD", 2, 1, 1, 1]
    assert told["rules"] == ["review", "size", "cost"]
    assert told["notes"] == ["No ledger here."]
    assert told["findings"][0]["commit"] == "a" * 40
    assert [each["subject"] for each in told["findings"]] == ["feat: token", None, None]
    assert {*told["findings"][2]} == {"rule", "level", "commit", "subject", "reason", "remedy"}
    assert json.loads(as_json(checked())).keys() == told.keys()


def test_the_markdown_is_a_table_that_nothing_breaks_out_of() -> None:
    evil = Finding("size", "warn", "It | changes `x` @team.", "Split it.", "b" * 40, "feat: <b> | #12\n::error::")
    text = as_markdown(checked(*FINDINGS, evil))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 4
    assert all(
        len([place for place, sign in enumerate(row) if sign == "|" and row[place - 1] != "\\"]) == 5 for row in rows
    )
    assert text.startswith("**1 failed, 2 to look at, 1 that could not be judged.** main..HEAD: 2 commits, judged by ")
    assert "@team" not in text
    assert "#12" not in text
    assert "<b>" not in text
    assert "\n- No ledger here.\n" in text
    assert as_markdown(checked()).startswith("**Nothing is against the policy.**")


def test_a_screen_is_told_nothing_that_it_would_obey() -> None:
    evil = Finding("size", "warn", "a\x1b[2Jb", "c\u202ed", "b" * 40, "e\nf")
    text = as_text(checked(evil))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "e·f" in text


TEXT = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["| a |", "`x`", "<img src=x>", "@team #1", "\n## x", "[x](y)"]
)
DRAWN = st.lists(st.builds(Finding, st.just("size"), st.just("warn"), TEXT, TEXT, st.just("ab" * 20), TEXT), max_size=4)
NOTES = st.lists(TEXT.map("A note {}.".format), max_size=2)


@settings(max_examples=40, deadline=None)
@given(DRAWN, NOTES)
def test_whatever_comes_the_table_keeps_its_shape(findings: list[Finding], notes: list[str]) -> None:
    whole = Checked(range="r", commits=1, rules=("size",), findings=tuple(findings), notes=tuple(notes))
    lines = as_markdown(whole).splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == (2 + len(findings) if findings else 0)
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert sum(line.startswith("- ") for line in lines) == len(notes)
    assert not any(line.startswith(("#", "<", "![")) for line in lines)


@settings(max_examples=40, deadline=None)
@given(DRAWN, NOTES)
def test_whatever_comes_the_text_is_lines_that_a_screen_prints(findings: list[Finding], notes: list[str]) -> None:
    whole = Checked(range="r", commits=1, rules=("size",), findings=tuple(findings), notes=tuple(notes))
    lines = as_text(whole).split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 2 + 4 * len(findings) + len(notes) + 2
    told = json.loads(as_json(whole))
    assert [each["reason"] for each in told["findings"]] == [each.reason for each in findings]
