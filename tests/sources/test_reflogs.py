"""The reflogs of real repositories: read once, in pieces, after git let lines go, and in every worktree."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.git_facts import RepositoryCommit, Rewrite
from ledger.domain.reading import Cursor
from ledger.git import Git
from ledger.sources.reflogs import read_reflogs
from tests.gitting import commit, git


class Reader:
    """Reads a repository's reflogs again and again, as a ledger would that keeps the cursors."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self.cursors: dict[str, str] = {}

    def read(self) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
        """(commit's subject, branch) of what was made since, and (old, new, kind) of what was rewritten."""
        made, rewritten = [], []
        for told in read_reflogs(Git.open(self._repository), "R", self.cursors):
            if isinstance(told, RepositoryCommit):
                made.append((git(self._repository, "log", "-1", "--format=%s", told.oid), told.branch))
                assert told.evidence == "reflog"
            elif isinstance(told, Rewrite):
                rewritten.append((told.old, told.new, told.kind))
            elif isinstance(told, Cursor):
                self.cursors[told.name] = told.text
        return made, rewritten


@pytest.fixture
def reader(repository: Path) -> Reader:
    return Reader(repository)


def test_what_was_read_is_not_read_again(repository: Path, reader: Reader) -> None:
    commit(repository, "one")
    git(repository, "switch", "-q", "-c", "feat")
    commit(repository, "two")
    assert reader.read() == ([("one", "main"), ("two", "feat")], [])
    assert reader.read() == ([], [])
    commit(repository, "three")
    assert reader.read() == ([("three", "feat")], [])


def test_a_repository_without_commits_has_none(reader: Reader) -> None:
    assert reader.read() == ([], [])


def test_an_amend_is_told(repository: Path, reader: Reader) -> None:
    old = commit(repository, "one")
    git(repository, "commit", "-q", "--amend", "-m", "better")
    assert reader.read()[1] == [(old, git(repository, "rev-parse", "HEAD"), "amend")]


def test_a_rebase_that_is_under_way_is_read_when_it_is_done(repository: Path, reader: Reader) -> None:
    commit(repository, "root")
    git(repository, "switch", "-q", "-c", "feat")
    old = commit(repository, "mine", {"a": "1"})
    git(repository, "switch", "-q", "main")
    commit(repository, "theirs", {"a": "2"})
    git(repository, "switch", "-q", "feat")
    git(repository, "rebase", "-q", "main", check=False)
    assert reader.read()[1] == []
    (repository / "a").write_text("3")
    git(repository, "add", "-A")
    git(repository, "-c", "core.editor=:", "rebase", "--continue")
    made, rewritten = reader.read()
    assert rewritten == [(old, git(repository, "rev-parse", "HEAD"), "rebase")]
    assert made == [("mine", "feat")]
    assert reader.read() == ([], [])


def test_when_git_lets_old_lines_go_the_rest_is_read_anew(repository: Path, reader: Reader) -> None:
    for name in ("one", "two"):
        commit(repository, name)
    reader.read()
    git(repository, "reflog", "expire", "--expire=now", "HEAD")
    commit(repository, "three")
    assert reader.read() == ([("three", "main")], [])


def test_a_cursor_that_cannot_be_understood_starts_anew(repository: Path, reader: Reader) -> None:
    commit(repository, "one")
    reader.read()
    reader.cursors = dict.fromkeys(reader.cursors, "what?")
    assert reader.read() == ([("one", "main")], [])


def test_every_worktree_has_its_own(repository: Path, reader: Reader, tmp_path: Path) -> None:
    commit(repository, "one")
    git(repository, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "wt"))
    commit(tmp_path / "wt", "two")
    facts = [told for told in read_reflogs(Git.open(tmp_path / "wt"), "R", {}) if isinstance(told, RepositoryCommit)]
    assert [(told.branch, told.worktree) for told in facts] == [("main", str(repository)), ("wt", str(tmp_path / "wt"))]
    assert reader.read()[0] == [("one", "main"), ("two", "wt")]


def test_a_separate_git_directory_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    git(tmp_path / "work", "init", "-q", "-b", "main", "--separate-git-dir", str(tmp_path / "store"))
    commit(tmp_path / "work", "one")
    assert Reader(tmp_path / "work").read() == ([("one", "main")], [])


def test_without_a_reflog_nothing_is_told(repository: Path, reader: Reader) -> None:
    git(repository, "config", "core.logAllRefUpdates", "false")
    commit(repository, "one")
    assert reader.read() == ([], [])


def test_commits_that_are_gone_leave_a_rebase_untold(repository: Path, reader: Reader) -> None:
    commit(repository, "root")
    git(repository, "switch", "-q", "-c", "feat")
    commit(repository, "mine", {"a": "1"})
    git(repository, "switch", "-q", "main")
    commit(repository, "theirs", {"b": "2"})
    git(repository, "rebase", "-q", "main", "feat")
    log = repository / ".git" / "logs" / "HEAD"
    text = log.read_text()
    # Only this file still names them, once the objects are pruned.
    old = git(repository, "rev-parse", "ORIG_HEAD")
    log.write_text("")
    git(repository, "reflog", "expire", "--expire=now", "--all")
    (repository / ".git" / "ORIG_HEAD").unlink()
    git(repository, "gc", "-q", "--prune=now")
    log.write_text(text)
    assert git(repository, "cat-file", "-t", old, check=False) == ""
    assert reader_without_subjects(repository) == []


def reader_without_subjects(repository: Path) -> list[Rewrite]:
    return [told for told in read_reflogs(Git.open(repository), "R", {}) if isinstance(told, Rewrite)]
