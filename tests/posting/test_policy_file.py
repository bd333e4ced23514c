"""The default policy is written where it can stand, and never over anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.policy_text import DEFAULT
from ledger.errors import BadSetting, LedgerError
from ledger.git import Git
from ledger.policies import parse_policy
from ledger.posting.policy_file import can_write, write_default
from tests.gitting import git


def test_it_is_written_where_nothing_is(repository: Path) -> None:
    opened = Git.open(repository)
    assert can_write(opened)
    assert write_default(opened).startswith("A policy that only warns stands in ledger.toml")
    assert (repository / "ledger.toml").read_text() == DEFAULT
    assert not can_write(opened)


def test_it_is_added_below_what_is_there_to_the_byte(repository: Path) -> None:
    before = b"# ours \xff\r\n[areas]\r\ncore = 'core/'\r\n"
    (repository / "ledger.toml").write_bytes(before)
    assert can_write(Git.open(repository))
    write_default(Git.open(repository))
    assert (repository / "ledger.toml").read_bytes() == before.rstrip() + b"\n\n" + DEFAULT.encode()


@pytest.mark.parametrize(
    ("name", "text"),
    [("ledger.toml", "[policy.review]\n"), ("pyproject.toml", "[tool.ledger.policy]\nlevel = 'off'\n")],
)
def test_a_policy_that_is_there_stays(repository: Path, name: str, text: str) -> None:
    (repository / name).write_text(text)
    assert not can_write(Git.open(repository))
    assert write_default(Git.open(repository)).startswith(f"{name} has a policy already, which stays as it is")
    assert [path.name for path in repository.iterdir() if path.name != ".git"] == [name]
    assert (repository / name).read_text() == text


def test_settings_in_pyproject_would_be_hidden_by_a_second_file(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[tool.ledger]\nauthors = 'plain'\n")
    assert not can_write(Git.open(repository))
    with pytest.raises(LedgerError, match=r"stand in pyproject\.toml.*\[tool\.ledger\.policy\]"):
        write_default(Git.open(repository))
    assert not (repository / "ledger.toml").exists()


def test_a_pyproject_of_other_tools_hides_nothing(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    write_default(Git.open(repository))
    assert parse_policy((repository / "ledger.toml").read_text(), "ledger.toml") is not None


def test_what_cannot_be_read_is_not_written_to(repository: Path) -> None:
    (repository / "ledger.toml").write_text("[policy\n")
    with pytest.raises(BadSetting, match="not valid TOML"):
        write_default(Git.open(repository))
    assert (repository / "ledger.toml").read_text() == "[policy\n"


def test_without_a_worktree_there_is_no_place(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    opened = Git.open(tmp_path / "bare.git")
    assert not can_write(opened)
    with pytest.raises(LedgerError, match="has no worktree"):
        write_default(opened)
