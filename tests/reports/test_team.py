"""A team's clones and weeks on a screen."""

from __future__ import annotations

from ledger.domain.team import Clone, Team, Week
from ledger.reports.team import as_text


def test_clones_and_weeks_are_listed_and_an_agents_name_cannot_move_the_cursor() -> None:
    clones = (Clone("a" * 16, 0, 0, True), Clone("b" * 16, 1200, 1, False))
    said = as_text(Team(clones, (Week("2026-W10", "evil\x1b[2J", 3, 2), Week("2026-W10", "", 1, 0))), 80)
    lines = said.splitlines()
    assert lines[:3] == [
        "2 clones heard of:",
        f"  {'a' * 16}  this one",
        f"  {'b' * 16}  1,200 facts, usage of 1 session",
    ]
    assert any(line.split() == ["2026-W10", "evil·[2J", "3", "2", "67%"] for line in lines)
    assert any(line.split() == ["2026-W10", "unknown", "1", "0", "0%"] for line in lines)
    assert said.endswith("\n")
    assert not said.endswith("\n\n")


def test_a_ledger_without_a_change_says_so() -> None:
    assert as_text(Team((Clone("a" * 16, 0, 0, True),), ()), 80).startswith("1 clone heard of:")
    assert "No change" in as_text(Team((), ()), 80)
