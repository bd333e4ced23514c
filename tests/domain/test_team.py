"""How complete a team's ledger is, by week and agent."""

from __future__ import annotations

from datetime import timedelta

from ledger.domain.team import WEEKS, Opened, Week, weeks
from tests.domain.building import START


def opened(days: float, agent: str = "codex", *, is_known: bool = True) -> Opened:
    return Opened(START + timedelta(days=days), agent, is_known)


def test_changes_are_counted_by_week_and_agent_the_latest_first() -> None:
    found = weeks([opened(0), opened(0.7), opened(1, is_known=False), opened(1, "aider"), opened(1, "")])
    assert found == (
        Week("2026-W10", "", 1, 1),
        Week("2026-W10", "aider", 1, 1),
        Week("2026-W10", "codex", 2, 1),
        Week("2026-W09", "codex", 1, 1),
    )
    assert weeks([]) == ()


def test_only_the_last_weeks_with_a_change_are_told() -> None:
    assert len(weeks(opened(14 * number) for number in range(20))) == WEEKS
