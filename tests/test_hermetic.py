"""The fixture that seals the tests off works."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

from ledger.sources.claude_code import find_roots
from tests.gitting import git


def real_home() -> Path:
    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def test_home_is_the_test_s_own(hermetic: Path) -> None:
    assert Path.home() == hermetic != real_home()
    assert Path("~").expanduser() == hermetic


def test_git_does_not_see_the_developer_s_configuration(repository: Path) -> None:
    shown = git(repository, "config", "--list", "--show-origin")
    origins = {line.split("\t")[0] for line in shown.splitlines()}
    assert git(repository, "config", "user.email") == "ann@example.org"
    assert not any(str(real_home() / ".gitconfig") in origin or "/etc/" in origin for origin in origins)


def test_agents_logs_of_the_developer_are_unreachable() -> None:
    assert find_roots(os.environ) == []


def test_subprocesses_are_sealed_too() -> None:
    code = "import os, pathlib; print(pathlib.Path.home(), [n for n in os.environ if n.startswith('CLAUDE')])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == f"{os.environ['HOME']} []"
