"""Hook files in the worktree, with husky as npm installs it, and in a directory that a team has committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.effective import effective
from ledger.hooking.install import install, uninstall
from ledger.hooking.marks import BEGIN, EVENTS
from tests.gitting import commit, git
from tests.hooking.managing import ALL, MODEL, NONE, snapshot, tool, works, write

UNTRACKED = sorted(set(EVENTS) - {"commit-msg"})
"""The events that the team in these tests has no husky hook for."""


def test_husky_runs_our_untracked_files(husky: list[str], repository: Path) -> None:
    before = snapshot(repository)
    made = install(Git.open(repository), trailers=True)
    assert {done.event for done in made if done.what == "written"} == set(UNTRACKED)
    assert works(repository) == (2, 1, 0)  # the team's commit-msg does not call us yet
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "config", "core.hooksPath") == ".husky/_"
    uninstall(Git.open(repository))
    assert snapshot(repository) == before


def test_the_team_s_file_is_left_and_the_line_to_add_is_told(husky: list[str], repository: Path) -> None:
    made = install(Git.open(repository))
    assert [(done.event, done.what) for done in made if done.what != "written"] == [("commit-msg", "left")]
    advice = next(note for note in made.notes if "--team" in note)
    line = advice.splitlines()[-1].strip()
    path = repository / ".husky/commit-msg"
    path.write_text(f"{line}\n{path.read_text()}")
    git(repository, "commit", "-qam", "ledger")
    assert not [note for note in install(Git.open(repository), trailers=True).notes if "--team" in note]
    assert works(repository) == ALL
    assert (repository / ".git/theirs.log").exists()


def test_with_the_team_s_consent_its_files_get_lines(husky: list[str], repository: Path) -> None:
    before = snapshot(repository)
    install(Git.open(repository), trailers=True)
    install(Git.open(repository), trailers=True, team=True)
    assert (repository / ".husky/commit-msg").read_text().startswith(BEGIN)
    assert git(repository, "ls-files", "--others", "--exclude-standard").split() == [
        f".husky/{event}" for event in UNTRACKED
    ]
    assert str(repository) not in (repository / ".husky/commit-msg").read_text()
    assert works(repository) == ALL
    uninstall(Git.open(repository), team=True)
    git(repository, "rm", "-q", "--cached", *(f".husky/{event}" for event in UNTRACKED))
    assert snapshot(repository) == before


def test_lines_not_yet_committed_are_taken_out_and_committed_ones_are_the_team_s(
    husky: list[str], repository: Path
) -> None:
    before = snapshot(repository)
    install(Git.open(repository), team=True)
    uninstall(Git.open(repository))
    assert snapshot(repository) == before
    install(Git.open(repository), team=True)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "ledger")
    committed = snapshot(repository, ".husky")
    assert {done.what for done in uninstall(Git.open(repository))} == {"left"}
    assert snapshot(repository, ".husky") == committed
    commit(repository, "still works")
    made = install(Git.open(repository), trailers=True)
    assert {done.what for done in made} == {"left"}
    assert works(repository) == ALL


def test_a_post_rewrite_of_the_team_gets_the_pairs_too(husky: list[str], repository: Path) -> None:
    write(repository / ".husky/post-rewrite", "cat >>.git/pairs.log\n", 0o644)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "x")
    install(Git.open(repository), trailers=True, team=True)
    old = commit(repository, "y", {"y": "1"})
    git(repository, "commit", "-q", "--amend", "-m", "z")
    assert (repository / ".git/pairs.log").read_text() == f"{old} {git(repository, 'rev-parse', 'HEAD')}\n"
    assert works(repository) == ALL


def test_husky_s_own_set_up_leaves_ours_alone(husky: list[str], repository: Path) -> None:
    install(Git.open(repository), trailers=True)
    found = snapshot(repository)
    for _ in range(2):
        tool(repository, *husky)
        assert snapshot(repository) == found
    assert works(repository) == (2, 1, 0)


def test_nothing_is_written_into_husky_s_own_directory(husky: list[str], repository: Path) -> None:
    before = snapshot(repository, ".husky/_")
    install(Git.open(repository), team=True)
    assert snapshot(repository, ".husky/_") == before


def test_a_fresh_worktree_runs_nothing_until_the_project_is_set_up_there(
    husky: list[str], repository: Path, tmp_path: Path
) -> None:
    install(Git.open(repository), trailers=True)
    git(repository, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "wt"))
    fresh = tmp_path / "wt"
    assert effective(Git.open(fresh)).missing == list(EVENTS)
    assert works(fresh) == NONE
    made = install(Git.open(fresh), trailers=True)
    assert any(f"Git runs no hook in {fresh}" in note and "npm install" in note for note in made.notes)
    (fresh / ".husky/_").mkdir()
    for path in (repository / ".husky/_").iterdir():
        (fresh / ".husky/_" / path.name).write_bytes(path.read_bytes())
        (fresh / ".husky/_" / path.name).chmod(path.stat().st_mode)
    assert works(fresh) == (2, 1, 0)
    assert git(fresh, "status", "--porcelain") == ""
    uninstall(Git.open(repository))
    assert not (fresh / ".husky/post-commit").exists()


def test_all_worktrees_are_installed_at_once(husky: list[str], repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "wt"))
    install(Git.open(repository))
    assert (tmp_path / "wt/.husky/post-commit").exists()


def test_when_husky_goes_its_files_go_and_plain_ones_come(husky: list[str], repository: Path) -> None:
    install(Git.open(repository), trailers=True)
    git(repository, "config", "--unset", "core.hooksPath")
    install(Git.open(repository), trailers=True)
    assert [path.name for path in (repository / ".husky").iterdir() if path.is_file()] == ["commit-msg"]
    assert BEGIN not in (repository / ".git/info/exclude").read_text()
    assert works(repository) == ALL


def test_when_husky_comes_plain_files_go(opened: Git, repository: Path, husky_package: Path) -> None:
    before = snapshot(repository, ".git/hooks", ".git/info")
    install(opened, trailers=True, files=True)
    tool(repository, "node", husky_package / "bin.js")
    assert effective(Git.open(repository)).missing == list(EVENTS)
    install(Git.open(repository), trailers=True)
    assert works(repository) == ALL
    uninstall(Git.open(repository))
    assert snapshot(repository, ".git/hooks", ".git/info") == before


def test_an_edited_private_file_is_kept(husky: list[str], repository: Path) -> None:
    install(Git.open(repository))
    path = repository / ".husky/post-commit"
    path.write_text(path.read_text() + "echo mine\n")
    assert {done.event: done.what for done in install(Git.open(repository))}["post-commit"] == "kept"
    assert {done.event: done.what for done in uninstall(Git.open(repository))}["post-commit"] == "kept"
    assert path.read_text().endswith("echo mine\n")


@pytest.mark.parametrize("exclude", ["", "# theirs\n*.log", None])
def test_the_exclude_file_is_given_back_as_it_was(husky: list[str], repository: Path, exclude: str | None) -> None:
    path = repository / ".git/info/exclude"
    if exclude is None:
        path.unlink()
        path.parent.rmdir()
    else:
        path.write_text(exclude)
    before = snapshot(repository)
    install(Git.open(repository))
    assert "/.husky/post-commit" in path.read_text().splitlines()
    uninstall(Git.open(repository))
    assert snapshot(repository) == before


# -- a directory that a team has committed -----------------------------------------------------------------------------


@pytest.fixture
def shared(opened: Git, repository: Path) -> Path:
    """A repository whose hooks are in a committed directory, with one hook in it."""
    write(repository / ".githooks/commit-msg", "#!/bin/sh\necho theirs >>.git/theirs.log\n")
    git(repository, "config", "core.hooksPath", ".githooks")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "hooks")
    return repository


def test_a_committed_directory_gets_untracked_files(shared: Path) -> None:
    before = snapshot(shared)
    install(Git.open(shared), trailers=True)
    assert works(shared) == (2, 1, 0)
    assert git(shared, "status", "--porcelain") == ""
    uninstall(Git.open(shared))
    assert snapshot(shared) == before


def test_a_committed_directory_gets_lines_with_consent(shared: Path) -> None:
    before = snapshot(shared)
    install(Git.open(shared), trailers=True, team=True)
    assert works(shared) == ALL
    assert (shared / ".git/theirs.log").exists()
    git(shared, "reset", "-q", "--hard", "HEAD~1")
    install(Git.open(shared), team=True)
    uninstall(Git.open(shared))
    assert snapshot(shared) == before


def test_hooks_below_git_s_own_directory_are_plain_files(opened: Git, repository: Path) -> None:
    git(repository, "config", "core.hooksPath", ".git/my-hooks")
    before = snapshot(repository)
    install(opened, trailers=True, files=True)
    assert works(repository) == ALL
    assert (repository / ".git/my-hooks/post-commit").exists()
    uninstall(Git.open(repository))
    assert snapshot(repository) == before


def test_commit_messages_are_still_the_team_s_to_judge(husky: list[str], repository: Path) -> None:
    install(Git.open(repository), trailers=True, team=True)
    write(repository / ".husky/commit-msg", (repository / ".husky/commit-msg").read_text() + "exit 1\n", 0o644)
    done = subprocess.run(["git", "commit", "--allow-empty", "-qm", "x"], cwd=repository, capture_output=True)
    assert done.returncode == 1
    assert MODEL["LEDGER_MODEL"] not in git(repository, "log", "-1", "--format=%B")
