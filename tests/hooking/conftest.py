"""Which git the tests of hooks run with."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.requiring import missing


def version_of(program: str) -> tuple[int, int]:
    found = re.search(
        r"(\d+)\.(\d+)", subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    )
    assert found, f"{program} tells no version"
    return int(found[1]), int(found[2])


@pytest.fixture
def new_git(monkeypatch: pytest.MonkeyPatch) -> str:
    """A git of 2.54 or newer, first on PATH: the machine's, or the one that LEDGER_TEST_NEW_GIT names."""
    program = os.environ.get("LEDGER_TEST_NEW_GIT") or "git"
    if version_of(program) < (2, 54):
        missing("new-git", "git is older than 2.54 here: name a newer one with LEDGER_TEST_NEW_GIT")
    if program != "git":
        monkeypatch.setenv("PATH", f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}")
    return program


@pytest.fixture
def old_git() -> str:
    """The machine's git, if it takes no hooks from its configuration."""
    if version_of("git") >= (2, 54):
        pytest.skip("git is 2.54 or newer here")
    return "git"
