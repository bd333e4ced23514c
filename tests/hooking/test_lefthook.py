"""Lefthook 2, as it installs itself, synchronises and uninstalls."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.effective import effective
from ledger.hooking.install import install, installed, uninstall
from ledger.hooking.marks import BEGIN, EVENTS
from tests.gitting import commit, git
from tests.hooking.managing import ALL, journal, snapshot, tool, works, write

MANAGED = ["commit-msg", "post-rewrite"]


@pytest.fixture
def managed(lefthook: str, repository: Path) -> Path:
    """Lefthook is installed for two of our events."""
    tool(repository, lefthook, "install")
    return repository


def test_lefthook_runs_our_jobs_and_the_other_events_stay_files(managed: Path) -> None:
    before = snapshot(managed)
    made = {done.event: done.why for done in install(Git.open(managed), trailers=True, files=True)}
    assert [event for event, why in made.items() if "lefthook" in why] == MANAGED
    assert installed(Git.open(managed)) == list(EVENTS)
    assert works(managed) == ALL
    assert (managed / ".git/theirs.log").read_text() == "theirs\n" * 3
    assert git(managed, "status", "--porcelain") == ""
    uninstall(Git.open(managed))
    assert snapshot(managed) == {
        **before,
        **{key: kept for key, kept in snapshot(managed).items() if "lefthook" in key},
    }
    assert not (managed / "lefthook-local.yml").exists()


def test_the_pairs_of_a_rewrite_come_through(managed: Path) -> None:
    install(Git.open(managed), files=True)
    old = commit(managed, "x")
    git(managed, "commit", "-q", "--amend", "-m", "y")
    (line,) = [line for line in journal(managed) if line["event"] == "rewrite"]
    assert (line["old"], line["new"]) == (old, git(managed, "rev-parse", "HEAD"))


def test_all_of_our_events_as_jobs(lefthook: str, repository: Path, tmp_path: Path) -> None:
    """A worktree with a blank in its name has message files with one: arguments stay whole."""
    jobs = "".join(f"{event}:\n  jobs:\n    - run: 'true'\n" for event in EVENTS)
    write(repository / "lefthook.yml", jobs, 0o644)
    commit(repository, "all", {})
    git(repository, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "a tree"))
    tool(repository, lefthook, "install")
    made = install(Git.open(repository), trailers=True, files=True)
    assert all("lefthook" in done.why for done in made)
    for place in (repository, tmp_path / "a tree"):
        assert installed(Git.open(place)) == list(EVENTS)
        assert works(place) == ALL


LOCALS = [
    "",
    "post-commit:\n  jobs:\n    - run: echo mine\n",
    "---\npost-commit:\n  jobs:\n    - run: echo mine",
    "extends:\n  - mine.yml\noutput: false\n",
    "# mine\nextends: # these\n    - mine.yml\n",
]


@pytest.mark.parametrize("local", LOCALS)
def test_an_existing_local_configuration_keeps_what_is_in_it(managed: Path, local: str) -> None:
    write(managed / "mine.yml", "commit-msg:\n  jobs:\n    - run: echo mine >>.git/mine.log\n", 0o644)
    write(managed / "lefthook-local.yml", local, 0o640)
    before = snapshot(managed, "lefthook-local.yml", ".git/info/exclude")
    for _ in range(2):
        install(Git.open(managed), trailers=True, files=True)
    assert works(managed) == ALL
    assert (managed / ".git/mine.log").exists() == ("mine.yml" in local)
    uninstall(Git.open(managed))
    assert snapshot(managed, "lefthook-local.yml", ".git/info/exclude") == before


@pytest.mark.parametrize("local", ["extends: [mine.yml]\n", "%YAML 1.2\n---\n{}\n"])
def test_one_that_is_written_in_another_way_is_left_with_advice(managed: Path, local: str) -> None:
    write(managed / "mine.yml", "output: false\n", 0o644)
    write(managed / "lefthook-local.yml", local, 0o644)
    made = install(Git.open(managed), files=True)
    assert (managed / "lefthook-local.yml").read_text() == local
    assert any(str(managed / ".git/ledger/lefthook.yml") in note for note in made.notes)
    assert effective(Git.open(managed)).missing == MANAGED


def test_a_committed_local_configuration_is_the_team_s(managed: Path) -> None:
    write(managed / "lefthook-local.yml", "output: false\n", 0o644)
    commit(managed, "local", {})
    assert any("lefthook-local.yml" in note for note in install(Git.open(managed), files=True).notes)
    assert git(managed, "status", "--porcelain") == ""


def test_lefthook_after_us_moves_ours_away_and_installing_again_mends_it(lefthook: str, repository: Path) -> None:
    install(Git.open(repository), trailers=True, files=True)
    tool(repository, lefthook, "install")
    assert (repository / ".git/hooks/commit-msg.old").exists()
    assert effective(Git.open(repository)).missing == MANAGED
    install(Git.open(repository), trailers=True, files=True)
    assert not list((repository / ".git/hooks").glob("*.old"))
    assert works(repository) == ALL


def test_a_new_event_takes_ours_by_itself_and_installing_again_mends_it(managed: Path) -> None:
    """Lefthook synchronises when its configuration changed and any of its hooks runs."""
    install(Git.open(managed), trailers=True, files=True)
    path = managed / "lefthook.yml"
    path.write_text(path.read_text() + "post-commit:\n  jobs:\n    - run: 'true'\n")
    os.utime(path, (2_000_000_000, 2_000_000_000))  # it looks at whole seconds
    commit(managed, "new event", {})
    assert (managed / ".git/hooks/post-commit.old").exists()
    assert effective(Git.open(managed)).missing == ["post-commit"]
    install(Git.open(managed), trailers=True, files=True)
    assert works(managed) == ALL


def test_a_clash_of_two_moved_hooks_is_mended(managed: Path) -> None:
    install(Git.open(managed), files=True)
    write(managed / ".git/hooks/post-merge.old", "#!/bin/sh\nexit 0\n")
    path = managed / "lefthook.yml"
    path.write_text(path.read_text() + "post-merge:\n  jobs:\n    - run: 'true'\n")
    assert "post-merge.old" in "".join(tool(managed, "lefthook", "install", check=False).stderr)
    assert installed(Git.open(managed)) == list(EVENTS)
    install(Git.open(managed), files=True)
    tool(managed, "lefthook", "install", "-f", check=False)
    install(Git.open(managed), trailers=True, files=True)
    assert effective(Git.open(managed)).missing == []


def test_lefthook_is_uninstalled_and_ours_become_files(managed: Path) -> None:
    install(Git.open(managed), files=True)
    tool(managed, "lefthook", "uninstall")
    install(Git.open(managed), trailers=True, files=True)
    assert works(managed) == ALL
    assert not (managed / ".git/ledger/lefthook.yml").exists()
    assert not (managed / "lefthook-local.yml").exists()
    assert BEGIN not in (managed / ".git/info/exclude").read_text()


def test_ours_moved_away_are_taken_out_too(lefthook: str, repository: Path) -> None:
    write(repository / ".git/hooks/commit-msg", "#!/bin/sh\nexit 0\n")
    install(Git.open(repository), files=True)
    tool(repository, lefthook, "install")
    uninstall(Git.open(repository))
    assert (repository / ".git/hooks/commit-msg.old").read_text() == "#!/bin/sh\nexit 0\n"
    assert not list((repository / ".git/hooks").glob("*ledger*"))
    assert not (repository / ".git/hooks/post-rewrite.old").exists()
