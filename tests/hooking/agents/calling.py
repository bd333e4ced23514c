"""Calls the program as an agent does, and reads what it noted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.hooking.agents import witness

PROGRAM = Path(witness.__file__)
RAN = tuple[int, str, str]


def run(
    agent: str,
    told: object,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    raw: bytes | None = None,
    mode: str = "",
) -> RAN:
    """What the program answers: exit code and both streams."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), agent, *([mode] if mode else [])],
        input=json.dumps(told).encode() if raw is None else raw,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


QUIET: RAN = (0, "", "")


def agents(git_dir: Path) -> dict[str, str]:
    """What is noted in a git directory."""
    folder = git_dir / "ledger" / "agents"
    return {path.name: path.read_text() for path in sorted(folder.iterdir())} if folder.is_dir() else {}


def tree(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def claude(clone: Path, transcript: Path, **more: Any) -> dict[str, Any]:
    """Claude Code's input of PreToolUse, which names no model."""
    return {
        "session_id": "abc-123",
        "prompt_id": "550e8400-e29b-41d4-a716-446655440000",
        "transcript_path": str(transcript),
        "cwd": str(clone),
        "permission_mode": "default",
        "hook_event_name": "PreToolUse",
        "tool_name": "Bash",
        "tool_input": {"command": "npm test", "description": "secret words"},
        "tool_use_id": "toolu_01",
        **more,
    }


def answer(model: str, tool: str = "", **more: Any) -> dict[str, Any]:
    """A row of Claude Code's transcript."""
    content = [{"type": "tool_use", "id": tool, "name": "Bash", "input": {"model": "not-this"}}] if tool else []
    return {"type": "assistant", "isSidechain": False, "message": {"model": model, "content": content}, **more}


def write_rows(path: Path, *rows: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


TOLD = {"session_id": "s-1", "model": "gpt-5.4"}
NOTED = "model=gpt-5.4\nsession=s-1\n"
