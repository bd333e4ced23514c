"""Hooks in git's configuration, with a git that takes them from there: beside every hook manager, and across gits."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.effective import effective
from ledger.hooking.install import install, installed, uninstall
from ledger.hooking.marks import EVENTS, hook_text
from ledger.hooking.team import install_into
from tests.gitting import commit, git
from tests.hooking.managing import ALL, MODEL, NONE, TRAILER, only, snapshot, tool, works, write

pytestmark = pytest.mark.usefixtures("new_git")


def configured(repository: Path) -> list[str]:
    said = git(repository, "config", "--local", "--name-only", "--get-regexp", r"^hook\.", check=False)
    return said.split()


def test_one_name_per_event_and_no_file(opened: Git, repository: Path) -> None:
    before = snapshot(repository)
    made = install(opened, trailers=True)
    assert "configuration" in made.where
    assert configured(repository) == [f"hook.ledger-{event}.{key}" for event in EVENTS for key in ("command", "event")]
    assert snapshot(repository, ".git/hooks") == {
        key: kept for key, kept in before.items() if key.startswith(".git/hooks")
    }
    assert works(repository) == ALL
    assert install(opened).steps == ()
    uninstall(opened)
    assert snapshot(repository) == before


def test_another_s_hook_in_the_configuration_stays(opened: Git, repository: Path) -> None:
    git(repository, "config", "hook.theirs.command", "echo theirs >>.git/theirs.log")
    git(repository, "config", "hook.theirs.event", "post-commit")
    before = snapshot(repository)
    install(opened, trailers=True)
    assert works(repository) == ALL
    assert (repository / ".git/theirs.log").read_text() == "theirs\n" * 2
    uninstall(opened)
    assert snapshot(repository) == before


def test_a_file_that_checks_messages_sees_the_trailer(opened: Git, repository: Path) -> None:
    write(repository / ".git/hooks/commit-msg", f'#!/bin/sh\ngrep -q "{TRAILER}" "$1"\n')
    install(opened, trailers=True)
    assert works(repository) == ALL


def test_a_repository_that_was_moved_commits_in_silence_and_is_mended(
    opened: Git, repository: Path, tmp_path: Path
) -> None:
    install(opened, trailers=True)
    moved = repository.rename(tmp_path / "moved")
    done = subprocess.run(
        ["git", "commit", "--allow-empty", "-qm", "x"], cwd=moved, env={**os.environ, **MODEL}, capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert effective(Git.open(moved)).missing == list(EVENTS)
    install(Git.open(moved), trailers=True)
    assert works(moved) == ALL


def test_a_global_hooks_path_does_not_matter(opened: Git, repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "--global", "core.hooksPath", str(tmp_path / "shared"))
    write(tmp_path / "shared/post-commit", "#!/bin/sh\nexit 0\n")
    before = snapshot(tmp_path, "shared")
    install(opened, trailers=True)
    assert works(repository) == ALL
    uninstall(opened)
    assert snapshot(tmp_path, "shared") == before


def test_husky_does_not_matter(husky: list[str], repository: Path, tmp_path: Path) -> None:
    before = snapshot(repository)
    install(Git.open(repository), trailers=True)
    assert works(repository) == ALL
    tool(repository, *husky)
    assert works(repository) == ALL
    git(repository, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "wt"))
    assert works(tmp_path / "wt") == ALL
    uninstall(Git.open(repository))
    assert snapshot(repository) == before


def test_pre_commit_does_not_matter(pre_commit: Path) -> None:
    commit(pre_commit, "root", {})
    install(Git.open(pre_commit), trailers=True)
    tool(pre_commit, "pre-commit", "install")
    assert works(pre_commit) == ALL
    tool(pre_commit, "pre-commit", "uninstall")
    assert works(pre_commit) == ALL


def test_lefthook_does_not_matter(lefthook: str, repository: Path) -> None:
    tool(repository, lefthook, "install")
    install(Git.open(repository), trailers=True)
    assert works(repository) == ALL
    assert not (repository / "lefthook-local.yml").exists()


def test_hooks_of_a_team_are_not_doubled(opened: Git, repository: Path) -> None:
    install_into(opened, repository / ".githooks")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "hooks")
    install(opened, trailers=True)
    assert works(repository) == ALL
    git(repository, "config", "core.hooksPath", ".githooks")
    assert works(repository) == (4, 2, 1)
    made = install(Git.open(repository), trailers=True)
    assert {done.what for done in made} == {"left"}
    assert configured(repository) == []
    assert works(repository) == ALL


# -- several gits ------------------------------------------------------------------------------------------------------


@pytest.fixture
def old_path(monkeypatch: pytest.MonkeyPatch, new_git: str) -> str:
    """PATH with the machine's git first, which takes no hooks from its configuration."""
    if new_git == "git":
        pytest.skip("the only git here is new")
    return os.environ["PATH"].partition(os.pathsep)[2]


def test_another_git_that_ignores_them_is_named(opened: Git, old_path: str) -> None:
    (note,) = [note for note in install(opened).notes if "ignores" in note]
    assert "ledger install --files" in note


def test_files_are_written_on_request(opened: Git, repository: Path, old_path: str) -> None:
    install(opened, trailers=True)
    install(opened, trailers=True, files=True)
    assert configured(repository) == []
    assert works(repository) == ALL


def test_from_files_to_the_configuration_and_back(
    opened: Git, repository: Path, old_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same clone used with one git and then another: never both ways at once."""
    write(repository / ".git/hooks/post-commit", "#!/bin/sh\necho theirs >>.git/theirs.log\n")
    before = snapshot(repository)
    new_path = os.environ["PATH"]
    monkeypatch.setenv("PATH", old_path)
    install(Git.open(repository), trailers=True)
    assert works(repository) == ALL
    monkeypatch.setenv("PATH", new_path)
    assert installed(Git.open(repository)) == list(EVENTS)
    install(Git.open(repository), trailers=True)
    assert snapshot(repository, ".git/hooks") == {
        key: kept for key, kept in before.items() if key.startswith(".git/hooks")
    }
    assert works(repository) == ALL
    monkeypatch.setenv("PATH", old_path)
    assert works(repository) == NONE
    install(Git.open(repository), trailers=True)
    assert configured(repository) == []
    assert works(repository) == ALL
    assert (repository / ".git/theirs.log").read_text() == "theirs\n" * 8
    uninstall(Git.open(repository))
    assert snapshot(repository) == before


def test_private_files_beside_husky_make_way(
    husky: list[str], repository: Path, old_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, new_path = snapshot(repository), os.environ["PATH"]
    monkeypatch.setenv("PATH", old_path)
    install(Git.open(repository), trailers=True)
    monkeypatch.setenv("PATH", new_path)
    install(Git.open(repository), trailers=True)
    assert works(repository) == ALL
    assert snapshot(repository, ".husky", ".git/info") == only(before, ".husky", ".git/info")
    uninstall(Git.open(repository))
    assert snapshot(repository) == before


def test_an_edited_file_stays_beside_the_configuration_and_is_named(
    opened: Git, repository: Path, old_path: str
) -> None:
    install(opened, files=True)
    path = write(repository / ".git/hooks/post-commit", hook_text() + "echo mine\n")
    made = install(opened)
    assert [(done.event, done.what) for done in made if done.what == "kept"] == [("post-commit", "kept")]
    assert path.exists()
    assert "hook.ledger-post-commit.command" not in configured(repository)
    assert works(repository)[0] == 2
