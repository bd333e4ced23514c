"""What the tests of agents share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gitting import commit


@pytest.fixture
def clone(repository: Path) -> Path:
    """A repository with a ledger."""
    commit(repository, "root")
    (repository / ".git/ledger").mkdir(mode=0o700)
    return repository


@pytest.fixture
def environ(hermetic: Path) -> dict[str, str]:
    """The environment of a person who has no agent."""
    return {"HOME": str(hermetic), "PATH": "/nowhere"}
