"""Which root a directory lies in, by what lies around it now."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ledger.posting.enclosing import real, root_of


@pytest.fixture
def known(tmp_path: Path) -> dict[str, str]:
    """A root with a directory in it."""
    (tmp_path / "root" / ".git").mkdir(parents=True)
    (tmp_path / "root" / "deep").mkdir()
    return {real(str(tmp_path / "root")): str(tmp_path / "root")}


def test_a_directory_lies_in_the_root_around_it(known: dict[str, str], tmp_path: Path) -> None:
    root = str(tmp_path / "root")
    assert root_of(root, known) == root_of(f"{root}/deep", known) == root
    assert root_of(str(tmp_path), known) is None


def test_a_repository_inside_is_another_one_until_it_is_gone(known: dict[str, str], tmp_path: Path) -> None:
    nested = tmp_path / "root" / "deep" / ".git"
    nested.mkdir()
    assert root_of(str(nested.parent), known) is None
    nested.rmdir()
    assert root_of(str(nested.parent), known) == str(tmp_path / "root")


def test_a_directory_that_is_gone_belongs_to_the_deepest_root(known: dict[str, str], tmp_path: Path) -> None:
    root = str(tmp_path / "root")
    roots = {**known, f"{real(root)}/deep": "deeper"}
    assert root_of(f"{root}/gone", roots) == root
    assert root_of(f"{root}/deep/gone", roots) == "deeper"
    assert root_of(f"{root}-beside/gone", roots) is None


def test_a_link_leads_to_where_it_points(known: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "root")
    assert root_of(str(tmp_path / "link" / "deep"), known) == str(tmp_path / "root")


@pytest.mark.parametrize("name", ["", "relative/path", "repository:github.com/a/b", "C:\\nowhere", "sha256:00"])
def test_what_names_no_directory_here_lies_in_none(known: dict[str, str], name: str) -> None:
    assert root_of(name, known) is None


def test_a_hash_stands_for_the_root_it_is_of(known: dict[str, str], tmp_path: Path) -> None:
    root = str(tmp_path / "root")
    assert root_of(f"sha256:{hashlib.sha256(root.encode()).hexdigest()}", known) == root
