"""A commit is timed in repositories made for it: the user's own, and what is around it, is not touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.errors import GitFailed
from ledger.git import Git
from ledger.hooking.effective import effective
from ledger.hooking.marks import EVENTS, HOOK, hook_text, marked
from ledger.hooking.timing import time_commit
from tests.gitting import WHEN, commit, git

WITNESS = '#!/bin/sh\nprintf "%s %s\\n" "${0##*/}" "$(cat .git/ledger/trailers 2>/dev/null && echo t)" >>"$WITNESS"\n'


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that hooks under test write into."""
    monkeypatch.setenv("WITNESS", str(tmp_path / "witness"))
    return tmp_path / "witness"


@pytest.fixture
def installed(repository: Path) -> Path:
    """The shared copy says that it ran, and every event leads to it."""
    write(repository / ".git/ledger" / HOOK, marked(WITNESS))
    for event in EVENTS:
        write(repository / ".git/hooks" / event, hook_text())
    return repository


def timed(repository: Path, rounds: int) -> object:
    opened = Git.open(repository)
    return time_commit(opened, effective(opened), rounds=rounds, now=WHEN)


def everything(path: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in sorted(path.rglob("*")) if each.is_file()}


def test_the_ledgers_hook_runs_once_a_round_and_one_that_does_not_count(installed: Path, witness: Path) -> None:
    time = timed(installed, 2)
    events = [line.split()[0] for line in witness.read_text().splitlines()]
    assert events == ["prepare-commit-msg", "commit-msg", "post-commit"] * 3
    assert time is not None


def test_medians_and_their_ratio_are_told(installed: Path, witness: Path) -> None:
    opened = Git.open(installed)
    time = time_commit(opened, effective(opened), rounds=3, now=WHEN)
    assert time is not None
    assert (time.rounds, time.plain_ms > 0, time.hooked_ms > 0) == (3, True, True)
    assert time.ratio == time.hooked_ms / time.plain_ms


def test_nothing_in_the_repository_changes(installed: Path, witness: Path) -> None:
    commit(installed, "x")
    before = everything(installed)
    timed(installed, 1)
    assert everything(installed) == before


def test_flags_are_those_of_the_repository(installed: Path, witness: Path) -> None:
    timed(installed, 1)
    assert "t" not in {word for line in witness.read_text().splitlines() for word in line.split()[1:]}
    write(installed / ".git/ledger/trailers", "")
    timed(installed, 1)
    assert witness.read_text().splitlines()[-1].split()[1:] == ["t"]


def test_hooks_of_somebody_else_do_not_run(installed: Path, tmp_path: Path, witness: Path) -> None:
    for event in ("pre-commit", "post-commit.ledger-chained"):
        write(installed / ".git/hooks" / event, f"#!/bin/sh\necho foreign {event} >>'{tmp_path / 'foreign'}'\n")
    shared = tmp_path / "shared"
    for event in ("pre-commit", "post-commit", "commit-msg"):
        write(shared / event, f"#!/bin/sh\necho shared {event} >>'{tmp_path / 'foreign'}'\n")
    git(installed, "config", "--global", "init.templateDir", str(tmp_path / "template"))
    write(tmp_path / "template/hooks/post-commit", f"#!/bin/sh\necho template >>'{tmp_path / 'foreign'}'\n")
    opened = Git.open(installed)
    found = effective(opened)
    git(installed, "config", "--global", "core.hooksPath", str(shared))
    assert time_commit(opened, found, rounds=1, now=WHEN) is not None
    assert not (tmp_path / "foreign").exists()


def test_hooks_of_the_users_own_configuration_do_not_run(
    installed: Path, tmp_path: Path, witness: Path, new_git: str
) -> None:
    git(installed, "config", "--global", "hook.theirs.command", f"echo global >>'{tmp_path / 'foreign'}'")
    git(installed, "config", "--global", "hook.theirs.event", "post-commit")
    assert timed(installed, 1) is not None
    assert not (tmp_path / "foreign").exists()


def test_a_signing_key_or_an_editor_is_not_asked(installed: Path, witness: Path) -> None:
    git(installed, "config", "--global", "commit.gpgSign", "true")
    git(installed, "config", "--global", "user.signingKey", "nobody")
    git(installed, "config", "--global", "core.editor", "false")
    assert timed(installed, 1) is not None


def test_without_hooks_or_rounds_nothing_is_timed(repository: Path, installed: Path) -> None:
    assert timed(installed, 0) is None
    for event in EVENTS:
        (repository / ".git/hooks" / event).unlink()
    assert timed(repository, 1) is None


def test_a_hook_that_fails_a_commit_is_not_hidden(installed: Path) -> None:
    write(installed / ".git/ledger" / HOOK, marked("#!/bin/sh\necho broken >&2\nexit 1\n"))
    with pytest.raises(GitFailed, match="broken"):
        timed(installed, 1)


def test_an_edited_copy_is_not_run(installed: Path, witness: Path) -> None:
    write(installed / ".git/ledger" / HOOK, marked(WITNESS) + "echo mine\n")
    assert timed(installed, 1) is not None
    assert not witness.exists()


def test_nothing_is_left_behind(
    installed: Path, tmp_path: Path, witness: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    timed(installed, 1)
    assert os.listdir(tmp_path / "temporary") == []
