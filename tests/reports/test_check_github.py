"""Annotations of a workflow: at most ten of a level, and nothing from outside becomes a command."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.policed import Checked, Finding
from ledger.reports.check_github import MOST, render

COMMAND = re.compile(r"::(error|warning|notice) title=([^:,]*)::(.*)")


def commands(*findings: Finding, notes: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """Kind, title and text of each command, as a runner takes them apart; every other line is one of the log."""
    text = render(Checked(range="main..HEAD", commits=9, rules=("size",), findings=findings, notes=notes))
    found = []
    for line in text.splitlines():
        if line.startswith("ledger check: "):
            assert "##[" not in line
            continue
        match = COMMAND.fullmatch(line)
        assert match, line
        kind, title, said = (
            part.replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%25", "%")
            for part in match.groups()
        )
        found.append((kind, title, said))
    return found


def test_each_level_is_a_kind_of_annotation() -> None:
    findings = [Finding("size", level, "Why.", "What.") for level in ("fail", "warn", "unknown")]
    assert commands(*findings) == [
        (kind, "ledger check, size", "Why. What.") for kind in ("error", "warning", "notice")
    ]


def test_a_commit_is_named() -> None:
    finding = Finding("roles", "fail", "Why.", "What.", "ab" * 20, "feat: it")
    assert commands(finding) == [("error", "ledger check, roles: abababa", "feat: it: Why. What.")]


@pytest.mark.parametrize("count", [1, MOST, MOST + 1, 500])
def test_what_is_beyond_the_limit_is_counted_in_the_last(count: int) -> None:
    findings = [Finding(("size", "roles")[number % 2], "fail", f"{number}.", "What.") for number in range(count)]
    found = commands(*findings, Finding("cost", "unknown", "Why.", "What."))
    errors = [text for kind, _, text in found if kind == "error"]
    assert len(errors) == min(count, MOST)
    if count > MOST:
        left = count - MOST + 1
        assert errors[-1] == f"{left:,} further findings (roles, size); ledger check lists all of them."
    assert [kind for kind, _, _ in found].count("notice") == 1


@pytest.mark.parametrize(
    "evil", ["a\n::error::b", "a\r::set-output name=x::y", "100%0A::warning::x", "##[error]x", "::stop-commands::x"]
)
def test_nothing_from_outside_is_a_command(evil: str) -> None:
    finding = Finding("size", "fail", evil, evil, "ab" * 20, evil)
    ((kind, _, text),) = commands(finding, notes=(evil,))
    assert kind == "error"
    assert "\n" not in text
    assert "##[" not in text
    said = [line for line in render(_of(finding)).splitlines() if line.startswith("::")]
    assert "%0A" not in said[0].replace("%250A", "")


def _of(finding: Finding) -> Checked:
    return Checked(range="r", commits=1, rules=(), findings=(finding,), notes=())


TEXT = st.text(st.characters(), max_size=30) | st.sampled_from(
    ["::error::x", "##[group]x", "a%0Ab", "x,y:z", "\n::x::"]
)
FINDINGS = st.lists(
    st.builds(Finding, st.sampled_from(["size", "roles"]), st.sampled_from(["fail", "warn", "unknown"]), TEXT, TEXT)
    | st.builds(Finding, st.just("review"), st.just("fail"), TEXT, TEXT, st.just("ab" * 20), TEXT),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(FINDINGS, st.lists(TEXT, max_size=2))
def test_whatever_comes_a_step_has_ten_of_a_kind_and_no_other_command(
    findings: list[Finding], notes: list[str]
) -> None:
    found = commands(*findings, notes=tuple(notes))
    for level, kind in (("fail", "error"), ("warn", "warning"), ("unknown", "notice")):
        there = sum(finding.level == level for finding in findings)
        assert [each[0] for each in found].count(kind) == min(there, MOST)
    assert all("\n" not in text and "##[" not in text for _, _, text in found)
