"""The hook that shares beside a push: it starts something, and neither holds up nor fails the push."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.pre_push import install_pre_push, remove_pre_push
from tests.exchange.remotes import bare, hook, refs
from tests.gitting import commit, git


@pytest.fixture
def sharing(tmp_path: Path) -> Path:
    """A clone with the hook; what it starts writes down what it was told, and takes its time."""
    bare(tmp_path)
    clone = tmp_path / "seed"
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/started\nsleep 30\n')
    program.chmod(0o755)
    (clone / ".git" / "ledger").mkdir()
    (clone / ".git" / "ledger" / "interpreter").write_text(f"{program}\n")
    return clone


def pushed(clone: Path) -> str:
    """The commit of a push, which must succeed."""
    made = commit(clone, f"work {time.monotonic()}")
    git(clone, "push", "-q", "origin", "HEAD:main")
    return made


def told(folder: Path) -> str:
    for _ in range(100):
        if (folder / "started").exists() and (text := (folder / "started").read_text()):
            return text
        time.sleep(0.05)
    return ""


def end(folder: Path) -> int:
    """End what the hook has started; returns how many processes of it still ran."""
    said = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    running = [line.split()[0] for line in said.splitlines() if f"{folder}/python" in line]
    for process in running:
        subprocess.run(["kill", process], check=False)
    return len(running)


def test_a_push_starts_sharing_and_does_not_wait_for_it(sharing: Path, tmp_path: Path) -> None:
    assert install_pre_push(Git.open(sharing)).notes == []
    made = pushed(sharing)
    home = sharing / ".git" / "ledger"
    assert told(tmp_path).split() == ["-E", "-P", "-m", "ledger.posting.share_beside", str(home), "origin"]
    assert end(tmp_path) == 1  # the push is over, and it is still at it
    assert refs(tmp_path / "server.git", "refs/heads/main")["refs/heads/main"] == made


def test_whoever_was_there_before_gets_all_of_git_s_words_and_has_the_say(sharing: Path, tmp_path: Path) -> None:
    hook(sharing / ".git", "pre-push", f'echo "$@" >{tmp_path}/before; cat >>{tmp_path}/before; exit 1')
    install_pre_push(Git.open(sharing))
    install_pre_push(Git.open(sharing))  # again, without effect
    made = commit(sharing, "work")
    git(sharing, "push", "-q", "origin", "HEAD:main", env={"LEDGER": "0"}, check=False)
    assert refs(tmp_path / "server.git", "refs/heads/main")["refs/heads/main"] != made
    lines = (tmp_path / "before").read_text().splitlines()
    assert lines[0].startswith("origin file://")
    assert made in lines[1]
    assert not (tmp_path / "started").exists()  # LEDGER=0
    remove_pre_push(Git.open(sharing))
    assert "exit 1" in (sharing / ".git" / "hooks" / "pre-push").read_text()
    assert not (sharing / ".git" / "ledger" / "push-hook").exists()


def test_nothing_is_left_of_it_and_a_broken_installation_fails_no_push(sharing: Path) -> None:
    install_pre_push(Git.open(sharing))
    (sharing / ".git" / "ledger" / "interpreter").write_text("/nowhere/python\n")
    pushed(sharing)
    remove_pre_push(Git.open(sharing))
    assert not (sharing / ".git" / "hooks" / "pre-push").exists()
    assert "pre-push" not in (sharing / ".git" / "config").read_text()
    assert remove_pre_push(Git.open(sharing)).steps == []


def test_where_hooks_are_not_the_repositorys_own_the_line_is_told(sharing: Path, tmp_path: Path, old_git: str) -> None:
    git(sharing, "config", "core.hooksPath", str(tmp_path / "shared-hooks"))
    notes = install_pre_push(Git.open(sharing)).notes
    assert "push-hook" in notes[0]
    assert not (tmp_path / "shared-hooks").exists()
