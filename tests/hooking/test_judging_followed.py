"""What is broken by real programs, found, and mended by doing what the finding says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.effective import effective
from ledger.hooking.install import install
from ledger.hooking.judging import judge_hooks
from ledger.hooking.marks import EVENTS, HOOK
from tests.gitting import commit, git
from tests.hooking.managing import ALL, has, tool, works, write
from tests.requiring import missing


def found(repository: Path) -> dict[str, str]:
    """Code → sentence of what is found now."""
    opened = Git.open(repository)
    return {finding.code: finding.says for finding in judge_hooks(opened, effective(opened))}


def follow(repository: Path) -> None:
    """Run ledger install again, as nearly every finding says; nothing is found any more, and the hooks work."""
    install(Git.open(repository), trailers=True)
    assert found(repository) == {}
    assert works(repository) == ALL


@pytest.fixture
def installed(repository: Path) -> Path:
    """A repository with the hooks as files, as an older git has them."""
    commit(repository, "root")
    install(Git.open(repository), trailers=True, files=True)
    assert found(repository) == {}
    assert works(repository) == ALL
    return repository


def test_hooks_that_were_never_there(repository: Path) -> None:
    commit(repository, "root")
    assert set(found(repository)) == {"not-installed"}
    follow(repository)


def test_a_hook_that_was_removed(installed: Path) -> None:
    (installed / ".git/hooks/post-commit").unlink()
    assert set(found(installed)) == {"missing"}
    follow(installed)


def test_a_hook_that_lost_its_mode(installed: Path) -> None:
    for event in EVENTS:
        (installed / ".git/hooks" / event).chmod(0o644)
    said = found(installed)
    assert set(said) == {"cannot-start"}
    assert said["cannot-start"].startswith(f"{', '.join(EVENTS)}: ")
    follow(installed)


def test_carriage_returns_stop_every_commit_until_the_file_is_deleted(installed: Path) -> None:
    hook = installed / ".git/hooks/commit-msg"
    write(hook, hook.read_text().replace("\n", "\r\n"))
    done = tool(installed, "git", "commit", "--allow-empty", "-qm", "x", check=False)
    assert done.returncode != 0
    assert "delete it" in found(installed)["cannot-start"]
    hook.unlink()
    follow(installed)


def test_a_hook_that_somebody_wrote_over(installed: Path) -> None:
    write(installed / ".git/hooks/post-commit", "#!/bin/sh\necho theirs >>.git/theirs.log\n")
    assert set(found(installed)) == {"overwritten"}
    follow(installed)
    assert (installed / ".git/theirs.log").read_text().count("theirs") == 2


def test_a_hook_that_we_ran_for_somebody_and_nobody_runs_now(repository: Path) -> None:
    commit(repository, "root")
    write(repository / ".git/hooks/post-commit", "#!/bin/sh\necho theirs >>.git/theirs.log\n")
    install(Git.open(repository), trailers=True, files=True)
    assert found(repository) == {}
    (repository / ".git/hooks/post-commit").unlink()
    said = found(repository)
    assert set(said) == {"missing", "orphaned"}
    assert "rename it to the event's name" in said["orphaned"]
    (repository / ".git/hooks/post-commit.ledger-chained").rename(repository / ".git/hooks/post-commit")
    follow(repository)
    assert (repository / ".git/theirs.log").read_text().count("theirs") == 2


def test_lefthook_takes_an_event(installed: Path, lefthook: str) -> None:
    tool(installed, lefthook, "install")
    said = found(installed)
    assert set(said) == {"displaced"}
    assert said["displaced"].startswith("commit-msg, post-rewrite: lefthook moved the ledger's hook")
    assert works(installed) != ALL
    follow(installed)


def test_pre_commit_overwrites_a_hook(installed: Path) -> None:
    if not has("pre-commit"):
        missing("pre-commit", "pre-commit is not installed: pip install pre-commit")
    write(installed / ".pre-commit-config.yaml", "repos: []\n", 0o644)
    tool(installed, "pre-commit", "install", "-t", "post-commit")
    assert found(installed) == {}
    tool(installed, "pre-commit", "install", "-f", "-t", "post-commit")
    said = found(installed)
    assert set(said) == {"overwritten"}
    assert "is of pre-commit" in said["overwritten"]
    follow(installed)


def test_husky_comes_later(installed: Path, husky_package: Path) -> None:
    subprocess.run(["node", str(husky_package / "bin.js")], cwd=installed, check=True, capture_output=True)
    assert set(found(installed)) == {"overwritten"}
    follow(installed)


def test_husky_is_missing_in_a_fresh_worktree(
    installed: Path, husky_package: Path, tmp_path: Path, old_git: str
) -> None:
    command = ["node", str(husky_package / "bin.js")]
    subprocess.run(command, cwd=installed, check=True, capture_output=True)
    install(Git.open(installed), trailers=True)
    git(installed, "worktree", "add", "-q", str(tmp_path / "wt"))
    said = found(tmp_path / "wt")
    assert set(said) == {"hooks-path-missing"}
    assert "set husky up here" in said["hooks-path-missing"]
    subprocess.run(command, cwd=tmp_path / "wt", check=True, capture_output=True)
    follow(tmp_path / "wt")


def test_a_team_s_directory_is_set_later(installed: Path) -> None:
    write(installed / ".githooks/pre-push", "#!/bin/sh\n")
    git(installed, "config", "core.hooksPath", ".githooks")
    assert set(found(installed)) == {"hooks-path"}
    follow(installed)


def test_a_directory_of_nobody_s_own_is_left_to_its_keeper(installed: Path, tmp_path: Path, old_git: str) -> None:
    write(tmp_path / "shared/pre-push", "#!/bin/sh\n")
    git(installed, "config", "--global", "core.hooksPath", str(tmp_path / "shared"))
    assert "put the line there that ledger install prints" in found(installed)["hooks-path"]
    line = '"$(git rev-parse --git-common-dir)/ledger/hook" {} "$@"\n'
    for event in EVENTS:
        write(tmp_path / "shared" / event, "#!/bin/sh\n" + line.format(event))
    assert found(installed) == {}
    assert works(installed) == ALL


def test_a_repository_that_was_moved(repository: Path, new_git: str) -> None:
    commit(repository, "root")
    install(Git.open(repository), trailers=True)
    moved = repository.with_name("moved")
    repository.rename(moved)
    assert set(found(moved)) == {"command-gone"}
    follow(moved)


def test_a_file_beside_the_configuration(repository: Path, new_git: str) -> None:
    commit(repository, "root")
    install(Git.open(repository), trailers=True, files=True)
    copy = repository / ".git/ledger" / HOOK
    git(repository, "config", "hook.ledger-post-commit.command", f'"{copy}" post-commit')
    git(repository, "config", "hook.ledger-post-commit.event", "post-commit")
    assert set(found(repository)) == {"twice"}
    follow(repository)


def test_hooks_of_a_newer_git_are_not_seen_by_an_older(
    repository: Path, new_git: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, "root")
    install(Git.open(repository), trailers=True)
    assert found(repository) == {}
    older = next(path for path in ("/usr/bin", "/usr/local/bin") if (Path(path) / "git").exists())
    monkeypatch.setenv("PATH", f"{older}:{Path(sys.executable).parent}:/bin")
    if Git.open(repository).version >= (2, 54):
        pytest.skip("this machine has no git older than 2.54 beside the newer one")
    assert set(found(repository)) == {"old-git"}
    follow(repository)
