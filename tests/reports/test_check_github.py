"""Annotations of a workflow: at most ten of a level, and nothing from outside becomes a command."""

from __future__ import annotations

import re

import pytest

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
