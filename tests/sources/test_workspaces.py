"""Workspace files at the top of a worktree."""

from __future__ import annotations

from pathlib import Path

from ledger.sources.workspaces import read_workspaces


def test_every_file_is_asked_and_each_pattern_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"workspaces": ["web", "tools/*"]}')
    (tmp_path / "pnpm-workspace.yaml").write_text("packages:\n  - web\n")
    (tmp_path / "Cargo.toml").write_text('[workspace]\nmembers = ["core"]\n')
    (tmp_path / "go.work").write_bytes(b"use ./cmd/\xff\nuse ./api\n")
    assert read_workspaces(tmp_path) == ("api", "cmd/�", "core", "tools/*", "web")


def test_without_a_worktree_or_a_file_nothing_is_told(tmp_path: Path) -> None:
    assert read_workspaces(None) == read_workspaces(tmp_path) == ()
    (tmp_path / "package.json").mkdir()
    assert read_workspaces(tmp_path) == ()


def test_a_file_that_nobody_wrote_by_hand_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"workspaces": ["web"]}' + " " * 1_000_000)
    assert read_workspaces(tmp_path) == ()
