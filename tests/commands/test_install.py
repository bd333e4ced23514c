"""`ledger install` and `ledger uninstall`: what they say, and that nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run
from tests.gitting import git

HOOKS = (
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "applypatch-msg",
    "post-applypatch",
)


def test_it_tells_of_each_hook(repository: Path) -> None:
    done = run("-C", str(repository), "install")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [f"{hook}: written" for hook in HOOKS]


def test_uninstall_leaves_git_as_it_was(repository: Path) -> None:
    hooks = repository / ".git" / "hooks"
    foreign = hooks / "post-commit"
    foreign.write_text("#!/bin/sh\necho theirs\n")
    foreign.chmod(0o755)
    before = {path.name: path.read_bytes() for path in hooks.iterdir()}
    assert "post-commit: chained" in run("-C", str(repository), "install").out
    done = run("-C", str(repository), "uninstall")
    assert (done.code, done.err) == (0, "")
    assert "post-commit: restored" in done.out
    assert {path.name: path.read_bytes() for path in hooks.iterdir()} == before


def test_without_hooks_there_is_nothing_to_take_out(repository: Path) -> None:
    done = run("-C", str(repository), "uninstall")
    assert (done.code, done.out) == (0, "No hook of the ledger is installed here.\n")


@pytest.mark.parametrize(("wish", "kept"), [("--trailers", "true"), ("--no-trailers", "false")])
def test_the_wish_about_trailers_is_kept(repository: Path, wish: str, kept: str) -> None:
    run("-C", str(repository), "install", wish)
    run("-C", str(repository), "install")
    assert git(repository, "config", "--get", "ledger.trailers") == kept
    assert (repository / ".git" / "ledger" / "trailers").exists() == (kept == "true")


def test_an_edited_hook_is_kept_and_said_to_be(repository: Path) -> None:
    run("-C", str(repository), "install")
    hook = repository / ".git" / "hooks" / "post-commit"
    hook.write_text(hook.read_text() + "echo mine\n")
    assert "post-commit: kept (it was edited since it was installed)" in run("-C", str(repository), "install").out
    assert "post-commit: kept" in run("-C", str(repository), "uninstall").out
    assert hook.read_text().endswith("echo mine\n")


def test_another_hooks_path_is_refused_and_not_written_to(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "core.hooksPath", str(tmp_path / "shared"))
    done = run("-C", str(repository), "install")
    assert (done.code, done.out) == (1, "")
    assert f"core.hooksPath is {tmp_path / 'shared'}" in done.err
    assert not (tmp_path / "shared").exists()
