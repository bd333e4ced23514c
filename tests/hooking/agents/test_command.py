"""The command line runs the program, is noticed by nobody, and is recognised again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.git import Git
from ledger.hooking.agents import command
from tests.gitting import git

PATHS = st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"]), min_size=1).map("/{}".format)
SHELLS = [shell for shell in ("sh", "dash", "bash", "zsh", "busybox") if shutil.which(shell)]


def run(line: str, cwd: Path, shell: str = "sh") -> tuple[int, bytes, bytes]:
    told = json.dumps({"session_id": "s", "model": "m", "cwd": str(cwd)}).encode()
    words = [shell, *(["sh"] if shell == "busybox" else []), "-c", line]
    done = subprocess.run(words, input=told, capture_output=True, cwd=cwd, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("wrap", [str, command.in_sh])
def test_it_runs_the_program_under_every_shell(clone: Path, shell: str, wrap: type[str]) -> None:
    assert run(wrap(command.personal("codex")), clone, shell) == (0, b"", b"")
    assert (clone / ".git/ledger/agents/codex.s").read_text() == "model=m\nsession=s\n"


@pytest.mark.parametrize("wrap", [str, command.in_sh])
def test_a_path_with_blanks_and_quotes_is_no_matter(clone: Path, tmp_path: Path, wrap: type[str]) -> None:
    folder = tmp_path / 'it\'s a "place" $HOME'
    folder.mkdir()
    program = folder / "witness.py"
    shutil.copy(command.PROGRAM, program)
    line = command.personal("codex", program=str(program))
    assert run(wrap(line), clone) == (0, b"", b"")
    assert (clone / ".git/ledger/agents/codex").exists()


@pytest.mark.parametrize("wrap", [str, command.in_sh])
def test_where_the_interpreter_or_the_package_is_gone_nobody_notices(clone: Path, wrap: type[str]) -> None:
    for line in (
        command.personal("codex", python="/gone/python"),
        command.personal("codex", program="/gone/hooking/agents/witness.py"),
        command.personal("codex", python="/bin/false"),
    ):
        assert run(wrap(line), clone) == (0, b"", b"")
    assert not (clone / ".git/ledger/agents").exists()


def test_a_committed_line_finds_each_clone_s_own_interpreter(clone: Path, tmp_path: Path) -> None:
    line = command.shared("gemini-cli")
    assert run(line, clone) == (0, b"", b"")
    assert not (clone / ".git/ledger/agents").exists()
    (clone / ".git/ledger/interpreter").write_text(f"{sys.executable}\n")
    git(clone, "worktree", "add", "-q", "--detach", str(tmp_path / "wt"))
    for place in (clone, tmp_path / "wt"):
        assert run(line, place) == (0, b"", b"")
    assert (clone / ".git/ledger/agents/gemini-cli").exists()
    assert (clone / ".git/worktrees/wt/ledger/agents/gemini-cli").exists()
    (clone / ".git/ledger/interpreter").write_text("/gone/python\n")
    assert run(line, clone) == (0, b"", b"")
    assert run(line, tmp_path) == (0, b"", b"")
    assert Git.open(clone).ledger_dir == clone / ".git/ledger"


@given(PATHS, PATHS, st.sampled_from(["claude-code", "codex"]), st.sampled_from([str, command.in_sh]))
def test_it_is_recognised_whatever_the_paths(python: str, folder: str, agent: str, wrap: type[str]) -> None:
    line = wrap(command.personal(agent, python=python, program=f"{folder}/hooking/agents/witness.py"))
    assert command.is_ours(line)
    assert command.is_untouched(line, agent)
    assert not command.is_untouched(line, "another")
    assert not command.is_untouched(line + " ", agent)
    assert not command.is_untouched(line.replace("-I -S", "-I"), agent)


@pytest.mark.parametrize("wrap", [str, command.in_sh])
def test_a_committed_line_is_recognised(wrap: type[str]) -> None:
    line = wrap(command.shared("codex"))
    assert command.is_ours(line)
    assert command.is_untouched(line, "codex")
    assert not command.is_untouched(line.replace("|| :", ""), "codex")


@pytest.mark.parametrize("line", ["", "echo", "a 'b", "/bin/sh -c", "python other/witness.py codex", None, 7])
def test_other_lines_are_not_ours(line: object) -> None:
    assert not command.is_ours(line)
    assert not command.is_untouched(str(line), "codex")


def test_the_program_needs_nothing_but_itself() -> None:
    """It runs without site packages, and so without this package."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", str(command.PROGRAM), "codex"],
        input=b"{}",
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert "json" in imported
    assert not {"ledger", "typing", "subprocess", "pathlib", "tempfile"} & imported
