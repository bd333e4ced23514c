"""The rules of git's trailers that bite (hooks.md §2.1), one test each, in their order there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.domain.contributions import Identity, recognise
from ledger.git import Git
from ledger.hooking.install import install
from tests.gitting import commit, git
from tests.requiring import missing

MODEL = {"LEDGER_MODEL": "claude-opus-4-8", "LEDGER_AGENT": "claude-code"}
OURS = "Assisted-by: claude-code:claude-opus-4-8"
KEYS = ("Assisted-by", "Ledger-Review", "Ledger-Scout", "Ledger-Task", "Ledger-Session")
NOBODY = Identity("Ann", "ann@example.org")


@pytest.fixture
def hooked(repository: Path) -> Path:
    """A repository with one commit, the hooks, and trailers allowed."""
    commit(repository, "root")
    install(Git.open(repository), trailers=True)
    return repository


def write(repository: Path, message: bytes | str, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Commit with this message, byte for byte, and no editor."""
    raw = message.encode() if isinstance(message, str) else message
    command = ["git", *arguments, "commit", "-q", "--allow-empty", "-F", "-"]
    subprocess.run(command, cwd=repository, input=raw, env={**os.environ, **MODEL, **(env or {})}, check=True)


def edit(repository: Path, script: str, *arguments: str) -> bool:
    """Commit with an editor, a line of shell on the message's file `$1`; whether a commit came of it."""
    editor = repository.parent / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o755)
    before = git(repository, "rev-parse", "HEAD")
    git(repository, *arguments, "--allow-empty", env={**MODEL, "GIT_EDITOR": str(editor)}, check=False)
    return git(repository, "rev-parse", "HEAD") != before


def message(repository: Path) -> str:
    return git(repository, "log", "-1", "--format=%B").rstrip("\n")


def trailers(repository: Path) -> list[str]:
    """The last block as git parses it."""
    return git(repository, "log", "-1", "--format=%(trailers:only,unfold)").split("\n")


def read_back(repository: Path) -> set[tuple[str, str, str]]:
    """(role, agent, model) as the ledger reads the message."""
    return {(each.role, each.agent, each.model_raw) for each in recognise(message(repository), NOBODY, NOBODY)}


def test_1_a_line_of_dashes_in_the_body_divides_nothing(hooked: Path) -> None:
    write(hooked, "x\n\nbefore\n---\nafter\n")
    assert message(hooked) == f"x\n\nbefore\n---\nafter\n\n{OURS}"


def test_2_no_key_of_ours_is_the_beginning_of_another(hooked: Path) -> None:
    assert not [(one, other) for one in KEYS for other in KEYS if one != other and other.startswith(one)]
    write(hooked, "x\n\nAssisted-by-Team: blue\nLedger-Reviewer: Ann\n")
    assert trailers(hooked)[:3] == ["Assisted-by-Team: blue", "Ledger-Reviewer: Ann", OURS]


@pytest.mark.parametrize("said", ["", "\n\n", "# only a comment\n", "   \n\t\n"])
def test_3_an_empty_message_still_aborts(hooked: Path, said: str) -> None:
    (hooked.parent / "said").write_text(said)
    assert not edit(hooked, f"cp '{hooked.parent / 'said'}' \"$1\"", "commit")
    assert edit(hooked, 'echo words >"$1"', "commit")  # what aborts is the message, not the hook


def test_3_a_message_of_comments_alone_aborts_without_an_editor_too(hooked: Path) -> None:
    before = git(hooked, "rev-parse", "HEAD")
    arguments = ("commit", "-q", "--allow-empty", "--cleanup=strip", "-m", "# 1")
    git(hooked, *arguments, env={**MODEL, "GIT_EDITOR": ":"}, check=False)
    assert git(hooked, "rev-parse", "HEAD") == before


@pytest.mark.parametrize(
    "how", [("commit", "-v"), ("commit", "-v", "--cleanup=scissors"), ("commit", "--cleanup=scissors")]
)
def test_4_the_trailer_stands_above_the_scissors(hooked: Path, how: tuple[str, ...]) -> None:
    (hooked / "file").write_text("Assisted-by: nobody:nothing\n")
    git(hooked, "add", "-A")
    assert edit(hooked, '{ echo "feat: x"; cat "$1"; } >"$1.new" && mv "$1.new" "$1"', *how)
    assert message(hooked) == f"feat: x\n\n{OURS}"


def test_5_a_verbatim_message_keeps_its_comments_and_says_the_model_all_the_same(hooked: Path) -> None:
    assert edit(hooked, '{ echo "feat: x"; cat "$1"; } >"$1.new" && mv "$1.new" "$1"', "commit", "--cleanup=verbatim")
    assert "# On branch main" in message(hooked)
    assert read_back(hooked) == {("implement", "claude-code", "claude-opus-4-8")}


def test_6_a_block_with_prose_is_parsed_where_our_keys_are_registered_and_read_anywhere(hooked: Path) -> None:
    write(hooked, "x\n\nsome prose\nAssisted-by: codex:gpt-5.4\nmore prose\nand more\n", env={"LEDGER": "0"})
    assert trailers(hooked)[0] == "Assisted-by: codex:gpt-5.4"
    git(hooked, "config", "--remove-section", "trailer.assisted-by")  # as on a server, or in another clone
    assert trailers(hooked) == [""]
    assert read_back(hooked) == {("implement", "codex", "gpt-5.4")}


def test_7_a_block_in_the_middle_is_read_and_ours_comes_last(hooked: Path) -> None:
    write(hooked, "x\n\nLedger-Review: codex:gpt-5.4\n\nThe end.\n")
    assert trailers(hooked)[0] == OURS
    assert read_back(hooked) == {("implement", "claude-code", "claude-opus-4-8"), ("review", "codex", "gpt-5.4")}


def test_8_keys_and_values_are_such_as_git_parses(hooked: Path) -> None:
    assert all(key.replace("-", "").isalpha() for key in KEYS)
    write(hooked, "x", env={"LEDGER_MODEL": "ollama/qwen3.6:27b @home_1", "LEDGER_AGENT": "my agent: 2"})
    assert trailers(hooked)[0] == "Assisted-by: myagent:2:ollama/qwen3.6:27b@home_1"


def test_9_a_folded_trailer_before_ours_stays_whole(hooked: Path) -> None:
    write(hooked, "x\n\nSigned-off-by: Ann\n  <ann@example.org>\n")
    assert message(hooked) == f"x\n\nSigned-off-by: Ann\n  <ann@example.org>\n{OURS}"
    assert trailers(hooked)[:2] == ["Signed-off-by: Ann <ann@example.org>", OURS]


def test_10_several_models_stand_side_by_side_each_once_and_one_task(hooked: Path) -> None:
    write(hooked, f"x\n\nLedger-Task: docs\n{OURS}\nAssisted-by: codex:gpt-5.4\n", env={"LEDGER_TASK": "fix"})
    assert trailers(hooked)[:-1] == ["Ledger-Task: docs", OURS, "Assisted-by: codex:gpt-5.4"]


def test_11_a_subject_with_a_colon_is_no_trailer(hooked: Path) -> None:
    write(hooked, "fix: foo\n")
    assert message(hooked) == f"fix: foo\n\n{OURS}"


def test_12_carriage_returns_do_no_harm(hooked: Path) -> None:
    write(hooked, b"x\r\n\r\nbody\r\n\r\nSigned-off-by: Ann <ann@example.org>\r\n")
    assert trailers(hooked)[:2] == ["Signed-off-by: Ann <ann@example.org>", OURS]
    assert "\r" not in message(hooked)


def test_13_another_encoding_keeps_its_bytes(hooked: Path) -> None:
    git(hooked, "config", "i18n.commitEncoding", "latin1")
    write(hooked, "caf\u00e9\n".encode("latin1"))
    raw = subprocess.run(["git", "cat-file", "commit", "HEAD"], cwd=hooked, capture_output=True, check=True).stdout
    assert raw.endswith(b"\n\ncaf\xe9\n\n" + OURS.encode() + b"\n")


@pytest.mark.parametrize(("character", "subject"), [("auto", "fixed"), (";", "#12 is fixed"), ("%", "# fixed")])
def test_14_the_comment_character_may_be_any(hooked: Path, character: str, subject: str) -> None:
    script = f'{{ echo "{subject}"; cat "$1"; }} >"$1.new" && mv "$1.new" "$1"'
    assert edit(hooked, script, "-c", f"core.commentChar={character}", "commit")
    assert message(hooked) == f"{subject}\n\n{OURS}"
    assert not edit(hooked, ":", "-c", f"core.commentChar={character}", "commit")


def test_15_a_signature_covers_the_trailer(hooked: Path, tmp_path: Path) -> None:
    if not shutil.which("ssh-keygen"):
        missing("ssh-keygen", "ssh-keygen is not on this machine: install OpenSSH's client")
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ann@example.org {key.with_suffix('.pub').read_text()}")
    for name, value in {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "commit.gpgSign": "true",
        "gpg.ssh.allowedSignersFile": str(allowed),
    }.items():
        git(hooked, "config", name, value)
    write(hooked, "x")
    git(hooked, "verify-commit", "HEAD")
    assert message(hooked) == f"x\n\n{OURS}"


def test_16_what_was_asked_for_is_not_written_twice(hooked: Path) -> None:
    git(hooked, "commit", "-q", "--allow-empty", "-m", "x", "--trailer", OURS, env=MODEL)
    assert message(hooked) == f"x\n\n{OURS}"
    for _ in range(3):
        git(hooked, "commit", "-q", "--amend", "--no-edit", "--allow-empty", env=MODEL)
    assert message(hooked) == f"x\n\n{OURS}"
