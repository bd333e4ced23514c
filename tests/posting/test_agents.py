"""The table of agents whose logs are read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.posting.agents import AGENTS
from tests.commands.running import run
from tests.gitting import commit

NAMES = sorted(AGENTS)


def test_sources_are_named_by_their_modules() -> None:
    assert all(name == module.SOURCE for name, module in AGENTS.items())
    assert "claude-code" in AGENTS


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found_where_no_agent_ever_ran(name: str) -> None:
    assert AGENTS[name].find_roots(os.environ) == []
    assert AGENTS[name].find_roots({}) == []
    assert list(AGENTS[name].read([], {}, str)) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_read_alone(name: str, repository: Path) -> None:
    commit(repository, "feat: x")
    ran = run("-C", str(repository), "update", "--source", name)
    assert (ran.code, ran.err) == (0, "Posted 0 new facts, 0 changed.\n")
