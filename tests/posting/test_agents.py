"""The table of agents whose logs are read."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.posting.agents import AGENTS
from tests.commands.running import run
from tests.gitting import WHEN, commit, git
from tests.sources import test_aider as aider
from tests.sources import test_codex as codex
from tests.sources import test_copilot_cli as copilot
from tests.sources import test_gemini_cli as gemini
from tests.sources import test_opencode as opencode
from tests.sources import test_pi as pi
from tests.sources import test_qwen_code as qwen

NAMES = sorted(AGENTS)


def test_sources_are_named_by_their_modules() -> None:
    assert all(name == module.SOURCE for name, module in AGENTS.items())
    assert "claude-code" in AGENTS


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found_where_no_agent_ever_ran(name: str) -> None:
    assert AGENTS[name].find_roots(os.environ) == []
    assert AGENTS[name].find_roots({}) == []
    assert list(AGENTS[name].read([], {}, str)) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_read_alone(name: str, repository: Path) -> None:
    commit(repository, "feat: x")
    ran = run("-C", str(repository), "update", "--source", name)
    assert (ran.code, ran.err) == (0, "Posted 0 new facts, 0 changed.\n")


# -- from a log to a charge --------------------------------------------------------------------------------------------

BEFORE, MADE = WHEN + timedelta(minutes=50), WHEN + timedelta(minutes=55)
Writer = Callable[[Path, str, str], None]


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def write_codex(home: Path, place: str, printed: str) -> None:
    call = {"type": "function_call", "call_id": "c", "arguments": json.dumps({"cmd": "git commit -m x"})}
    answer = {"type": "function_call_output", "call_id": "c", "output": printed}
    rows = [
        codex.meta("s1", cwd=place),
        codex.row("turn_context", {"model": "gpt-5.4", "cwd": place}),
        codex.total(codex.usage(1000, 100)),
        codex.row("response_item", call),
        codex.row("response_item", answer),
    ]
    times = [BEFORE, BEFORE, BEFORE, MADE, MADE + timedelta(seconds=2)]
    stamped = [{**row, "timestamp": iso(at)} for row, at in zip(rows, times, strict=True)]
    codex.rollout(home / ".codex", "s1", *stamped)


def write_opencode(home: Path, place: str, printed: str) -> None:
    times = {"start": int(MADE.timestamp() * 1000), "end": int(MADE.timestamp() * 1000) + 2000}
    state = {"status": "completed", "input": {"command": "git commit -m x"}, "output": printed, "time": times}
    part = {"type": "tool", "tool": "bash", "callID": "c", "state": state}
    at = int(BEFORE.timestamp() * 1000)
    message = opencode.message(path={"cwd": place}, time={"created": at, "completed": at + 1}, parts=[part])
    opencode.in_export(home / ".local/share/opencode", message, run={**opencode.run_row(), "directory": place})


def write_gemini(home: Path, place: str, printed: str) -> None:
    tool = {**gemini.tool("run_shell_command", printed, command="git commit -m x"), "timestamp": iso(MADE)}
    message = gemini.message(timestamp=iso(BEFORE), toolCalls=[tool])
    hashed = hashlib.sha256(place.encode()).hexdigest()
    gemini.chat(home / ".gemini", gemini.head(projectHash=hashed), message, folder=hashed)


def write_qwen(home: Path, place: str, printed: str) -> None:
    asked = {"functionCall": {"id": "c", "name": "run_shell_command", "args": {"command": "git commit -m x"}}}
    answer = {"functionResponse": {"id": "c", "response": {"output": printed}}}
    first = qwen.row(parts=[asked], cwd=place, timestamp=iso(BEFORE), gitBranch="feat/x")
    second = {**qwen.row("u2", parts=[answer], cwd=place, timestamp=iso(MADE)), "type": "tool_result"}
    qwen.chat(home / ".qwen/projects", first, {**second, "usageMetadata": None})


def write_copilot(home: Path, place: str, printed: str) -> None:
    start: dict[str, Any] = {"context": {"cwd": place, "branch": "feat/x"}, "sessionId": "s1"}
    ran: dict[str, Any] = {"toolCallId": "c", "toolName": "bash", "arguments": {"command": "git commit -m x"}}
    rows = [
        copilot.event("session.start", **start),
        copilot.said(20),
        copilot.event("tool.execution_start", **ran),
        copilot.event("tool.execution_complete", toolCallId="c", result={"content": printed}),
        copilot.down(9, 1000, 20),
    ]
    times = [BEFORE, BEFORE, MADE, MADE + timedelta(seconds=2), MADE + timedelta(minutes=2)]
    copilot.session(home / ".copilot", *[{**row, "timestamp": iso(at)} for row, at in zip(rows, times, strict=True)])


def write_aider(home: Path, place: str, printed: str) -> None:
    oid, _, subject = printed.partition("] ")
    said = f"> Commit {oid.split()[-1]} {subject}\n"
    text = aider.HISTORY.replace("2026-03-01 12:00:00", f"{BEFORE:%Y-%m-%d %H:%M:%S}")
    first = text.replace("> Commit abc1234 feat: first\n", said).partition("> Tokens: 1.5k")[0]
    aider.history(Path(place), first)


def write_pi(home: Path, place: str, printed: str) -> None:
    call = {"type": "toolCall", "id": "c", "name": "bash", "arguments": {"command": "git commit -m x"}}
    answer = {"role": "toolResult", "toolCallId": "c", "content": [{"type": "text", "text": printed}]}
    first = {**pi.entry(content=[call]), "timestamp": iso(BEFORE)}
    second = {"type": "message", "id": "e2", "timestamp": iso(MADE), "message": answer}
    pi.session(home / ".pi/agent/sessions", pi.head(cwd=place), first, second)


WRITERS: dict[str, Writer] = {
    "codex": write_codex,
    "opencode": write_opencode,
    "gemini-cli": write_gemini,
    "qwen-code": write_qwen,
    "copilot-cli": write_copilot,
    "aider": write_aider,
    "pi": write_pi,
}


def charges(repository: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(repository / ".git/ledger/ledger.db") as connection:
        sql = "SELECT agent, rule, change_id <> '', SUM(nusd) FROM charge GROUP BY 1, 2, 3"
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


@pytest.mark.parametrize("name", WRITERS)
def test_a_call_of_each_agent_is_charged_to_what_it_committed(name: str, repository: Path, hermetic: Path) -> None:
    commit(repository, "chore: begin", at=WHEN)
    git(repository, "switch", "-q", "-c", "feat/x")
    oid = commit(repository, "feat: x", {"x": "1"}, at=MADE)
    WRITERS[name](hermetic, str(repository), f"[feat/x {oid[:7]}] feat: x")
    assert run("-C", str(repository), "update").code == 0
    found = charges(repository)
    assert {(agent, is_charged) for agent, _, is_charged, _ in found} == {(name, 1)}, found
    assert all(cost > 0 or name == "qwen-code" for *_, cost in found), found
    ran = run("-C", str(repository), "update")
    assert ran.err.startswith("Posted 0 new facts, 0 changed"), ran.err
    assert charges(repository) == found
