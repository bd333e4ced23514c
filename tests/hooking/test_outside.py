"""A hooks directory that is not this repository's: nothing is written there, and one line is enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.effective import effective
from ledger.hooking.install import install, installed, uninstall
from ledger.hooking.marks import ADVICE, EVENTS
from tests.gitting import git
from tests.hooking.managing import ALL, NONE, only, snapshot, works, write

pytestmark = pytest.mark.usefixtures("old_git")


@pytest.fixture(params=["--global", "--local", "--system"])
def shared(request: pytest.FixtureRequest, opened: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of hooks for many repositories, with a hook in it."""
    if request.param == "--system":
        monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "system"))
        monkeypatch.delenv("GIT_CONFIG_NOSYSTEM")
    assert opened.worktree
    git(opened.worktree, "config", request.param, "core.hooksPath", str(tmp_path / "shared"))
    write(tmp_path / "shared/post-commit", "#!/bin/sh\nexit 0\n")
    return tmp_path / "shared"


def test_nothing_is_written_there_and_the_line_to_add_is_told(shared: Path, repository: Path) -> None:
    before = snapshot(shared.parent, "shared") | snapshot(repository, ".git/hooks", ".git/info")
    with pytest.raises(LedgerError) as refused:
        install(Git.open(repository), trailers=True)
    assert str(shared) in str(refused.value)
    assert str(refused.value).endswith(ADVICE)
    assert snapshot(shared.parent, "shared") | snapshot(repository, ".git/hooks", ".git/info") == before
    assert works(repository) == NONE


def test_with_that_line_everything_is_reached(shared: Path, repository: Path) -> None:
    for event in EVENTS:
        write(shared / event, f"#!/bin/sh\n{ADVICE}\n")
    before = snapshot(repository)
    made = install(Git.open(repository), trailers=True)
    assert {done.what for done in made} == {"left"}
    assert installed(Git.open(repository)) == list(EVENTS)
    assert works(repository) == ALL
    uninstall(Git.open(repository))
    assert snapshot(repository) == before


def test_the_line_does_nothing_in_a_repository_without_the_ledger(shared: Path, repository: Path) -> None:
    for event in EVENTS:
        write(shared / event, f"#!/bin/sh\n{ADVICE}\n")
    assert works(repository) == NONE
    assert effective(Git.open(repository)).missing == list(EVENTS)


def test_plain_files_of_before_are_taken_out_when_they_are_no_longer_run(
    opened: Git, repository: Path, tmp_path: Path
) -> None:
    before = snapshot(repository)
    install(opened)
    git(repository, "config", "--global", "core.hooksPath", str(tmp_path / "shared"))
    with pytest.raises(LedgerError):
        install(Git.open(repository))
    assert only(snapshot(repository), ".git/hooks") == only(before, ".git/hooks")
    uninstall(Git.open(repository))
    assert snapshot(repository) == before
