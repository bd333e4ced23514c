"""Each agent from end to end: installed, called as it calls, noted, and taken out again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ledger.git import Git
from ledger.hooking.agents import setup
from ledger.hooking.agents.jsonc import parse
from ledger.hooking.agents.table import AGENTS, Agent
from tests.gitting import commit, git


@dataclass(frozen=True, slots=True)
class Case:
    """What an agent sends at an event, what its transcript says, and what is noted."""

    agent: str
    event: str
    told: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)
    transcript: str = ""
    noted: str = ""
    said: str = ""


BASE = {"cwd": "WORKTREE", "transcript_path": "TRANSCRIPT"}
CASES = [
    Case(
        "claude-code",
        "SessionStart",
        {
            **BASE,
            "session_id": "s1",
            "hook_event_name": "SessionStart",
            "source": "startup",
            "model": "claude-opus-4-8",
        },
        noted="model=claude-opus-4-8\nsession=s1\n",
    ),
    Case(
        "claude-code",
        "PreToolUse",
        {**BASE, "session_id": "s1", "tool_name": "Bash", "tool_input": {"command": "make"}, "tool_use_id": "t1"},
        [{"type": "assistant", "message": {"model": "claude-sonnet-4-6", "content": []}}],
        noted="model=claude-sonnet-4-6\nsession=s1\n",
    ),
    Case(
        "codex",
        "SessionStart",
        {**BASE, "session_id": "s1", "model": "gpt-5.4", "source": "startup", "permission_mode": "default"},
        noted="model=gpt-5.4\nsession=s1\n",
    ),
    Case(
        "codex",
        "PreToolUse",
        {**BASE, "session_id": "s1", "model": "gpt-5.4", "tool_name": "Bash", "tool_input": {"command": "git commit"}},
        noted="model=gpt-5.4\nsession=s1\n",
    ),
    Case(
        "gemini-cli",
        "SessionStart",
        {**BASE, "session_id": "s1", "source": "startup", "timestamp": "2026-04-23T12:53:05.283Z"},
        noted="session=s1\n",
    ),
    Case(
        "gemini-cli",
        "BeforeTool",
        {**BASE, "session_id": "s1", "tool_name": "run_shell_command", "tool_input": {"command": "git commit"}},
        [{"type": "gemini", "model": "gemini-3-pro"}, {"type": "user", "content": "x"}],
        noted="model=gemini-3-pro\nsession=s1\n",
    ),
    Case(
        "qwen-code",
        "SessionStart",
        {**BASE, "session_id": "s1", "source": "startup", "model": "qwen3-coder-plus"},
        noted="model=qwen3-coder-plus\nsession=s1\n",
    ),
    Case(
        "qwen-code",
        "PreToolUse",
        {**BASE, "session_id": "s1", "tool_name": "run_shell_command", "agent_id": "a", "agent_type": "Explore"},
        [{"type": "assistant", "model": "qwen3-coder-flash"}],
        noted="model=qwen3-coder-flash\nsession=s1\nrole=scout\n",
    ),
    Case(
        "cursor",
        "beforeShellExecution",
        {
            "conversation_id": "s1",
            "generation_id": "g",
            "model": "claude-opus-4-8",
            "hook_event_name": "beforeShellExecution",
            "cursor_version": "2.0.77",
            "workspace_roots": ["WORKTREE"],
            "cwd": "",
            "command": "git commit",
        },
        noted="model=claude-opus-4-8\nsession=s1\n",
        said="{}\n",
    ),
    Case(
        "copilot",
        "preToolUse",
        {"sessionId": "s1", "timestamp": 1704614600000, "cwd": "WORKTREE", "toolName": "bash", "toolArgs": "{}"},
        [{"type": "tool.execution_complete", "data": {"model": "claude-sonnet-4.6"}}],
        ".copilot/session-state/s1/events.jsonl",
        noted="model=claude-sonnet-4.6\nsession=s1\n",
    ),
]


@pytest.fixture
def opened(repository: Path) -> Git:
    """A repository with a ledger and a noted interpreter, as `ledger install` leaves it."""
    commit(repository, "root")
    folder = repository / ".git/ledger"
    folder.mkdir(mode=0o700)
    (folder / "interpreter").write_text(f"{sys.executable}\n")
    return Git.open(repository)


def lines_at(path: Path, agent: Agent, event: str) -> Iterator[str]:
    """The command lines that an agent finds for an event in its file."""
    for entry in parse(path.read_text()).value["hooks"][event]:
        for handler in entry["hooks"] if agent.is_nested else [entry]:
            yield handler[agent.key]


def filled(told: Any, worktree: Path, transcript: Path) -> Any:
    text = json.dumps(told).replace("WORKTREE", str(worktree)).replace("TRANSCRIPT", str(transcript))
    return text.encode()


@pytest.mark.parametrize("scope", setup.SCOPES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.agent}-{case.event}")
def test_what_an_agent_sends_is_noted_where_it_works(
    case: Case, scope: str, opened: Git, hermetic: Path, tmp_path: Path
) -> None:
    agent, environ = AGENTS[case.agent], {"HOME": str(hermetic), "PATH": ""}
    planned = setup.plan(case.agent, environ=environ, scope=scope, git=opened)
    setup.apply(planned, environ=environ)
    worktree = tmp_path / "wt"
    git(opened.common_dir.parent, "worktree", "add", "-q", "--detach", str(worktree))
    transcript = hermetic / case.transcript if case.transcript else tmp_path / "transcript.jsonl"
    transcript.parent.mkdir(parents=True, exist_ok=True)
    transcript.write_text("".join(json.dumps(row) + "\n" for row in case.rows))
    (line,) = lines_at(planned.changes[0].path, agent, case.event)
    told = filled(case.told, worktree, transcript)
    done = subprocess.run(["sh", "-c", line], input=told, cwd=worktree, capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, case.said, b"")
    notes = opened.common_dir / "worktrees/wt/ledger/agents"
    assert (notes / case.agent).read_text() == case.noted
    assert (notes / f"{case.agent}.s1").read_text() == case.noted
    assert (opened.ledger_dir / "agents" / f"{case.agent}.s1").read_text() == case.noted


def test_every_event_of_every_agent_has_a_case() -> None:
    written = {(agent.name, event.name) for agent in AGENTS.values() for event in agent.events}
    assert {(case.agent, case.event) for case in CASES} == written


def test_all_agents_are_installed_beside_each_other_and_go_one_by_one(opened: Git, hermetic: Path) -> None:
    environ = {"HOME": str(hermetic), "PATH": ""}
    before = sorted(path for path in hermetic.rglob("*") if ".local" not in str(path))
    names = [agent.name for agent in AGENTS.values() if agent.user_file]
    for name in names:
        setup.apply(setup.plan(name, environ=environ), environ=environ)
    assert setup.found_agents(environ) == names
    for name in reversed(names):
        setup.apply(setup.plan_removal(name, environ=environ), environ=environ)
        assert name not in setup.found_agents(environ)
    assert sorted(path for path in hermetic.rglob("*") if ".local" not in str(path)) == before


def test_a_note_is_read_by_a_shell_line_by_line(opened: Git, hermetic: Path) -> None:
    """The git hook has builtins only: `key=value`, one a line, nothing quoted."""
    environ = {"HOME": str(hermetic), "PATH": ""}
    planned = setup.plan("codex", environ=environ)
    setup.apply(planned, environ=environ)
    (line,) = lines_at(planned.changes[0].path, AGENTS["codex"], "PreToolUse")
    top = Path(opened.worktree or "")
    told = {"session_id": "s1", "model": "gpt-5.4", "cwd": str(top), "agent_type": "reviewer"}
    subprocess.run(["sh", "-c", line], input=json.dumps(told).encode(), check=True)
    script = 'while IFS="=" read -r key text; do printf "%s is %s. " "$key" "$text"; done <"$1"'
    path = opened.git_dir / "ledger/agents/codex.s1"
    done = subprocess.run(["sh", "-c", script, "sh", str(path)], capture_output=True, check=True)
    assert done.stdout.decode() == "model is gpt-5.4. session is s1. role is review. "


def test_in_a_repository_without_a_ledger_an_installed_hook_does_nothing(
    opened: Git, hermetic: Path, tmp_path: Path
) -> None:
    environ = {"HOME": str(hermetic), "PATH": ""}
    planned = setup.plan("codex", environ=environ)
    setup.apply(planned, environ=environ)
    (line,) = lines_at(planned.changes[0].path, AGENTS["codex"], "PreToolUse")
    git(tmp_path, "init", "-q", "other")
    told = {"session_id": "s1", "model": "gpt-5.4", "cwd": str(tmp_path / "other")}
    subprocess.run(["sh", "-c", line], input=json.dumps(told).encode(), check=True)
    assert not (tmp_path / "other/.git/ledger").exists()
    assert not (opened.ledger_dir / "agents").exists()
