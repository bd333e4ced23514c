"""The last commits and the reflogs of real repositories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.domain.unlined import remember
from ledger.git import Git
from ledger.sources.recent import recent_commits, reflog_entries
from tests.gitting import WHEN, commit, git

DAY = timedelta(days=1)


def _made(repository: Path) -> set[str]:
    return set(remember(reflog_entries(Git.open(repository))).made)


def test_the_last_commits_of_all_branches_and_worktrees_come_youngest_first(repository: Path, tmp_path: Path) -> None:
    first = commit(repository, "a", at=WHEN)
    git(repository, "switch", "-qc", "side")
    second = commit(repository, "b", at=WHEN + DAY)
    git(repository, "switch", "-q", "main")
    git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "wt"))
    third = commit(tmp_path / "wt", "c", at=WHEN + 2 * DAY)
    opened = Git.open(repository)
    assert [each.oid for each in recent_commits(opened, 10)] == [third, second, first]
    assert [each.oid for each in recent_commits(opened, 2)] == [third, second]
    assert recent_commits(opened, 0) == []
    newest = recent_commits(Git.open(tmp_path / "wt"), 1)[0]
    assert (newest.oid, newest.committed_at, newest.committer) == (third, WHEN + 2 * DAY, "ann@example.org")


def test_an_empty_repository_has_none(repository: Path, tmp_path: Path) -> None:
    assert recent_commits(Git.open(repository), 10) == []
    assert list(reflog_entries(Git.open(repository))) == []
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    assert recent_commits(Git.open(tmp_path / "bare.git"), 10) == []


def test_commits_of_every_kind_that_were_made_here_are_remembered(repository: Path) -> None:
    base = commit(repository, "a", {"a": "1"})
    git(repository, "switch", "-qc", "side")
    side = commit(repository, "b", {"b": "1"})
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merged", "side")
    merge = git(repository, "rev-parse", "HEAD")
    git(repository, "switch", "-qc", "other", base)
    git(repository, "cherry-pick", side, at=WHEN)
    picked = git(repository, "rev-parse", "HEAD")
    git(repository, "revert", "--no-edit", picked)
    reverted = git(repository, "rev-parse", "HEAD")
    git(repository, "commit", "-q", "--amend", "-m", "amended")
    amended = git(repository, "rev-parse", "HEAD")
    assert {base, side, merge, picked, reverted, amended} <= _made(repository)


def test_commits_of_a_worktree_are_remembered_from_any(repository: Path, tmp_path: Path) -> None:
    commit(repository, "a")
    git(repository, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "wt"))
    there = commit(tmp_path / "wt", "b")
    here = commit(repository, "c")
    assert {there, here} <= _made(repository)
    assert {there, here} <= _made(tmp_path / "wt")


def test_what_was_pulled_is_not_made_here(repository: Path, tmp_path: Path) -> None:
    first = commit(repository, "a")
    git(tmp_path, "clone", "-q", str(repository), "clone")
    clone = tmp_path / "clone"
    second = commit(repository, "b")
    git(clone, "pull", "-q")
    mine = commit(clone, "c")
    assert git(clone, "rev-parse", "HEAD~1") == second
    made = _made(clone)
    assert mine in made
    assert not {first, second} & made
    assert remember(reflog_entries(Git.open(clone))).is_complete


def test_what_a_rebase_made_is_and_what_it_stood_on_is_not(repository: Path, tmp_path: Path) -> None:
    commit(repository, "a", {"a": "1"})
    git(tmp_path, "clone", "-q", str(repository), "clone")
    clone = tmp_path / "clone"
    theirs = commit(repository, "b", {"b": "1"})
    commit(clone, "c", {"c": "1"})
    git(clone, "pull", "-q", "--rebase")
    replayed = git(clone, "rev-parse", "HEAD")
    assert git(clone, "rev-parse", "HEAD~1") == theirs
    assert replayed in _made(clone)
    assert theirs not in _made(clone)


def test_entries_tell_when(repository: Path) -> None:
    made = commit(repository, "a", at=WHEN)
    memory = remember(reflog_entries(Git.open(repository)))
    assert memory.made == {made: WHEN}
    assert (memory.since, memory.is_complete) == (WHEN, True)


def test_a_repository_without_reflogs_remembers_nothing(repository: Path) -> None:
    git(repository, "config", "core.logAllRefUpdates", "false")
    commit(repository, "a")
    assert remember(reflog_entries(Git.open(repository))).since is None


def test_an_expired_reflog_is_not_complete(repository: Path) -> None:
    commit(repository, "a", at=datetime(2026, 1, 1, tzinfo=UTC))
    late = commit(repository, "b", at=WHEN)
    git(repository, "reflog", "expire", "--expire=2026-02-01", "--all")
    memory = remember(reflog_entries(Git.open(repository)))
    assert (memory.made, memory.is_complete) == ({late: WHEN}, False)


@pytest.mark.parametrize("message", ["x: y", "a\tb", "@{1}"])
def test_a_reflog_s_message_may_be_anything(repository: Path, message: str) -> None:
    made = commit(repository, "a")
    git(repository, "update-ref", "--create-reflog", "-m", message, "refs/heads/other", made)
    assert made in _made(repository)
