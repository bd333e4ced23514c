"""The one door to git: what it says of worktrees, wherever git keeps things."""

from __future__ import annotations

from pathlib import Path

from ledger.git import Git
from tests.gitting import commit, git


def test_every_worktree_is_known_from_each(repository: Path, tmp_path: Path) -> None:
    commit(repository, "root")
    git(repository, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "linked"))
    assert Git.open(repository).worktrees() == [repository, tmp_path / "linked"]
    assert Git.open(tmp_path / "linked").worktrees() == [tmp_path / "linked", repository]


def test_a_separate_git_directory_is_no_worktree(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "--separate-git-dir", str(tmp_path / "store"), "work")
    commit(tmp_path / "work", "root")
    assert Git.open(tmp_path / "work").worktrees() == [tmp_path / "work"]


def test_a_submodule_stands_in_its_superproject(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "inner")
    commit(tmp_path / "inner", "root")
    commit(repository, "root")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "sub")
    assert Git.open(repository / "sub").worktrees() == [repository / "sub"]


def test_a_bare_repository_has_those_that_were_added(repository: Path, tmp_path: Path) -> None:
    commit(repository, "root")
    git(tmp_path, "clone", "-q", "--bare", str(repository), "store.git")
    assert Git.open(tmp_path / "store.git").worktrees() == []
    git(tmp_path / "store.git", "worktree", "add", "-q", "-b", "wt", str(tmp_path / "linked"))
    assert Git.open(tmp_path / "store.git").worktrees() == [tmp_path / "linked"]
    assert Git.open(tmp_path / "linked").worktrees() == [tmp_path / "linked"]


def test_a_worktree_whose_directory_is_gone_is_still_known(repository: Path, tmp_path: Path) -> None:
    commit(repository, "root")
    git(repository, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "linked"))
    (tmp_path / "linked").rename(tmp_path / "elsewhere")
    assert Git.open(repository).worktrees() == [repository, tmp_path / "linked"]


def test_objects_come_in_the_order_they_were_asked_for(repository: Path) -> None:
    commit(repository, "root", {"a": "one\n", "b": "", "big": "x" * 300_000})
    names = [git(repository, "rev-parse", f"HEAD:{name}") for name in ("a", "b", "big")]
    opened = Git.open(repository)
    assert list(opened.objects([*names, "0" * 40, names[0]], 300_000)) == [
        b"one\n",
        b"",
        b"x" * 300_000,
        None,
        b"one\n",
    ]
    assert list(opened.objects([names[2], names[0]], 299_999)) == [None, b"one\n"]
    assert list(opened.objects([], 10)) == []


def test_objects_that_nobody_reads_to_the_end_stop_git(repository: Path) -> None:
    commit(repository, "root", {"big": "x" * 300_000})
    name = git(repository, "rev-parse", "HEAD:big")
    objects = Git.open(repository).objects([name] * 50, 10**6)
    assert next(objects) == b"x" * 300_000
    objects.close()  # type: ignore[attr-defined]
