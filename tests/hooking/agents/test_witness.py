"""The program under the inputs that agents send, as a process of its own, as an agent starts it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger.hooking.agents import witness
from tests.gitting import commit, git
from tests.hooking.agents.calling import NOTED, PROGRAM, QUIET, TOLD, agents, answer, claude, run, tree, write_rows

# -- Each agent's own inputs -------------------------------------------------------------------------------------------


def test_claude_code_names_its_model_at_the_start(clone: Path, tmp_path: Path) -> None:
    told = {
        "session_id": "abc-123",
        "transcript_path": str(tmp_path / "none.jsonl"),
        "cwd": str(clone),
        "hook_event_name": "SessionStart",
        "source": "startup",
        "model": "claude-opus-4-8[1m]",
    }
    assert run("claude-code", told, cwd=tmp_path) == QUIET
    noted = "model=claude-opus-4-8\nsession=abc-123\n"
    assert agents(clone / ".git") == {"claude-code": noted, "claude-code.abc-123": noted}


def test_claude_code_s_model_is_that_of_the_newest_answer(clone: Path, tmp_path: Path) -> None:
    transcript = write_rows(
        tmp_path / "abc-123.jsonl",
        answer("claude-opus-4-8"),
        answer("claude-sonnet-4-6"),
        answer("<synthetic>"),
        {"type": "user", "message": {"role": "user", "content": '"model": "claude-haiku-4-5"'}},
        answer("claude-haiku-4-5", isSidechain=True, agentId="a1"),
    )
    assert run("claude-code", claude(clone, transcript), cwd=tmp_path) == QUIET
    assert agents(clone / ".git")["claude-code.abc-123"] == "model=claude-sonnet-4-6\nsession=abc-123\n"


def test_a_model_that_was_known_is_kept_where_the_transcript_is_gone(clone: Path, tmp_path: Path) -> None:
    transcript = write_rows(tmp_path / "abc-123.jsonl", answer("claude-opus-4-8"))
    run("claude-code", claude(clone, transcript), cwd=tmp_path)
    transcript.unlink()
    assert run("claude-code", claude(clone, transcript), cwd=tmp_path) == QUIET
    assert agents(clone / ".git")["claude-code"] == "model=claude-opus-4-8\nsession=abc-123\n"


def test_another_session_inherits_no_model(clone: Path, tmp_path: Path) -> None:
    transcript = write_rows(tmp_path / "abc-123.jsonl", answer("claude-opus-4-8"))
    run("claude-code", claude(clone, transcript), cwd=tmp_path)
    run("claude-code", claude(clone, tmp_path / "none.jsonl", session_id="other"), cwd=tmp_path)
    assert agents(clone / ".git")["claude-code"] == "session=other\n"


def test_before_a_commit_the_row_that_called_is_waited_for(clone: Path, tmp_path: Path) -> None:
    """The transcript lags: the answer of the model just switched to is written after the hook was called."""
    transcript = write_rows(tmp_path / "abc-123.jsonl", answer("claude-opus-4-8", "toolu_00"))
    told = claude(clone, transcript, tool_input={"command": "git commit -m x"})
    row = json.dumps(answer("claude-sonnet-4-6", "toolu_01"))
    late = subprocess.Popen(["sh", "-c", 'sleep 0.03; printf "%s\\n" "$2" >>"$1"', "sh", str(transcript), row])
    run("claude-code", told, cwd=tmp_path)
    assert late.wait() == 0
    run("claude-code", told, cwd=tmp_path)
    assert agents(clone / ".git")["claude-code"].startswith("model=claude-sonnet-4-6\n")


def test_a_row_that_never_comes_is_waited_for_no_longer(clone: Path, tmp_path: Path) -> None:
    transcript = write_rows(tmp_path / "abc-123.jsonl", answer("claude-opus-4-8", "toolu_00"))
    told = claude(clone, transcript, tool_input={"command": "git commit -m x"})
    assert run("claude-code", told, cwd=tmp_path) == QUIET
    assert agents(clone / ".git")["claude-code"].startswith("model=claude-opus-4-8\n")


@pytest.mark.parametrize("own_file", [True, False])
def test_a_subagent_s_model_is_its_own(clone: Path, tmp_path: Path, own_file: bool) -> None:
    rows = [answer("claude-haiku-4-5", isSidechain=True, agentId="a1")]
    main = [answer("claude-opus-4-8"), *([] if own_file else rows), answer("claude-opus-4-8")]
    transcript = write_rows(tmp_path / "abc-123.jsonl", *main)
    if own_file:
        write_rows(tmp_path / "abc-123" / "subagents" / "agent-a1.jsonl", *rows)
    told = claude(clone, transcript, agent_id="a1", agent_type="code-reviewer")
    run("claude-code", told, cwd=tmp_path)
    assert agents(clone / ".git")["claude-code"] == "model=claude-haiku-4-5\nsession=abc-123\nrole=review\n"
    run("claude-code", claude(clone, transcript), cwd=tmp_path)
    assert agents(clone / ".git")["claude-code"] == "model=claude-opus-4-8\nsession=abc-123\n"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("security-reviewer", "review"),
        ("Explore", "scout"),
        ("my-plugin:reviewer", "review"),
        ("general-purpose", ""),
        ("previewer", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_a_role_is_what_a_subagent_s_name_says(name: object, role: str) -> None:
    assert witness.role_of(name) == role


def test_codex_names_session_and_model_at_every_tool(clone: Path, tmp_path: Path) -> None:
    told = {
        "session_id": "0199a213-81c0-7800-8aa1-bbab2a035a53",
        "turn_id": "turn-1",
        "transcript_path": None,
        "cwd": str(clone),
        "hook_event_name": "PreToolUse",
        "model": "gpt-5.4",
        "permission_mode": "default",
        "tool_name": "Bash",
        "tool_input": {"command": "git commit"},
        "tool_use_id": "call_1",
    }
    assert run("codex", told, cwd=tmp_path) == QUIET
    noted = "model=gpt-5.4\nsession=0199a213-81c0-7800-8aa1-bbab2a035a53\n"
    assert agents(clone / ".git") == {"codex": noted, "codex.0199a213-81c0-7800-8aa1-bbab2a035a53": noted}


def test_codex_without_a_model_is_read_from_its_turns(clone: Path, tmp_path: Path) -> None:
    rollout = write_rows(
        tmp_path / "rollout.jsonl",
        {"type": "turn_context", "payload": {"model": "gpt-5.4"}},
        {"type": "response_item", "payload": {"model": "not-this"}},
    )
    run("codex", {"session_id": "s", "transcript_path": str(rollout), "cwd": str(clone)}, cwd=tmp_path)
    assert agents(clone / ".git")["codex"] == "model=gpt-5.4\nsession=s\n"


def test_gemini_cli_s_model_is_that_of_the_newest_answer(clone: Path, tmp_path: Path) -> None:
    rows = [
        {"sessionId": "g-1", "projectHash": "x", "kind": "main"},
        {"id": "1", "type": "gemini", "model": "gemini-3-flash-preview", "content": ""},
        {"id": "2", "type": "user", "content": [{"text": "model"}], "model": "not-this"},
        {"$set": {"lastUpdated": "2026-04-23T12:53:02.597Z", "model": "not-this"}},
    ]
    told = {
        "session_id": "g-1",
        "transcript_path": str(write_rows(tmp_path / "chat.jsonl", *rows)),
        "cwd": str(clone),
        "hook_event_name": "BeforeTool",
        "timestamp": "2026-04-23T12:53:05.283Z",
        "tool_name": "run_shell_command",
        "tool_input": {"command": "git commit"},
    }
    assert run("gemini-cli", told, cwd=tmp_path) == QUIET
    assert agents(clone / ".git")["gemini-cli.g-1"] == "model=gemini-3-flash-preview\nsession=g-1\n"


def test_qwen_code_s_model_is_that_of_the_newest_answer(clone: Path, tmp_path: Path) -> None:
    chat = write_rows(
        tmp_path / "chat.jsonl",
        {"type": "system", "subtype": "ui_telemetry", "systemPayload": {"uiEvent": {"model": "not-this"}}},
        {"type": "assistant", "model": "qwen3-coder-plus", "message": {"role": "model", "parts": []}},
    )
    told = {"session_id": "q-1", "transcript_path": str(chat), "cwd": str(clone), "hook_event_name": "PreToolUse"}
    assert run("qwen-code", told, cwd=tmp_path) == QUIET
    assert agents(clone / ".git")["qwen-code"] == "model=qwen3-coder-plus\nsession=q-1\n"


@pytest.mark.parametrize(
    ("named", "model"),
    [
        ({"model": "claude-4.6-opus"}, "claude-4.6-opus"),
        ({"model": "legacy", "model_id": "claude-opus-4-8"}, "claude-opus-4-8"),
        ({"model": "default"}, ""),
        ({"model": "auto"}, ""),
    ],
)
def test_cursor_names_conversation_and_model_and_expects_an_object(
    clone: Path, tmp_path: Path, named: dict[str, str], model: str
) -> None:
    told = {
        "conversation_id": "c-1",
        "generation_id": "g-1",
        **named,
        "hook_event_name": "beforeShellExecution",
        "cursor_version": "2.0.77",
        "workspace_roots": [str(clone)],
        "user_email": "ann@example.org",
        "transcript_path": None,
        "command": "git commit",
    }
    assert run("cursor", told, cwd=tmp_path) == (0, "{}\n", "")
    line = f"model={model}\n" if model else ""
    assert agents(clone / ".git")["cursor.c-1"] == f"{line}session=c-1\n"


def test_copilot_names_its_session_and_its_events_tell_the_model(clone: Path, tmp_path: Path, hermetic: Path) -> None:
    write_rows(
        hermetic / ".copilot/session-state/96ef38f0/events.jsonl",
        {"type": "session.start", "data": {"sessionId": "96ef38f0", "selectedModel": "gpt-5"}},
        {"type": "session.model_change", "data": {"newModel": "claude-sonnet-4.6", "previousModel": "gpt-5"}},
        {"type": "tool.execution_start", "data": {"toolName": "bash", "arguments": {"command": "model"}}},
    )
    told = {"sessionId": "96ef38f0", "timestamp": 1, "cwd": str(clone), "toolName": "bash", "toolArgs": "{}"}
    assert run("copilot", told, cwd=tmp_path) == QUIET
    assert agents(clone / ".git")["copilot"] == "model=claude-sonnet-4.6\nsession=96ef38f0\n"


def test_who_runs_claude_code_s_hooks_is_not_taken_for_claude_code(clone: Path, tmp_path: Path) -> None:
    """Copilot and Cursor read Claude Code's settings in a project too."""
    copilot = {"session_id": "s", "cwd": str(clone), "hook_event_name": "PreToolUse", "tool_name": "Bash"}
    assert run("claude-code", copilot, cwd=tmp_path) == QUIET
    assert agents(clone / ".git") == {}
    cursor = {"conversation_id": "c", "cwd": str(clone), "cursor_version": "2.0", "model": "m", "transcript_path": "t"}
    run("claude-code", cursor, cwd=tmp_path)
    assert set(agents(clone / ".git")) == {"cursor", "cursor.c"}


# -- Where it is written -----------------------------------------------------------------------------------------------


def test_outside_of_a_ledger_nothing_is_written(repository: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    for place in (repository, tmp_path, tmp_path / "gone"):
        assert run("codex", {**TOLD, "cwd": str(place)}, cwd=tmp_path) == QUIET
    assert tree(tmp_path) == before


def test_a_linked_worktree_has_its_own_and_the_session_is_known_beside_the_journal(clone: Path, tmp_path: Path) -> None:
    git(clone, "worktree", "add", "-q", "--detach", str(tmp_path / "wt"))
    (tmp_path / "wt" / "deep").mkdir()
    assert run("codex", {**TOLD, "cwd": str(tmp_path / "wt/deep")}, cwd=tmp_path) == QUIET
    assert agents(clone / ".git/worktrees/wt") == {"codex": NOTED, "codex.s-1": NOTED}
    assert agents(clone / ".git") == {"codex.s-1": NOTED}


def test_a_submodule_is_a_repository_of_its_own(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "inner")
    commit(tmp_path / "inner", "x")
    git(clone, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "sub")
    assert run("codex", {**TOLD, "cwd": str(clone / "sub")}, cwd=tmp_path) == QUIET
    assert agents(clone / ".git") == {}
    (clone / ".git/modules/sub/ledger").mkdir()
    run("codex", {**TOLD, "cwd": str(clone / "sub")}, cwd=tmp_path)
    assert agents(clone / ".git/modules/sub") == {"codex": NOTED, "codex.s-1": NOTED}


def test_files_are_for_the_owner_and_replaced_in_one_step(clone: Path, tmp_path: Path) -> None:
    run("codex", {**TOLD, "cwd": str(clone)}, cwd=tmp_path)
    folder = clone / ".git/ledger/agents"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    was = (folder / "codex").stat().st_ino
    run("codex", {**TOLD, "cwd": str(clone), "model": "gpt-6"}, cwd=tmp_path)
    assert (folder / "codex").stat().st_ino != was
    assert sorted(path.name for path in folder.iterdir()) == ["codex", "codex.s-1"]


def test_sessions_of_last_week_are_taken_out_when_a_new_one_starts(clone: Path, tmp_path: Path) -> None:
    run("codex", {**TOLD, "cwd": str(clone)}, cwd=tmp_path)
    folder = clone / ".git/ledger/agents"
    for name, days in (("codex.old", 8), ("codex.young", 6)):
        (folder / name).write_text("session=x\n")
        os.utime(folder / name, (time.time() - days * 86400,) * 2)
    run("codex", {**TOLD, "cwd": str(clone), "session_id": "s-2"}, cwd=tmp_path)
    assert sorted(agents(clone / ".git")) == ["codex", "codex.s-1", "codex.s-2", "codex.young"]


def test_a_session_that_goes_on_looks_through_nothing(clone: Path, tmp_path: Path) -> None:
    run("codex", {**TOLD, "cwd": str(clone)}, cwd=tmp_path)
    old = clone / ".git/ledger/agents/codex.old"
    old.write_text("session=x\n")
    os.utime(old, (0, 0))
    run("codex", {**TOLD, "cwd": str(clone)}, cwd=tmp_path)
    assert old.exists()


def test_a_session_that_goes_on_stays_young(clone: Path, tmp_path: Path) -> None:
    run("codex", {**TOLD, "cwd": str(clone)}, cwd=tmp_path)
    path = clone / ".git/ledger/agents/codex.s-1"
    os.utime(path, (0, 0))
    run("codex", {**TOLD, "cwd": str(clone)}, cwd=tmp_path)
    assert path.stat().st_mtime > 0


def test_ledger_0_turns_it_off(clone: Path, tmp_path: Path) -> None:
    assert run("codex", {**TOLD, "cwd": str(clone)}, cwd=tmp_path, env={"LEDGER": "0"}) == QUIET
    assert run("cursor", {**TOLD, "cwd": str(clone)}, cwd=tmp_path, env={"LEDGER": "0"}) == (0, "{}\n", "")
    assert agents(clone / ".git") == {}


def test_nothing_but_model_session_and_role_is_kept(clone: Path, tmp_path: Path) -> None:
    transcript = write_rows(tmp_path / "abc-123.jsonl", answer("claude-opus-4-8", "toolu_01"))
    told = claude(clone, transcript, tool_input={"command": "echo secret"}, prompt="secret")
    run("claude-code", told, cwd=tmp_path)
    text = "".join(agents(clone / ".git").values())
    assert {line.partition("=")[0] for line in text.splitlines()} == {"model", "session"}
    assert "secret" not in text


def test_parallel_calls_leave_whole_files(clone: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(PROGRAM), "codex"]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, cwd=clone) for _ in range(12)]
    for number, process in enumerate(running):
        process.communicate(json.dumps({**TOLD, "session_id": f"s-{number}"}).encode())
    assert {process.returncode for process in running} == {0}
    found = agents(clone / ".git")
    assert len(found) == 13
    assert all(text.startswith("model=gpt-5.4\nsession=s-") for text in found.values())
