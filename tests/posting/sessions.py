"""A Claude Code session at work: it calls, writes, commits with real git, and is logged as the agent logs it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.gitting import WHEN, git

SECOND = timedelta(seconds=1)


@dataclass
class Session:
    """One session; its clock goes on with everything that it does, and may be off from git's by `skew`."""

    home: Path
    place: Path
    name: str = "s1"
    now: datetime = WHEN
    skew: timedelta = timedelta(0)
    count: int = 0
    branch: str = ""
    printed: list[str] = field(default_factory=list)

    def call(self, output: int = 1000) -> None:
        """A call of the model's, a minute after what came before."""
        self._go_on(timedelta(minutes=1))
        self._assistant([{"type": "text", "text": "…"}], output)

    def write(self, name: str, text: str) -> None:
        """Write a file by the agent's own tool."""
        self._go_on(SECOND)
        path = self.place / name
        path.write_text(text)
        self._assistant([self._tool("Write", {"file_path": str(path), "content": ""})], 1)

    def commit(self, message: str, *options: str) -> str:
        """Commit everything, as the session tells it; returns the new commit's id."""
        self._go_on(timedelta(minutes=1))
        tool = self._tool("Bash", {"command": f"git commit -am {message!r}"})
        self._assistant([tool], 1)
        self._go_on(SECOND)
        git(self.place, "add", "-A")
        said = git(self.place, "commit", "-m", message, *options, at=self.now)
        self.printed.append(said.splitlines()[0])
        self._go_on(SECOND)
        self._log("user", {"content": [{"type": "tool_result", "tool_use_id": tool["id"], "content": said}]})
        return git(self.place, "rev-parse", "HEAD")

    def _go_on(self, lapse: timedelta) -> None:
        self.now += lapse

    def _tool(self, name: str, given: dict[str, str]) -> dict[str, Any]:
        self.count += 1
        return {"type": "tool_use", "id": f"toolu_{self.name}_{self.count}", "name": name, "input": given}

    def _assistant(self, content: list[dict[str, Any]], output: int) -> None:
        self.count += 1
        usage = {"input_tokens": 0, "output_tokens": output}
        message = {
            "id": f"msg_{self.name}_{self.count}",
            "model": "claude-opus-4-8",
            "stop_reason": "end_turn",
            "usage": usage,
            "content": content,
        }
        self._log("assistant", message)

    def _log(self, kind: str, message: dict[str, Any]) -> None:
        branch = self.branch or git(self.place, "branch", "--show-current")
        row = {
            "type": kind,
            "sessionId": self.name,
            "cwd": str(self.place),
            "gitBranch": branch or "HEAD",
            "timestamp": (self.now + self.skew).isoformat(),
            "uuid": f"{self.name}-{self.now.timestamp()}-{self.count}",
            "message": message,
        }
        folder = self.home / ".claude" / "projects" / "p"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{self.name}.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")
