"""Hooks that are committed, and hooks for clones to come: real clones, and what their commits leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.git import Git, global_setting
from ledger.hooking.effective import effective
from ledger.hooking.install import install, installed
from ledger.hooking.marks import EVENTS
from ledger.hooking.team import install_into, install_template, uninstall_from, uninstall_template
from tests.gitting import commit, git
from tests.hooking.managing import ALL, NONE, only, snapshot, told, works, write


@pytest.fixture
def clone(opened: Git, repository: Path, tmp_path: Path) -> Path:
    """A clone of a repository that has committed the hooks, beside a hook of the team."""
    write(repository / ".githooks/commit-msg", "#!/bin/sh\necho theirs >>.git/theirs.log\n")
    install_into(opened, repository / ".githooks")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "hooks")
    git(tmp_path, "clone", "-q", str(repository), "clone")
    return tmp_path / "clone"


def test_committed_hooks_hold_no_path_of_this_machine(clone: Path) -> None:
    texts = [path.read_text() for path in (clone / ".githooks").iterdir()]
    assert len(texts) == len(EVENTS)
    assert not any(str(clone.parent) in text for text in texts)


def test_they_do_nothing_until_the_clone_is_set_up(clone: Path) -> None:
    assert works(clone) == NONE


def test_the_set_up_line_is_enough_to_jot_and_installing_allows_trailers(clone: Path) -> None:
    git(clone, "config", "core.hooksPath", ".githooks")
    assert works(clone) == (2, 1, 0)
    made = install(Git.open(clone), trailers=True)
    assert {done.what for done in made} == {"left"}
    assert installed(Git.open(clone)) == list(EVENTS)
    assert works(clone) == ALL
    assert (clone / ".git/theirs.log").exists()


def test_writing_them_again_changes_nothing_and_taking_them_out_leaves_the_team_s(clone: Path) -> None:
    before = snapshot(clone, ".githooks")
    assert install_into(Git.open(clone), clone / ".githooks").steps == []
    assert snapshot(clone, ".githooks") == before
    assert {done.what for done in uninstall_from(Git.open(clone), clone / ".githooks")} == {"removed", "restored"}
    assert [path.name for path in (clone / ".githooks").iterdir()] == ["commit-msg"]
    assert (clone / ".githooks/commit-msg").read_text() == "#!/bin/sh\necho theirs >>.git/theirs.log\n"


def test_an_edited_one_is_kept(clone: Path) -> None:
    path = clone / ".githooks/post-commit"
    path.write_text(path.read_text() + "echo more\n")
    edited = path.read_text()
    assert {done.event: done.what for done in install_into(Git.open(clone), path.parent).done}["post-commit"] == "kept"
    assert {done.event: done.what for done in uninstall_from(Git.open(clone), path.parent)}["post-commit"] == "kept"
    assert path.read_text() == edited


def test_a_dry_run_writes_nothing(opened: Git, repository: Path) -> None:
    assert len(install_into(opened, repository / ".githooks", dry_run=True).steps) == len(EVENTS)
    assert not (repository / ".githooks").exists()


@pytest.mark.parametrize("place", ["..", ".", ".git/hooks", ".husky/_"])
def test_a_place_that_cannot_be_committed_is_refused(opened: Git, repository: Path, place: str) -> None:
    before = snapshot(repository)
    with pytest.raises(LedgerError, match=r"such as \.githooks"):
        install_into(opened, repository / place)
    assert snapshot(repository) == before


# -- the template ------------------------------------------------------------------------------------------------------


def test_new_clones_get_the_hooks(opened: Git, repository: Path, tmp_path: Path, hermetic: Path) -> None:
    before = snapshot(hermetic, ".gitconfig", ".config")
    folder, plan = install_template()
    assert {done.what for done in plan.done} == {"written"}
    git(tmp_path, "clone", "-q", str(repository), "later")
    assert effective(Git.open(tmp_path / "later")).missing == []
    assert works(tmp_path / "later") == (2, 1, 0)
    assert works(repository) == NONE
    assert install_template()[1].steps == []
    install(Git.open(tmp_path / "later"), trailers=True)
    assert works(tmp_path / "later") == ALL
    uninstall_template()
    assert not folder.exists()
    assert only(snapshot(hermetic, ".gitconfig", ".config"), ".gitconfig") == only(before, ".gitconfig")


def test_a_template_of_the_user_keeps_what_is_in_it(repository: Path, tmp_path: Path) -> None:
    write(tmp_path / "mine/hooks/post-commit", "#!/bin/sh\necho mine >>.git/mine.log\n")
    git(repository, "config", "--global", "init.templateDir", str(tmp_path / "mine"))
    before = snapshot(tmp_path, "mine")
    folder, _ = install_template()
    assert folder == tmp_path / "mine"
    git(tmp_path, "init", "-q", "later")
    commit(tmp_path / "later", "x")
    assert (tmp_path / "later/.git/mine.log").read_text() == "mine\n"
    assert told(tmp_path / "later", "commit") == 1
    uninstall_template()
    assert snapshot(tmp_path, "mine") == before
    assert global_setting("init.templateDir") == str(tmp_path / "mine")


def test_a_dry_run_sets_nothing(hermetic: Path) -> None:
    install_template(dry_run=True)
    assert global_setting("init.templateDir") == ""
    assert not (hermetic / ".config").exists()
