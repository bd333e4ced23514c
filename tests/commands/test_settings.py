"""Settings as people make them: in git's configuration and in files of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run
from tests.gitting import git


def test_a_database_of_git_s_configuration_is_used(committed: Path, tmp_path: Path) -> None:
    git(committed, "config", "ledger.database", str(tmp_path / "mine.db"))
    assert run("-C", str(committed), "db", "path").out == f"{tmp_path / 'mine.db'}\n"


@pytest.mark.parametrize(("name", "head"), [("ledger.toml", ""), ("pyproject.toml", "[tool.ledger]\n")])
def test_a_database_of_a_file_is_used(committed: Path, tmp_path: Path, name: str, head: str) -> None:
    (committed / name).write_text(f'{head}database = "{tmp_path / "mine.db"}"\n')
    assert run("-C", str(committed), "db", "path").out == f"{tmp_path / 'mine.db'}\n"


def test_a_pyproject_without_our_table_may_be_anything(committed: Path) -> None:
    (committed / "pyproject.toml").write_text("this is no TOML")
    assert run("-C", str(committed), "update").code == 0


def test_a_file_that_is_not_toml_is_a_sentence(committed: Path) -> None:
    (committed / "ledger.toml").write_text("x")
    done = run("-C", str(committed), "update")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("ledger: ledger.toml is not valid TOML")
    assert "bug" not in done.err


def test_a_boolean_without_a_value_is_true_as_in_git(committed: Path) -> None:
    with (committed / ".git" / "config").open("a") as file:
        file.write("[ledger]\n\ttrailers\n")
    assert git(committed, "config", "--type=bool", "ledger.trailers") == "true"
    assert run("-C", str(committed), "update").code == 0


@pytest.mark.parametrize("hand", ["true", "false"])
def test_a_wish_about_trailers_changed_by_hand_is_followed(committed: Path, hand: str) -> None:
    run("-C", str(committed), "install", "--no-trailers" if hand == "true" else "--trailers")
    git(committed, "config", "ledger.trailers", hand)
    assert run("-C", str(committed), "update").code == 0
    message = "fix: x"
    git(committed, "commit", "-q", "--allow-empty", "-m", message, env={"LEDGER_MODEL": "claude-opus-4-8"})
    assert ("Assisted-by" in git(committed, "log", "-1", "--format=%B")) == (hand == "true")


def test_a_target_that_is_set_is_the_trunk(committed: Path) -> None:
    git(committed, "checkout", "-q", "-b", "develop")
    git(committed, "commit", "-q", "--allow-empty", "-m", "fix: on develop")
    git(committed, "config", "ledger.target", "develop")
    assert run("-C", str(committed), "update").code == 0
    found = run("-C", str(committed), "query", "--format", "csv", "SELECT ref FROM tip WHERE is_target = 1")
    assert found.out == "ref\nrefs/heads/develop\n"


def test_a_path_may_hold_a_space_and_be_one_of_several(committed: Path) -> None:
    from ledger.posting.workplace import open_workplace

    git(committed, "config", "--add", "ledger.path", "/home/ann/my work")
    git(committed, "config", "--add", "ledger.path", "/srv/work")
    assert set(open_workplace(str(committed)).config.path) == {"/home/ann/my work", "/srv/work"}
