"""What the commands' tests start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run, statements
from tests.copying import made_or_copied, moved, settled
from tests.gitting import WHEN, commit, git

REMOTE = "github.com/example/shop"


@pytest.fixture
def committed(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a remote and one commit of a person."""
    return made_or_copied(tmp_path_factory, "committed", tmp_path / "repo", _commit)


@pytest.fixture
def posted(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a ledger that holds twenty-four decided requests by two models."""
    repository = made_or_copied(tmp_path_factory, "posted", tmp_path / "repo", _post)
    moved(repository / ".git" / "ledger" / "ledger.db", repository)
    return repository


def _commit(path: Path) -> None:
    git(path.parent, "init", "-q", "-b", "main", path.name)
    git(path, "remote", "add", "origin", f"https://{REMOTE}.git")
    commit(path, "feat: begin", at=WHEN)


def _post(path: Path) -> None:
    _commit(path)
    entries = path.parent / "statements.jsonl"
    entries.write_text(statements(24, REMOTE))
    done = run("-C", str(path), "update", "--source", "entries", str(entries))
    assert done.code == 0, done.err
    settled(path / ".git" / "ledger" / "ledger.db")
