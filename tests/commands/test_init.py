"""`ledger init`: from nothing to the first report, again and again."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.install import installed
from ledger.hooking.marks import EVENTS
from tests.commands.running import process_environment, run
from tests.gitting import commit, git


def test_it_installs_posts_and_reports(committed: Path) -> None:
    done = run("-C", str(committed), "init")
    assert done.code == 0
    assert installed(Git.open(committed)) == list(EVENTS)
    assert "The hooks stand " in done.err
    assert f"facts to {committed / '.git' / 'ledger' / 'ledger.db'}.\n" in done.err
    assert "1 commit, 0 calls" in done.out


def test_without_a_trace_of_a_model_it_says_the_next_step(committed: Path) -> None:
    done = run("-C", str(committed), "init")
    assert "No model was seen" in done.out
    assert "Next: " in done.out


def test_run_again_it_changes_nothing(committed: Path) -> None:
    assert run("-C", str(committed), "init").code == 0
    again = run("-C", str(committed), "init")
    assert again.code == 0
    assert "Posted 0 facts" in again.err


def test_trailers_are_off_unless_wanted(committed: Path) -> None:
    """Without a terminal nobody is asked."""
    run("-C", str(committed), "init")
    assert git(committed, "config", "--get", "ledger.trailers", check=False) == ""
    assert not (committed / ".git" / "ledger" / "trailers").exists()


@pytest.mark.parametrize("wish", ["--trailers", "--yes"])
def test_trailers_are_on_when_wanted(committed: Path, wish: str) -> None:
    run("-C", str(committed), "init", wish)
    assert git(committed, "config", "--get", "ledger.trailers") == "true"
    git(committed, "commit", "-q", "--allow-empty", "-m", "fix: x", env={"LEDGER_MODEL": "claude-opus-4-8"})
    assert "Assisted-by: unknown:claude-opus-4-8" in git(committed, "log", "-1", "--format=%B")


def test_a_no_outweighs_a_yes_to_everything(committed: Path) -> None:
    run("-C", str(committed), "init", "--yes", "--no-trailers")
    assert git(committed, "config", "--get", "ledger.trailers") == "false"


def test_trailers_stay_as_they_were(committed: Path) -> None:
    run("-C", str(committed), "init", "--trailers")
    run("-C", str(committed), "init")
    assert git(committed, "config", "--get", "ledger.trailers") == "true"


def test_hooks_are_left_alone_on_request(committed: Path) -> None:
    done = run("-C", str(committed), "init", "--no-hooks")
    assert done.code == 0
    assert installed(Git.open(committed)) == []
    assert not (committed / ".git" / "ledger" / "hook").exists()


def test_an_edited_hook_is_named(committed: Path, old_git: str) -> None:
    run("-C", str(committed), "install", "--files")
    path = committed / ".git" / "hooks" / "post-commit"
    path.write_text(path.read_text() + "echo mine\n")
    done = run("-C", str(committed), "init")
    assert "but not for post-commit: it was edited since it was installed" in done.err


def test_where_hooks_cannot_be_history_is_posted_all_the_same(committed: Path, old_git: str) -> None:
    git(committed, "config", "core.hooksPath", "/elsewhere")
    done = run("-C", str(committed), "init")
    assert done.code == 0
    assert "Without hooks: core.hooksPath is /elsewhere" in done.err
    assert "1 commit" in done.out


def test_a_bare_repository_is_posted_without_hooks(committed: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(committed), "bare.git")
    done = run("-C", str(tmp_path / "bare.git"), "init")
    assert done.code == 0, done.err
    assert "Without hooks: " in done.err
    assert "1 commit" in done.out


def test_an_unborn_branch_is_a_sentence(repository: Path) -> None:
    done = run("-C", str(repository), "init")
    assert (done.code, done.out) == (1, "")
    assert f"ledger: {repository} has no commits yet; make the first one and run this again." in done.err


def test_a_shallow_clone_is_a_sentence(committed: Path, tmp_path: Path) -> None:
    commit(committed, "feat: more")
    git(tmp_path, "clone", "-q", "--depth", "1", committed.as_uri(), "shallow")
    done = run("-C", str(tmp_path / "shallow"), "init")
    assert (done.code, done.out) == (1, "")
    assert "git fetch --unshallow" in done.err


def test_quiet_leaves_the_report_alone(committed: Path) -> None:
    done = run("-q", "-C", str(committed), "init")
    assert (done.code, done.err) == (0, "")
    assert done.out


def test_the_ledger_is_for_its_owner_only(committed: Path) -> None:
    run("-C", str(committed), "init")
    assert (committed / ".git" / "ledger").stat().st_mode & 0o077 == 0


def test_it_never_touches_the_worktree(committed: Path) -> None:
    run("-C", str(committed), "init")
    assert git(committed, "status", "--porcelain") == ""


@pytest.mark.parametrize("wish", [[], ["--yes"], ["--no-policy"]])
def test_a_policy_is_never_written_unasked(committed: Path, wish: list[str]) -> None:
    """Without a terminal nobody is asked, and a yes to everything is about hooks and agents."""
    run("-C", str(committed), "init", "--no-hooks", *wish)
    assert not (committed / "ledger.toml").exists()


def test_a_policy_that_is_wished_for_is_written_once(committed: Path) -> None:
    done = run("-C", str(committed), "init", "--no-hooks", "--policy")
    assert done.code == 0
    assert "A policy that only warns stands in ledger.toml" in done.err
    assert run("-C", str(committed), "check").code == 0
    written = (committed / "ledger.toml").read_text()
    again = run("-C", str(committed), "init", "--no-hooks", "--policy")
    assert "ledger.toml has a policy already, which stays as it is" in again.err
    assert (committed / "ledger.toml").read_text() == written


def test_a_policy_that_cannot_be_written_stops_nothing(committed: Path) -> None:
    (committed / "pyproject.toml").write_text("[tool.ledger]\nauthors = 'plain'\n")
    done = run("-C", str(committed), "init", "--no-hooks", "--policy")
    assert done.code == 0
    assert "Without a policy: The settings stand in pyproject.toml" in done.err
    assert "1 commit" in done.out


@pytest.mark.parametrize(("answer", "is_written"), [("y", True), ("n", False)])
def test_on_a_terminal_a_policy_is_offered(committed: Path, answer: str, is_written: bool) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "ledger", "init", "--no-hooks"],
        cwd=committed,
        env=process_environment(),
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0
    assert (committed / "ledger.toml").exists() is is_written
