"""Which directories belong to a repository."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ledger.domain.facts import Place
from ledger.posting.places import resolve_gone, resolve_places


def found(root: Path, *directories: str) -> dict[str, str | None]:
    places = [Place(directory=directory, repository_id=None, worktree=None) for directory in directories]
    return {place.directory: place.worktree for place in resolve_places("R", [str(root)], places)}


def test_the_top_and_what_lies_below_it(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (root / "src").mkdir()
    assert found(root, str(root), f"{root}/src", str(tmp_path)) == {str(root): str(root), f"{root}/src": str(root)}


def test_a_directory_that_is_gone_goes_to_the_root_above_it(tmp_path: Path) -> None:
    assert found(tmp_path / "moved", f"{tmp_path}/moved/src", f"{tmp_path}/moved2/src") == {
        f"{tmp_path}/moved/src": f"{tmp_path}/moved"
    }


def test_a_repository_nested_inside_is_not_ours(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (root / "vendor" / ".git").mkdir(parents=True)
    assert found(root, f"{root}/vendor") == {}


def test_a_link_to_the_repository_is_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (tmp_path / "link").symlink_to(root)
    assert found(root, f"{tmp_path}/link") == {f"{tmp_path}/link": str(root)}


def test_what_is_no_path_is_nowhere(tmp_path: Path) -> None:
    assert found(tmp_path, "", "repository:R", "relative/dir") == {}


def test_a_directory_that_is_told_by_its_hash_is_recognised(tmp_path: Path) -> None:
    hashed = f"sha256:{hashlib.sha256(str(tmp_path).encode()).hexdigest()}"
    assert found(tmp_path, hashed, "sha256:" + "0" * 64, "sha256:") == {hashed: str(tmp_path)}


def test_a_directory_that_is_gone_is_where_git_printed_this_repository_s_commits(tmp_path: Path) -> None:
    there, gone = str(tmp_path), f"{tmp_path}/gone"
    places = [
        (name, Place(directory=name, repository_id=None, worktree=None))
        for name in (there, gone, f"{gone}/theirs", f"{gone}/both", f"{gone}/neither", "relative", "repository:x")
    ]
    printed = {there: {"R"}, gone: {"R"}, f"{gone}/theirs": {"S"}, f"{gone}/both": {"R", "S"}, "relative": {"R"}}
    found = resolve_gone("R", places, printed)
    assert list(found) == [Place(directory=gone, repository_id="R", worktree=gone)]
