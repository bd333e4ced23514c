"""How the program finds a worktree's git directory without starting git, beside what git itself says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.agents import witness
from tests.gitting import commit, git


def with_ledger(top: Path) -> Path:
    Git.open(top).ledger_dir.mkdir(exist_ok=True)
    return top


def agrees(top: Path, directory: Path) -> None:
    """The program and git name the same places."""
    opened = Git.open(top)
    assert witness.find_place(str(directory)) == {
        "top": str(opened.worktree),
        "git_dir": str(opened.git_dir),
        "common": str(opened.common_dir),
    }


def test_a_plain_repository_from_anywhere_inside(clone: Path) -> None:
    (clone / "a/b").mkdir(parents=True)
    for directory in (clone, clone / "a", clone / "a/b"):
        agrees(clone, directory)


def test_a_repository_through_a_link(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(clone)
    agrees(clone, tmp_path / "link")


def test_a_linked_worktree_and_one_with_relative_paths(clone: Path, tmp_path: Path) -> None:
    git(clone, "worktree", "add", "-q", "--detach", str(tmp_path / "wt"))
    agrees(tmp_path / "wt", tmp_path / "wt")
    (tmp_path / "wt/.git").write_text("gitdir: ../repo/.git/worktrees/wt\n")
    agrees(tmp_path / "wt", tmp_path / "wt")


def test_a_git_directory_elsewhere(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--separate-git-dir", str(tmp_path / "store.git"), "work")
    commit(tmp_path / "work", "x")
    agrees(with_ledger(tmp_path / "work"), tmp_path / "work")


def test_a_submodule_and_a_worktree_of_one(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "inner")
    commit(tmp_path / "inner", "x")
    git(clone, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "sub")
    agrees(with_ledger(clone / "sub"), clone / "sub")
    git(clone / "sub", "worktree", "add", "-q", "--detach", str(tmp_path / "wt"))
    agrees(tmp_path / "wt", tmp_path / "wt")


def test_the_innermost_repository_counts_even_without_a_ledger(clone: Path) -> None:
    git(clone, "init", "-q", "inner")
    assert witness.find_place(str(clone / "inner")) is None


def test_a_bare_repository_and_no_repository_are_no_place(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    (tmp_path / "bare.git/ledger").mkdir()
    assert witness.find_place(str(tmp_path / "bare.git")) is None
    assert witness.find_place(str(tmp_path)) is None
    assert witness.find_place("/") is None


@pytest.mark.parametrize("text", ["", "ref: refs/heads/main\n"])
def test_a_ledger_that_is_a_file_is_none(clone: Path, text: str) -> None:
    (clone / ".git/ledger").rmdir()
    (clone / ".git/ledger").write_text(text)
    assert witness.find_place(str(clone)) is None


def test_reftable_has_a_head_too(tmp_path: Path) -> None:
    """There HEAD holds a placeholder; the branch is asked of nobody, and so is not told."""
    (tmp_path / "r/.git/ledger").mkdir(parents=True)
    (tmp_path / "r/.git/HEAD").write_text("ref: refs/heads/.invalid\n")
    place = witness.find_place(str(tmp_path / "r"))
    assert place is not None
    assert witness.tags_of(place, "example.org/ann/app", {}) == "repo:example.org/ann/app"
