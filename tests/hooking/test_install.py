"""Installing in a plain repository, and in every shape that a repository has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.effective import effective
from ledger.hooking.install import install, installed, uninstall
from ledger.hooking.marks import EVENTS, hook_text
from tests.gitting import commit, git
from tests.hooking.managing import ALL, MODEL, NONE, TRAILER, journal, snapshot, told, works, write


def test_every_event_is_reached_and_the_commit_is_jotted_once(opened: Git, repository: Path) -> None:
    made = install(opened, trailers=True)
    assert {done.event: done.what for done in made} == dict.fromkeys(EVENTS, "written")
    assert installed(opened) == list(EVENTS)
    assert works(repository) == ALL


def test_what_every_installation_leaves_in_the_ledger_directory(opened: Git, repository: Path) -> None:
    install(opened, trailers=True, require_model="agents")
    home = repository / ".git/ledger"
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "hook").read_text() == hook_text()
    assert os.access(home / "hook", os.X_OK)
    assert (home / "interpreter").read_text() == f"{sys.executable}\n"
    assert (home / "trailers").read_text() == ""
    assert (home / "require-model").read_text() == "agents\n"
    record = json.loads((home / "install.json").read_text())
    assert record["mode"] in ("files", "config")
    assert str(home / "hook") in record["written"]


def test_flags_follow_the_wishes_and_stay_without_one(opened: Git, repository: Path) -> None:
    home = repository / ".git/ledger"
    install(opened)
    assert not (home / "trailers").exists()
    assert not (home / "require-model").exists()
    install(opened, trailers=True, require_model="true")
    install(opened)
    assert (home / "trailers").exists()
    assert (home / "require-model").read_text() == "true\n"
    install(opened, trailers=False, require_model="false")
    assert not (home / "trailers").exists()
    assert not (home / "require-model").exists()


def test_git_takes_our_keys_for_trailers(opened: Git, repository: Path) -> None:
    body = "x\n\nAssisted-by: a:m\nLedger-Task: fix\nSome-Key: 1\nand one line that is no trailer"
    git(repository, "commit", "-q", "--allow-empty", "-m", body)
    assert git(repository, "log", "-1", "--format=%(trailers:only)").strip() == ""
    install(opened)
    assert "Ledger-Task: fix" in git(repository, "log", "-1", "--format=%(trailers:only)")
    uninstall(opened)
    assert git(repository, "log", "-1", "--format=%(trailers:only)").strip() == ""


def test_a_key_that_git_knows_already_is_left_alone(opened: Git, repository: Path) -> None:
    git(repository, "config", "trailer.helped.key", "Assisted-By")
    before = snapshot(repository)
    install(opened)
    assert git(repository, "config", "--get", "trailer.assisted-by.key", check=False) == ""
    uninstall(opened)
    assert snapshot(repository) == before


def test_installing_again_changes_nothing(opened: Git, repository: Path) -> None:
    install(opened, trailers=True)
    before = snapshot(repository, *(".git/hooks", ".git/config", ".git/info", ".git/ledger"))
    assert install(opened).steps == ()
    assert snapshot(repository, *(".git/hooks", ".git/config", ".git/info", ".git/ledger")) == before


def test_a_dry_run_tells_and_touches_nothing(opened: Git, repository: Path) -> None:
    before = snapshot(repository, ".git/hooks", ".git/config", ".git/info", ".git/ledger")
    made = install(opened, trailers=True, dry_run=True)
    assert len(made.steps) > len(EVENTS)
    assert snapshot(repository, ".git/hooks", ".git/config", ".git/info", ".git/ledger") == before
    assert not (repository / ".git/ledger").exists()


def test_uninstalling_restores_to_the_byte(opened: Git, repository: Path) -> None:
    write(repository / ".git/hooks/post-commit", "#!/bin/sh\necho theirs >>theirs.log\n", 0o750)
    write(repository / ".git/hooks/commit-msg", "not even a script", 0o644)
    git(repository, "config", "ledger.target", "trunk")
    before = snapshot(repository)
    install(opened, trailers=True, require_model="true")
    assert snapshot(repository) != before
    install(opened, trailers=False)
    assert {done.what for done in uninstall(opened)} <= {"removed", "restored"}
    assert snapshot(repository) == before
    assert not (repository / ".git/ledger").exists()
    assert installed(opened) == []
    assert uninstall(opened) == []


def test_a_setting_of_the_user_is_given_back(opened: Git, repository: Path) -> None:
    git(repository, "config", "ledger.trailers", "true")
    before = snapshot(repository, ".git/config")
    install(opened, trailers=False)
    uninstall(opened)
    assert snapshot(repository, ".git/config") == before
    install(opened, trailers=False)
    git(repository, "config", "ledger.trailers", "yes")
    uninstall(opened)
    assert git(repository, "config", "ledger.trailers") == "yes"


def test_what_was_jotted_stays(opened: Git, repository: Path) -> None:
    install(opened)
    commit(repository, "x")
    uninstall(opened)
    assert told(repository, "commit") == 1
    assert sorted(path.name for path in (repository / ".git/ledger").iterdir()) == ["journal"]


def test_without_a_hooks_directory_one_is_made_and_goes_again(opened: Git, repository: Path) -> None:
    shutil.rmtree(repository / ".git/hooks")
    shutil.rmtree(repository / ".git/info")
    before = snapshot(repository)
    install(opened, files=True)
    assert works(repository)[0] == 2
    uninstall(opened)
    assert snapshot(repository) == before


def test_a_directory_that_cannot_be_written_is_a_sentence(opened: Git, repository: Path) -> None:
    shutil.rmtree(repository / ".git/hooks")
    (repository / ".git/hooks").write_text("a file in the way")
    with pytest.raises(LedgerError, match="cannot be written"):
        install(opened, files=True)


# -- shapes of repositories --------------------------------------------------------------------------------------------


def test_from_a_subdirectory(opened: Git, repository: Path) -> None:
    (repository / "deep/er").mkdir(parents=True)
    install(Git.open(repository / "deep/er"), trailers=True)
    assert works(repository) == ALL


@pytest.mark.parametrize("name", ["with space", "quo'te", 'dou"ble', "do$lar `x`", "ümläut"])
def test_whatever_the_directory_is_called(tmp_path: Path, name: str) -> None:
    repository = tmp_path / name
    repository.mkdir()
    git(repository, "init", "-q")
    install(Git.open(repository), trailers=True)
    assert works(repository) == ALL


def test_a_linked_worktree_is_installed_with_the_others(opened: Git, repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "one", str(tmp_path / "one"))
    before = snapshot(repository)
    install(Git.open(tmp_path / "one"), trailers=True)
    git(repository, "worktree", "add", "-q", "-b", "two", str(tmp_path / "two"))
    for place in (repository, tmp_path / "one", tmp_path / "two"):
        assert works(place) == ALL
    uninstall(Git.open(tmp_path / "two"))
    assert snapshot(repository) == before


def test_a_submodule_has_hooks_of_its_own(opened: Git, repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "inner")
    commit(tmp_path / "inner", "inner")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "inner")
    git(repository, "commit", "-qm", "submodule")
    install(opened, trailers=True)
    assert works(repository / "inner") == NONE
    install(Git.open(repository / "inner"), trailers=True)
    assert works(repository / "inner") == ALL
    assert (repository / ".git/modules/inner/ledger/hook").exists()


def test_a_separate_git_directory(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--separate-git-dir", "elsewhere.git", "tree")
    install(Git.open(tmp_path / "tree"), trailers=True)
    assert works(tmp_path / "tree") == ALL
    assert (tmp_path / "elsewhere.git/ledger/hook").exists()


def test_a_bare_repository_with_worktrees(opened: Git, repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
    with pytest.raises(LedgerError, match="bare repository without worktrees"):
        install(Git.open(tmp_path / "bare.git"))
    git(tmp_path / "bare.git", "worktree", "add", "-q", "-b", "wt", str(tmp_path / "wt"))
    before = snapshot(tmp_path / "bare.git", "hooks", "config")
    for place in (tmp_path / "bare.git", tmp_path / "wt"):
        install(Git.open(place), trailers=True)
        assert works(tmp_path / "wt") == ALL
        uninstall(Git.open(place))
        assert snapshot(tmp_path / "bare.git", "hooks", "config") == before


# -- when things are gone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["interpreter", "hook", "everything", "moved"])
@pytest.mark.parametrize("files", [True, False])
def test_whatever_is_gone_commits_go_on_in_silence(
    opened: Git, repository: Path, gone: str, files: bool, tmp_path: Path
) -> None:
    install(opened, trailers=True, files=files)
    home = repository / ".git/ledger"
    if gone == "interpreter":
        (home / "interpreter").write_text("/nowhere/python\n")
    elif gone == "everything":
        shutil.rmtree(home)
    elif gone == "moved":
        repository = repository.rename(tmp_path / "moved")
    else:
        (home / "hook").unlink()
    for arguments in (["commit", "--allow-empty", "-qm", "x"], ["commit", "--amend", "-q", "--allow-empty", "-m", "y"]):
        done = subprocess.run(["git", *arguments], cwd=repository, env={**os.environ, **MODEL}, capture_output=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


# -- our own files, changed --------------------------------------------------------------------------------------------


def test_a_file_that_was_edited_is_kept_and_named(opened: Git, repository: Path) -> None:
    install(opened, files=True)
    path = repository / ".git/hooks/post-commit"
    path.write_text(path.read_text() + "echo mine\n")
    edited = path.read_bytes()
    again = {done.event: done for done in install(opened, files=True)}
    assert (again["post-commit"].what, again["post-commit"].why) == ("kept", "it was edited since it was installed")
    removed = {done.event: done.what for done in uninstall(opened)}
    assert removed == {**dict.fromkeys(EVENTS, "removed"), "post-commit": "kept"}
    assert path.read_bytes() == edited


def test_an_older_text_of_ours_is_replaced(opened: Git, repository: Path) -> None:
    from ledger.hooking.marks import marked

    write(repository / ".git/hooks/post-commit", marked("#!/bin/sh\nexit 0\n"))
    install(opened, files=True)
    assert (repository / ".git/hooks/post-commit").read_text() == hook_text()


def test_a_record_that_cannot_be_read_stops_nothing(opened: Git, repository: Path) -> None:
    before = snapshot(repository, ".git/hooks")
    install(opened, files=True)
    for broken in ("{torn", "[]", '{"settings": {"a": 1}}'):
        (repository / ".git/ledger/install.json").write_text(broken)
        install(opened, files=True)
    (repository / ".git/ledger/install.json").write_text("null")
    uninstall(opened)
    assert snapshot(repository, ".git/hooks") == before


# -- somebody else's hooks ---------------------------------------------------------------------------------------------


def test_a_foreign_commit_msg_still_decides_and_sees_the_trailer(opened: Git, repository: Path) -> None:
    write(repository / ".git/hooks/commit-msg", '#!/bin/sh\ngrep -q Assisted-by "$1" && exit 0\nexit 1\n')
    install(opened, trailers=True)
    commit(repository, "x", env=MODEL)
    with pytest.raises(AssertionError):
        commit(repository, "y", {"a": "2"})


def test_a_foreign_post_rewrite_gets_the_pairs_too(opened: Git, repository: Path) -> None:
    write(repository / ".git/hooks/post-rewrite", "#!/bin/sh\ncat >>theirs.log\n")
    install(opened)
    old = commit(repository, "x")
    git(repository, "commit", "-q", "--amend", "-m", "y")
    assert (repository / "theirs.log").read_text().split()[0] == old
    assert told(repository, "rewrite") == 1


def test_two_hooks_that_both_want_the_name_are_left(opened: Git, repository: Path) -> None:
    write(repository / ".git/hooks/post-commit", "#!/bin/sh\nexit 0\n")
    write(repository / ".git/hooks/post-commit.ledger-chained", "#!/bin/sh\nexit 0\n")
    before = snapshot(repository)
    made = {done.event: done for done in install(opened, files=True)}
    assert made["post-commit"].what == "kept"
    assert "move one of the two away" in made["post-commit"].why
    assert "post-commit" in effective(opened).missing
    uninstall(opened)
    assert snapshot(repository) == before


def test_a_linked_foreign_hook_is_run_and_stays_a_link(opened: Git, repository: Path) -> None:
    write(repository / "tools/post-commit", "#!/bin/sh\necho theirs >>.git/theirs.log\n")
    (repository / ".git/hooks/post-commit").symlink_to("../../tools/post-commit")
    before = snapshot(repository)
    install(opened, files=True)
    commit(repository, "x")
    assert (repository / ".git/theirs.log").read_text() == "theirs\n"
    assert len(journal(repository)) == 1
    uninstall(opened)
    assert snapshot(repository) == before


def test_a_line_that_a_person_wrote_is_enough(opened: Git, repository: Path) -> None:
    from ledger.hooking.marks import ADVICE

    for event in EVENTS:
        write(repository / ".git/hooks" / event, f"#!/bin/sh\n{ADVICE}\n")
    before = snapshot(repository, ".git/hooks")
    made = install(opened, trailers=True)
    assert {done.what for done in made} == {"left"}
    assert installed(opened) == list(EVENTS)
    assert works(repository) == ALL
    assert TRAILER in git(repository, "log", "-1", "--format=%B")
    uninstall(opened)
    assert snapshot(repository, ".git/hooks") == before
