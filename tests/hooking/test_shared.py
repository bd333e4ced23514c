"""The ledger directory's own files: what is the user's stays the user's."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from ledger.config import Config
from ledger.errors import BadSetting, LedgerError
from ledger.git import Git
from ledger.hooking.install import install, uninstall
from ledger.hooking.marks import hook_text
from ledger.hooking.record import Record, read_record, record_text
from ledger.hooking.shared import follow_flags
from tests.gitting import commit, git
from tests.hooking.managing import snapshot, write


def test_an_edited_shared_copy_is_kept_and_named(opened: Git, repository: Path) -> None:
    install(opened)
    path = write(repository / ".git/ledger/hook", hook_text() + "echo mine\n")
    assert any(str(path) in note for note in install(opened).notes)
    assert path.read_text().endswith("echo mine\n")
    assert ("hook", "kept") in [(done.event, done.what) for done in uninstall(opened)]
    assert path.exists()


def test_an_older_shared_copy_is_replaced(opened: Git, repository: Path) -> None:
    from ledger.hooking.marks import marked

    path = write(repository / ".git/ledger/hook", marked("#!/bin/sh\nexit 0\n"))
    install(opened)
    assert path.read_text() == hook_text()


def test_the_interpreter_is_the_one_that_installs(
    opened: Git, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository / ".git/ledger/interpreter", "/gone/python\n", 0o644)
    install(opened)
    assert (repository / ".git/ledger/interpreter").read_text() == f"{sys.executable}\n"
    monkeypatch.setattr(sys, "executable", "")
    assert install(opened).steps == ()


def test_what_the_drainer_leaves_goes_with_the_hooks(opened: Git, repository: Path) -> None:
    install(opened)
    for name in ("drainer", "drain.lock", "drain.next", "drain-error", "agents-read"):
        (repository / ".git/ledger" / name).touch()
    uninstall(opened)
    assert not (repository / ".git/ledger").exists()


@pytest.mark.parametrize(
    ("config", "flags"),
    [
        (Config(), {}),
        (Config(trailers=True), {"trailers": ""}),
        (Config(require_model="true"), {"require-model": "true\n"}),
        (Config(trailers=True, require_model="agents"), {"trailers": "", "require-model": "agents\n"}),
    ],
)
def test_flags_follow_the_settings(opened: Git, repository: Path, config: Config, flags: dict[str, str]) -> None:
    home = repository / ".git/ledger"
    for before in (Config(trailers=True, require_model="true"), Config(), config, config):
        follow_flags(opened, before)
    found = {path.name: path.read_text() for path in home.iterdir()} if home.exists() else {}
    assert found == flags


def test_a_setting_in_words_of_git_is_understood_when_installing(opened: Git, repository: Path) -> None:
    git(repository, "config", "ledger.requireModel", "yes")
    git(repository, "config", "ledger.trailers", "on")
    install(opened)
    assert (repository / ".git/ledger/require-model").read_text() == "true\n"
    assert (repository / ".git/ledger/trailers").exists()


def test_a_setting_that_makes_no_sense_is_a_sentence(opened: Git, repository: Path) -> None:
    git(repository, "config", "ledger.requireModel", "sometimes")
    with pytest.raises(BadSetting, match="false, true or agents"):
        install(opened)


def test_a_required_model_is_enforced_by_the_installed_hook(opened: Git, repository: Path) -> None:
    install(opened, require_model="true")
    with pytest.raises(AssertionError, match=r"ledger\.requireModel"):
        commit(repository, "x")
    commit(repository, "y", env={"LEDGER_MODEL": "claude-opus-4-8"})
    install(opened, require_model="agents")
    commit(repository, "z")
    with pytest.raises(AssertionError, match=r"ledger\.requireModel"):
        commit(repository, "w", env={"CLAUDECODE": "1"})


def test_a_record_comes_back_as_it_was_written(opened: Git, repository: Path) -> None:
    record = Record("files", True, {"/a": "1"}, {"/b": "/c"}, ["/d"], {"ledger.trailers": (None, "true")})
    write(repository / ".git/ledger/install.json", record_text(record), 0o600)
    assert read_record(opened) == record


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"written": 1, "moved": []}', '{"settings": {"a": "bc"}}'])
def test_a_record_that_is_none_is_an_empty_one(opened: Git, repository: Path, text: str) -> None:
    write(repository / ".git/ledger/install.json", text, 0o600)
    assert read_record(opened).written == {}
    install(opened)
    assert uninstall(opened)


def test_the_record_is_its_owner_s_only(opened: Git, repository: Path) -> None:
    install(opened)
    assert (repository / ".git/ledger/install.json").stat().st_mode & 0o777 == 0o600


def test_the_wish_for_files_is_remembered(opened: Git, repository: Path, new_git: str) -> None:
    install(opened, files=True)
    assert install(opened).steps == ()
    assert (repository / ".git/hooks/post-commit").exists()
    install(opened, files=False)
    assert not (repository / ".git/hooks/post-commit").exists()


def test_a_locked_configuration_is_a_sentence_and_what_was_done_can_be_undone(opened: Git, repository: Path) -> None:
    shutil.rmtree(repository / ".git/hooks")
    before = snapshot(repository)
    (repository / ".git/config.lock").touch()
    with pytest.raises(LedgerError, match="config"):
        install(opened, trailers=True)
    (repository / ".git/config.lock").unlink()
    install(opened, trailers=True)
    assert git(repository, "config", "ledger.trailers") == "true"
    uninstall(opened)
    assert snapshot(repository) == before
