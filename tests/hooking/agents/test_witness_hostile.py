"""The program under hostile input: it ends well, says nothing, and writes nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hooking.agents.calling import NOTED, PROGRAM, QUIET, TOLD, agents, answer, claude, run, tree


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"cwd": 7, "model": [], "session_id": {}, "workspace_roots": "x"}',
        b'{"cwd": "a\\u0000b"}',
        b'{"cwd": "\\ud800"}',
        b'{"session_id": "' + b"x" * (17 << 20) + b'"}',
    ],
    ids=["nothing", "null", "list", "text", "torn", "bytes", "deep", "types", "nul", "surrogate", "huge"],
)
@pytest.mark.parametrize("agent", ["claude-code", "cursor", "../../x", ""])
def test_whatever_comes_in_it_ends_well(clone: Path, raw: bytes, agent: str) -> None:
    before = tree(clone.parent)
    code, out, err = run(agent, None, cwd=clone.parent, raw=raw)
    assert (code, out, err) == (0, "{}\n" if agent == "cursor" else "", "")
    assert tree(clone.parent) == before


@pytest.mark.parametrize(
    ("model", "noted"),
    [
        ("gpt\n5\tx=1", "gpt5x1"),
        ("\x1b[31mred\x1b[0m", "31mred0m"),
        ("a\u202eb é", "ab"),
        ("x" * 5000, ""),
        ("us.anthropic.claude-opus-4-8-v1:0", "us.anthropic.claude-opus-4-8-v1:0"),
        ("..", ""),
    ],
)
def test_a_name_cannot_break_a_line(clone: Path, tmp_path: Path, model: str, noted: str) -> None:
    assert run("codex", {"session_id": "s", "cwd": str(clone), "model": model}, cwd=tmp_path) == QUIET
    line = f"model={noted}\n" if noted else ""
    assert agents(clone / ".git") == dict.fromkeys(("codex", "codex.s"), f"{line}session=s\n")


@pytest.mark.parametrize("session", ["../../../x", "a/b", "..", ".", "/etc/x", "\n", "x" * 500])
def test_a_session_leads_nowhere_else(clone: Path, tmp_path: Path, session: str) -> None:
    before = {path for path in tree(tmp_path) if "ledger" not in path}
    assert run("codex", {**TOLD, "session_id": session, "cwd": str(clone)}, cwd=tmp_path) == QUIET
    assert set(agents(clone / ".git")) == {"codex"}
    assert {path for path in tree(tmp_path) if "ledger" not in path} == before


@pytest.mark.parametrize("named", ["/dev/null", "/etc", "loop", "\0", "x" * 5000, 7, ["a"]])
def test_a_transcript_that_cannot_be_read_is_none(clone: Path, tmp_path: Path, named: object) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    path = str(tmp_path / "loop") if named == "loop" else named
    told = {**claude(clone, Path()), "transcript_path": path}
    assert run("claude-code", told, cwd=tmp_path) == QUIET
    assert agents(clone / ".git")["claude-code"] == "session=abc-123\n"


def test_only_the_end_of_a_transcript_is_read_and_torn_rows_are_passed_over(clone: Path, tmp_path: Path) -> None:
    transcript = tmp_path / "abc-123.jsonl"
    long_result = json.dumps({"type": "user", "toolUseResult": "x" * 600_000})
    transcript.write_text(f'{json.dumps(answer("claude-opus-4-8"))}\n{long_result}\n{{"type":"assistant","model')
    run("claude-code", claude(clone, transcript), cwd=tmp_path)
    assert agents(clone / ".git")["claude-code"].startswith("model=claude-opus-4-8\n")
    transcript.write_text(f"{json.dumps(answer('claude-haiku-4-5'))}\n" + f"{long_result}\n" * 8)
    run("claude-code", claude(clone, transcript, session_id="other"), cwd=tmp_path)
    assert agents(clone / ".git")["claude-code"] == "session=other\n"


def test_a_directory_that_is_a_loop_is_nowhere(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert run("codex", {**TOLD, "cwd": str(tmp_path / "loop")}, cwd=tmp_path) == QUIET
    assert agents(clone / ".git") == {}


@pytest.mark.parametrize("text", ["gitdir: ", "gitdir: /gone", "nonsense", ""])
def test_a_git_file_that_leads_nowhere_is_no_worktree(clone: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/.git").write_text(text)
    before = tree(tmp_path)
    assert run("codex", {**TOLD, "cwd": str(tmp_path / "bad")}, cwd=tmp_path) == QUIET
    assert tree(tmp_path) == before


def test_what_cannot_be_written_is_noticed_by_nobody(clone: Path, tmp_path: Path) -> None:
    (clone / ".git/ledger/agents").write_text("a file in the way")
    assert run("codex", {**TOLD, "cwd": str(clone)}, cwd=tmp_path) == QUIET
    assert (clone / ".git/ledger/agents").read_text() == "a file in the way"


def test_a_closed_output_is_noticed_by_nobody(clone: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(PROGRAM), "cursor"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=clone,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stdin.write(json.dumps(TOLD).encode())
    process.stdin.close()
    assert process.wait() == 0
    assert process.stderr.read() == b""
    process.stderr.close()
    assert agents(clone / ".git")["cursor"] == NOTED
