"""The table of agents fits what is documented and what the program knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.hooking.agents import witness
from ledger.hooking.agents.table import AGENTS, Agent

PAGE = (Path(__file__).parents[3] / "docs" / "agents.md").read_text()


@pytest.mark.parametrize("agent", AGENTS.values(), ids=lambda agent: agent.name)
def test_every_agent_is_documented_with_its_files_and_events(agent: Agent) -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{agent.name}`") and line.count("|") == 7)
    assert agent.project_file in row
    assert agent.user_file in row
    assert all(event.name in row for event in agent.events)
    assert ("committed" in row) == (agent.is_tracked and bool(agent.project_file))


def test_every_variable_that_moves_a_directory_is_documented() -> None:
    assert all(agent.home_variable in PAGE for agent in AGENTS.values() if agent.home_variable)


def test_names_are_fit_for_a_trailer_and_a_file() -> None:
    assert all(witness.clean(name) == name and "/" not in name and ":" not in name for name in AGENTS)
