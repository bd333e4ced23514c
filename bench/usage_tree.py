"""A home with the transcripts of Claude Code and Codex, as large as asked, written row by row.

What makes a real home slow and hard to read is in it: streamed calls on two rows, resumed sessions that begin with a
copy of another, subagents in files of their own, progress rows that repeat a usage, running totals written twice; and
most of the bytes are what tools printed, which tells of no call.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

_START = datetime(2026, 3, 1, tzinfo=UTC)
_CALLS = 120
"""Calls of a session: a file of about a megabyte."""
_WORDS = ("self.value", "return", "if", "the", "päth", '"name":', "def", "=>", "import", "\\d+", "None", "// why", "{}")
_MODELS = ("claude-opus-4-8", "claude-sonnet-4-6")
Row = dict[str, Any]


@dataclass
class Tree:
    """What was written, and what a reader of it must count."""

    size: int = 0
    files: int = 0
    calls: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    """Tokens by model, all buckets added up."""


class _Writer:
    """Writes sessions, one after the other, from one sequence of chance."""

    def __init__(self, home: Path, cwd: Path) -> None:
        self._home, self._cwd = home, cwd
        self._chance = Random(7)  # noqa: S311 - repeatable, not secret
        self._printed = [self._text(int(self._chance.lognormvariate(7.2, 1.1))) for _ in range(300)]
        self._number = 0
        self._copied: list[Row] = []
        self.tree = Tree()

    def write(self) -> None:
        """One more session: two in three are Claude Code's, the others Codex's."""
        self._number += 1
        if self._number % 3 == 0:
            path = self._home / f".codex/sessions/2026/03/01/rollout-{self._number:06d}.jsonl"
            self._save(path, self._codex())
            return
        session, projects = f"session-{self._number:06d}", self._home / ".claude/projects/-work"
        rows = list(self._claude(session, _CALLS))
        resumed = self._copied if self._number % 5 == 0 else []
        self._save(projects / f"{session}.jsonl", [{**row, "sessionId": session} for row in resumed] + rows)
        self._copied = rows[: len(rows) // 3]
        if self._number % 4 == 0:
            helped = ({**row, "isSidechain": True, "agentId": "a1"} for row in self._claude(session, _CALLS // 6))
            self._save(projects / session / "subagents/agent-a1.jsonl", helped)

    def _save(self, path: Path, rows: Iterator[Row] | list[Row]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for row in rows:
                file.write(json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
            self.tree.size += file.tell()
        self.tree.files += 1

    def _text(self, size: int) -> str:
        words = self._chance.choices(_WORDS, k=max(1, min(size, 60_000) // 6))
        return "\n".join(" ".join(words[place : place + 12]) for place in range(0, len(words), 12))

    def _at(self, place: int) -> str:
        at = _START + timedelta(minutes=17 * self._number, seconds=7 * place)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _count(self, model: str, *tokens: int) -> None:
        self.tree.calls += 1
        self.tree.tokens[model] += sum(tokens)

    def _claude(self, session: str, calls: int) -> Iterator[Row]:
        """A prompt, then for each call its two rows, what the tool printed, and now and then a row of progress."""
        side = "s" if calls < _CALLS else "m"
        base = {"sessionId": session, "cwd": str(self._cwd), "gitBranch": "main", "version": "2.1.240"}
        yield {"type": "user", **base, "timestamp": self._at(0), "message": {"role": "user", "content": "Go on."}}
        model = _MODELS[self._number % 2]
        for place in range(1, calls + 1):
            name = f"{self._number:06d}{side}{place:04d}"
            base.update({"timestamp": self._at(place), "requestId": f"req_{name}"})
            yield from self._streamed({**base, "isSidechain": False, "userType": "external"}, name, model, place)
            if place % 6 == 0:
                copy = {"message": {"id": f"msg_{name}", "usage": {"input_tokens": 9, "output_tokens": 9}}}
                yield {"type": "progress", **base, "data": {"type": "agent_progress", "message": copy}}
            printed = self._chance.choice(self._printed)
            result = {"type": "tool_result", "tool_use_id": f"toolu_{name}", "content": printed}
            message = {"role": "user", "content": [result]}
            yield {"type": "user", **base, "uuid": f"u{name}", "message": message, "toolUseResult": {"stdout": printed}}

    def _streamed(self, base: Row, name: str, model: str, place: int) -> Iterator[Row]:
        """Two rows of one call: first its text with a placeholder for the output, then its tool with the output."""
        given, read, written = self._chance.randint(1, 9), 12_000 + 500 * place, self._chance.randint(100, 4000)
        output = self._chance.randint(60, 900)
        self._count(model, given, read, written, output)
        usage: Row = {"input_tokens": given, "cache_read_input_tokens": read, "cache_creation_input_tokens": written}
        usage["cache_creation"] = {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0}
        if place % 12 == 0:
            tool: Row = {"name": "Bash", "input": {"command": f'git commit -am "feat: {name}"'}}
        else:
            tool = {
                "name": "Edit",
                "input": {"file_path": str(self._cwd / f"f{place % 30}.py"), "new_string": "b" * 400},
            }
        said = {"type": "text", "text": "Now the next part. " * 12}
        rows: tuple[tuple[Row, int, str | None], ...] = (
            (said, 1, None),
            ({"type": "tool_use", "id": f"toolu_{name}", **tool}, output, "tool_use"),
        )
        for block, tokens, stop in rows:
            message: Row = {
                "id": f"msg_{name}",
                "type": "message",
                "role": "assistant",
                "model": model,
                "content": [block],
            }
            message.update(
                {"stop_reason": stop, "usage": {**usage, "output_tokens": tokens, "service_tier": "standard"}}
            )
            yield {"type": "assistant", **base, "uuid": f"{name}{tokens}", "message": message}

    def _codex(self) -> Iterator[Row]:
        """Who it is, then for each call its tool, the running total twice, and what the tool printed."""
        session = f"codex-{self._number:06d}"
        about = {"id": session, "cwd": str(self._cwd), "cli_version": "0.120.0", "git": {"branch": "main"}}
        yield self._row(0, "session_meta", {**about, "base_instructions": self._printed[0] * 3})
        yield self._row(0, "turn_context", {"model": "gpt-5.4", "cwd": str(self._cwd), "effort": "high"})
        total: Counter[str] = Counter()
        for place in range(1, _CALLS + 1):
            last = self._used(place)
            total.update(last)
            call = f"call_{self._number:06d}{place:04d}"
            yield self._row(place, "response_item", {"type": "reasoning", "encrypted_content": "gAAAA" * 200})
            arguments = json.dumps({"command": ["bash", "-lc", f"sed -n 1,{place}p f{place % 30}.py"]})
            tool = {"type": "function_call", "name": "shell", "arguments": arguments, "call_id": call}
            yield self._row(place, "response_item", tool)
            info = {"total_token_usage": dict(total), "last_token_usage": last, "model_context_window": 272_000}
            for _ in range(2):
                yield self._row(
                    place, "event_msg", {"type": "token_count", "info": info, "rate_limits": {"primary": None}}
                )
            printed = json.dumps({"output": self._chance.choice(self._printed), "metadata": {"exit_code": 0}})
            yield self._row(
                place, "response_item", {"type": "function_call_output", "call_id": call, "output": printed}
            )

    def _used(self, place: int) -> dict[str, int]:
        whole, output = 15_000 + 400 * place, self._chance.randint(60, 900)
        self._count("gpt-5.4", whole, output)
        parts = {"cached_input_tokens": whole - self._chance.randint(200, 3000), "reasoning_output_tokens": output // 3}
        return {"input_tokens": whole, "output_tokens": output, "total_tokens": whole + output, **parts}

    def _row(self, place: int, kind: str, payload: Row) -> Row:
        return {"timestamp": self._at(place), "type": kind, "payload": payload}


def write_tree(home: Path, cwd: Path, size: int) -> Tree:
    """Sessions below `home`, whose directory is `cwd`, until they are at least so many bytes."""
    writer = _Writer(home, cwd)
    while writer.tree.size < size:
        writer.write()
    return writer.tree
