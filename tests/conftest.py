"""Every test runs hermetically: the developer's home, git configuration and agents' logs are out of reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.gitting import git

_PREFIXES = (
    "GIT_",
    "LEDGER_",
    "CLAUDE",
    "CODEX",
    "GEMINI",
    "CURSOR",
    "OPENCODE",
    "AMP_",
    "XDG_",
    "AI_AGENT",
    "COPILOT",
)
_KEPT = {"LEDGER_SAMPLES"}


@pytest.fixture(autouse=True)
def hermetic(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own; returns it."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(_PREFIXES) and name not in _KEPT:
            monkeypatch.delenv(name)
    configuration = home / ".gitconfig"
    configuration.write_text("[user]\n\tname = Ann\n\temail = ann@example.org\n[init]\n\tdefaultBranch = main\n")
    for name, text in {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_GLOBAL": str(configuration),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(tmp_path_factory.getbasetemp()),
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }.items():
        monkeypatch.setenv(name, text)
    return home


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A fresh git repository on `main` without a commit."""
    path = tmp_path / "repo"
    path.mkdir()
    git(path, "init", "-q", "-b", "main")
    return path


@pytest.fixture
def samples() -> Path:
    """The folder of real input; skips where LEDGER_SAMPLES does not name it."""
    folder = os.environ.get("LEDGER_SAMPLES")
    if not folder:
        pytest.skip("LEDGER_SAMPLES is not set: the samples of real input are not on this machine")
    return Path(folder)
