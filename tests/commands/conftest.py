"""What the commands' tests start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run, statements
from tests.gitting import WHEN, commit, git

REMOTE = "github.com/example/shop"


@pytest.fixture
def committed(repository: Path) -> Path:
    """A repository with a remote and one commit of a person."""
    git(repository, "remote", "add", "origin", f"https://{REMOTE}.git")
    commit(repository, "feat: begin", at=WHEN)
    return repository


@pytest.fixture
def posted(committed: Path, tmp_path: Path) -> Path:
    """The same with a ledger that holds twenty-four decided requests by two models."""
    entries = tmp_path / "statements.jsonl"
    entries.write_text(statements(24, REMOTE))
    done = run("-C", str(committed), "update", "--source", "entries", str(entries))
    assert done.code == 0, done.err
    return committed
