"""`ledger install` and `ledger uninstall`: what they say, and that nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.hooking.marks import EVENTS
from tests.commands.running import run
from tests.gitting import git


def test_it_tells_of_each_hook_and_where_they_stand(repository: Path) -> None:
    done = run("-C", str(repository), "install", "--files")
    assert (done.code, done.err) == (0, f"The hooks stand as files in {repository / '.git' / 'hooks'}.\n")
    assert done.out.splitlines() == [f"{event}: written" for event in EVENTS]


def test_quiet_leaves_the_hooks_alone(repository: Path) -> None:
    done = run("-q", "-C", str(repository), "install", "--files")
    assert (done.code, done.err, len(done.out.splitlines())) == (0, "", len(EVENTS))


def test_uninstall_leaves_git_as_it_was(repository: Path) -> None:
    hooks = repository / ".git" / "hooks"
    foreign = hooks / "post-commit"
    foreign.write_text("#!/bin/sh\necho theirs\n")
    foreign.chmod(0o755)
    before = {path.name: path.read_bytes() for path in hooks.iterdir()}
    assert "post-commit: chained" in run("-C", str(repository), "install", "--files").out
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
    run("-C", str(repository), "install", "--files")
    assert git(repository, "config", "--get", "ledger.trailers") == kept
    assert (repository / ".git" / "ledger" / "trailers").exists() == (kept == "true")


def test_an_edited_hook_is_kept_and_said_to_be(repository: Path) -> None:
    run("-C", str(repository), "install", "--files")
    hook = repository / ".git" / "hooks" / "post-commit"
    hook.write_text(hook.read_text() + "echo mine\n")
    assert (
        "post-commit: kept (it was edited since it was installed)"
        in run("-C", str(repository), "install", "--files").out
    )
    assert "post-commit: kept" in run("-C", str(repository), "uninstall").out
    assert hook.read_text().endswith("echo mine\n")


def test_a_hooks_path_of_others_is_refused_with_the_line_to_put_there(
    repository: Path, tmp_path: Path, old_git: str
) -> None:
    git(repository, "config", "core.hooksPath", str(tmp_path / "shared"))
    done = run("-C", str(repository), "install")
    assert (done.code, done.out) == (1, "")
    assert f"core.hooksPath is {tmp_path / 'shared'}" in done.err
    assert "/ledger/hook" in done.err.splitlines()[-1]
    assert not (tmp_path / "shared").exists()


def test_a_dry_run_prints_the_steps_and_takes_none(repository: Path) -> None:
    before = (repository / ".git" / "config").read_bytes()
    done = run("-C", str(repository), "install", "--files", "--dry-run", "--trailers")
    assert f"would write {repository / '.git' / 'hooks' / 'post-commit'}" in done.out.splitlines()
    assert "would set ledger.trailers to true" in done.out.splitlines()
    assert "The hooks would stand" in done.err
    assert not (repository / ".git" / "ledger").exists()
    assert (repository / ".git" / "config").read_bytes() == before


@pytest.mark.parametrize(
    ("wish", "setting", "flag"),
    [
        (["--require-model"], "true", "true\n"),
        (["--require-model", "agents"], "agents", "agents\n"),
        (["--no-require-model"], "false", None),
    ],
)
def test_a_model_can_be_required(repository: Path, wish: list[str], setting: str, flag: str | None) -> None:
    assert run("-C", str(repository), "install", *wish).code == 0
    assert git(repository, "config", "ledger.requireModel") == setting
    path = repository / ".git" / "ledger" / "require-model"
    assert (path.read_text() if path.exists() else None) == flag


def test_the_flag_follows_a_setting_changed_by_hand(committed: Path) -> None:
    run("-C", str(committed), "install")
    git(committed, "config", "ledger.requireModel", "agents")
    git(committed, "config", "ledger.trailers", "true")
    assert run("-C", str(committed), "update").code == 0
    assert (committed / ".git" / "ledger" / "require-model").read_text() == "agents\n"
    assert (committed / ".git" / "ledger" / "trailers").exists()
    git(committed, "config", "--unset", "ledger.requireModel")
    run("-C", str(committed), "update")
    assert not (committed / ".git" / "ledger" / "require-model").exists()


def test_a_team_that_has_no_hooks_directory_is_told_how_to_make_one(repository: Path) -> None:
    done = run("-C", str(repository), "install", "--team")
    assert (done.code, done.out) == (1, "")
    assert "ledger install --into DIR" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["install", "--into", "x", "--template"],
        ["install", "--into", "x", "--trailers"],
        ["install", "--template", "--team"],
        ["uninstall", "--purge", "--template"],
    ],
)
def test_options_that_mean_different_places_are_not_mixed(repository: Path, arguments: list[str]) -> None:
    done = run("-C", str(repository), *arguments)
    assert (done.code, done.out) == (1, "")
    assert "give one of them" in done.err


def test_hooks_to_commit_are_written_and_the_set_up_line_told(repository: Path) -> None:
    done = run("-C", str(repository), "install", "--into", ".githooks")
    assert done.out.splitlines() == [f"{event}: written" for event in EVENTS]
    assert "git config core.hooksPath .githooks && ledger install" in done.err
    assert git(repository, "config", "core.hooksPath", check=False) == ""
    run("-C", str(repository), "uninstall", "--into", ".githooks")
    assert not list((repository / ".githooks").iterdir())


def test_hooks_for_clones_to_come(repository: Path, hermetic: Path, tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), "install", "--template")
    assert done.code == 0
    template = hermetic / ".config" / "git-ledger" / "template"
    assert f"get the hooks of {template}" in done.err
    git(tmp_path, "init", "-q", "later")
    assert (tmp_path / "later" / ".git" / "hooks" / "post-commit").exists()
    run("-C", str(tmp_path), "uninstall", "--template")
    assert not template.exists()


# -- uninstall --purge -------------------------------------------------------------------------------------------------


def test_purging_needs_a_word(committed: Path) -> None:
    run("-C", str(committed), "init")
    done = run("-C", str(committed), "uninstall", "--purge")
    assert (done.code, done.out) == (1, "")
    assert "--yes" in done.err
    assert (committed / ".git" / "ledger" / "ledger.db").exists()


def test_purging_removes_everything_that_is_ours(committed: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in (committed / ".git" / "hooks").iterdir()}
    run("-C", str(committed), "init", "--trailers")
    git(committed, "worktree", "add", "-q", str(tmp_path / "wt"))
    run("-C", str(tmp_path / "wt"), "use", "claude-opus-4-8")
    git(committed, "update-ref", "refs/ledger/w/1", "HEAD")
    done = run("-C", str(committed), "uninstall", "--purge", "--yes")
    assert (done.code, done.err) == (0, "The journal and the refs of this repository are gone.\n")
    assert [path for path in (committed / ".git").rglob("ledger") if "refs" not in path.parts] == []
    assert git(committed, "for-each-ref", "refs/ledger") == ""
    assert git(committed, "config", "--get-regexp", "ledger", check=False) == ""
    assert {path.name: path.read_bytes() for path in (committed / ".git" / "hooks").iterdir()} == before


def test_a_database_elsewhere_is_left_and_named(committed: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "mine.db"
    git(committed, "config", "ledger.database", str(elsewhere))
    run("-C", str(committed), "init")
    done = run("-C", str(committed), "uninstall", "--purge", "--yes")
    assert f"The ledger at {elsewhere} stands elsewhere and was left." in done.err
    assert elsewhere.exists()
    git(committed, "config", "ledger.database", "postgresql+psycopg://me:secret@nowhere/x")
    done = run("-C", str(committed), "uninstall", "--purge", "--yes")
    assert "on a server" in done.err
    assert "secret" not in done.err
