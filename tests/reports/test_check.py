"""What `ledger check` prints for a person and for a program."""

from __future__ import annotations

import json

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
