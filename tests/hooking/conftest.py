"""Which git and which hook managers the tests of hooks run with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.git import Git
from tests.gitting import commit, git
from tests.hooking.managing import has, write
from tests.requiring import missing


@pytest.fixture
def opened(repository: Path) -> Git:
    """The repository with one commit of a person, opened."""
    commit(repository, "root")
    return Git.open(repository)


@pytest.fixture(scope="session")
def husky_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """husky 9 as npm installs it, once for all tests that run at the same time."""
    if not shutil.which("npm"):
        missing("husky", "npm is not installed, and husky comes from it")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "husky-npm"
    place = folder / "node_modules" / "husky"
    if not (place / "bin.js").exists():
        own = tmp_path_factory.mktemp("npm")
        done = subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(own), "husky@9"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "npm_config_cache": str(own / "cache")},
        )
        if done.returncode:
            missing("husky", f"npm could not install husky: {done.stderr[-300:]}")
        if not folder.exists():
            shutil.copytree(own / "node_modules", own / "whole" / "node_modules")
            try:
                (own / "whole").rename(folder)
            except OSError:  # another worker was first
                assert (place / "bin.js").exists()
    return place


@pytest.fixture
def husky(opened: Git, husky_package: Path) -> list[str]:
    """The command by which `npm install` sets husky up; it was run once, and a hook of the team is committed."""
    assert opened.worktree
    command = ["node", str(husky_package / "bin.js")]
    subprocess.run(command, cwd=opened.worktree, check=True, capture_output=True)
    write(
        opened.worktree / ".husky/commit-msg",
        'grep -q . "$1"\necho "$1" >>"$(git rev-parse --git-common-dir)/theirs.log"\n',
        0o644,
    )
    git(opened.worktree, "add", "-A")
    git(opened.worktree, "commit", "-qm", "husky")
    return command


@pytest.fixture
def lefthook(repository: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The repository with a lefthook configuration for two of our events; the program's name."""
    if not has("lefthook"):
        missing("lefthook", "lefthook is not installed: pip install lefthook")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    write(
        repository / "lefthook.yml",
        "commit-msg:\n  jobs:\n    - name: theirs\n      run: echo theirs >>.git/theirs.log\n"
        "post-rewrite:\n  jobs:\n    - name: theirs\n      run: echo theirs >>.git/theirs.log\n",
        0o644,
    )
    commit(repository, "lefthook", {})
    return "lefthook"


@pytest.fixture
def git_lfs() -> None:
    """git-lfs is on this machine."""
    if not shutil.which("git-lfs"):
        missing("git-lfs", "git-lfs is not installed")
