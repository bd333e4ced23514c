"""The plan's sessions as Claude Code writes them: one JSON Lines file a session, one a subagent.

What makes such files hard to read is in them: a streamed call stands on two rows, the first with a placeholder for its
output; a resumed session's file begins with copies of the old rows; a subagent's usage is repeated in a summary.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from ledger.demo.plan import PlannedCall, PlannedCommit, Scenario, Turn

_VERSION = "2.1.240"
_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
Row = dict[str, Any]


def write_transcripts(
    scenario: Scenario, said: Mapping[PlannedCommit, str], repository: Path, home: Path
) -> list[Path]:
    """The files written below `home`/.claude; `said` is what git printed for each commit."""
    turns = [turn for change in scenario.changes for turn in change.turns if turn.session]
    sessions: dict[str, list[Row]] = {}
    subagents: dict[tuple[str, str], list[Row]] = {}
    cwds: dict[str, Path] = {}
    for turn in (*turns, *scenario.strays):
        cwds[turn.session] = home / "notes" if turn.is_elsewhere else repository
        if turn.session not in sessions:
            sessions[turn.session] = _copied(sessions.get(turn.resumes, ()), turn.session)
        writer = _Writer(scenario.seed, turn, cwds[turn.session], sessions[turn.session])
        writer.write(said)
        subagents.update(writer.subagents)
    return _save(home / ".claude" / "projects", sessions, subagents, cwds)


def _save(
    projects: Path,
    sessions: Mapping[str, list[Row]],
    subagents: Mapping[tuple[str, str], list[Row]],
    cwds: Mapping[str, Path],
) -> list[Path]:
    files = {projects / slug(cwds[session]) / f"{session}.jsonl": rows for session, rows in sessions.items()}
    for (session, agent), rows in subagents.items():
        files[projects / slug(cwds[session]) / session / "subagents" / f"agent-{agent}.jsonl"] = rows
    for path, rows in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows), encoding="utf-8")
    return sorted(files)


def slug(directory: Path) -> str:
    """The name of a directory's folder below `projects`: everything but letters and digits becomes a dash."""
    return re.sub(r"[^A-Za-z0-9]", "-", str(directory))


def _copied(rows: Sequence[Row], session: str) -> list[Row]:
    """What a resumed session's file begins with: the old rows under the new session's name."""
    return [{**row, "sessionId": session} for row in rows]


@dataclass(frozen=True, slots=True)
class _Tool:
    """A tool call and what came back; `ended_at` of a `git commit` is just after the commit."""

    name: str
    given: Row
    result: str
    ended_at: datetime


class _Writer:
    """Appends one turn to the rows of its session."""

    def __init__(self, seed: int, turn: Turn, cwd: Path, rows: list[Row]) -> None:
        self._random = Random(f"rows {seed} {turn.session} {turn.started_at}")  # noqa: S311 - repeatable, not secret
        self._turn, self._cwd, self._rows = turn, cwd, rows
        self.subagents: dict[tuple[str, str], list[Row]] = {}

    def write(self, said: Mapping[PlannedCommit, str]) -> None:
        """Append the turn's rows."""
        turn = self._turn
        self._add("user", turn.started_at - timedelta(seconds=3), message={"role": "user", "content": self._prompt()})
        main = [call for call in turn.calls if not call.is_subagent]
        helping = [call for call in turn.calls if call.is_subagent]
        for place, call in enumerate(main):
            following = main[place + 1].at if place + 1 < len(main) else call.at + timedelta(seconds=4)
            tool = self._tool(place, len(main), call, following, said)
            if helping and place == 0:
                tool = self._delegate(helping, following)
            self._write_call(call, tool)

    def _prompt(self) -> str:
        return {
            "implement": "Please do the next step.",
            "review": "Please review this branch.",
            "scout": "Please look.",
        }[self._turn.role]

    def _tool(
        self, place: int, count: int, call: PlannedCall, following: datetime, said: Mapping[PlannedCommit, str]
    ) -> _Tool | None:
        """The last call of a turn commits, the one before it writes the file; the others read."""
        commit, ended = self._turn.commit, call.at + (following - call.at) / 2
        if place == count - 1:
            return self._commit(commit, said[commit]) if commit else None
        if place == count - 2 and self._turn.role != "scout":
            path = self._cwd / (commit.path if commit else "scratch.py")
            given = {"file_path": str(path), "old_string": "a", "new_string": "b"}
            if commit is None:
                return _Tool("Write", {"file_path": str(path), "content": "b"}, "File created successfully.", ended)
            return _Tool("Edit", given, "The file has been updated.", ended)
        return _Tool("Read", {"file_path": str(self._cwd / "README.md")}, "1\t# Library", ended)

    def _commit(self, commit: PlannedCommit, said: str) -> _Tool:
        command = f'git commit -am "{commit.subject}"'
        given = {"command": command, "description": "Commit the change"}
        return _Tool("Bash", given, said, commit.at + timedelta(milliseconds=900))

    def _delegate(self, calls: Sequence[PlannedCall], following: datetime) -> _Tool:
        """Send a subagent: its calls stand in a file of its own, and again as a sum in the result here."""
        agent = f"{self._random.getrandbits(32):08x}"
        rows, self._rows = self._rows, []
        for call in calls:
            read = _Tool("Read", {"file_path": str(self._cwd / "README.md")}, "1\t# Library", call.at)
            self._write_call(call, read)
        own, self._rows = self._rows, rows
        self.subagents[self._turn.session, agent] = [{**row, "isSidechain": True, "agentId": agent} for row in own]
        given = {"description": "Look around", "prompt": "Look around.", "subagent_type": "Explore"}
        return _Tool("Task", given, "Done.", min(following, calls[-1].at + timedelta(seconds=2)))

    def _write_call(self, call: PlannedCall, tool: _Tool | None) -> None:
        """Two rows as the answer streams in, then the tool's result."""
        message, request = f"msg_01{self._name(22)}", f"req_011C{self._name(20)}"
        text = [{"type": "text", "text": "On it."}]
        streamed = self._message(call, message, text, None, self._random.randint(1, 8))
        self._add("assistant", call.at - timedelta(seconds=1), requestId=request, message=streamed)
        if tool is None:
            last = self._message(call, message, [{"type": "text", "text": "Done."}], "end_turn", call.output)
            self._add("assistant", call.at, requestId=request, message=last)
            return
        use = {"type": "tool_use", "id": f"toolu_01{self._name(22)}", "name": tool.name, "input": tool.given}
        last = self._message(call, message, [use], "tool_use", call.output)
        self._add("assistant", call.at, requestId=request, message=last)
        result = {"tool_use_id": use["id"], "type": "tool_result", "content": tool.result}
        more = {"toolUseResult": self._sum(tool, call)} if tool.name in ("Task", "Bash") else {}
        self._add("user", tool.ended_at, message={"role": "user", "content": [result]}, **more)

    def _sum(self, tool: _Tool, call: PlannedCall) -> Row:
        """The structured result; a subagent's repeats usage that its own file has, and must not be counted."""
        if tool.name == "Bash":
            return {"stdout": tool.result, "stderr": "", "interrupted": False, "isImage": False}
        return {"status": "completed", "totalTokens": call.cache_read + call.output, "usage": self._usage(call, 100)}

    def _message(self, call: PlannedCall, name: str, content: list[Row], stop: str | None, output: int) -> Row:
        return {
            "id": name,
            "type": "message",
            "role": "assistant",
            "model": call.model,
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": self._usage(call, output),
        }

    def _usage(self, call: PlannedCall, output: int) -> Row:
        long = call.cache_write if self._turn.has_long_cache else 0
        return {
            "input_tokens": call.input,
            "cache_creation_input_tokens": call.cache_write,
            "cache_read_input_tokens": call.cache_read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": call.cache_write - long,
                "ephemeral_1h_input_tokens": long,
            },
            "output_tokens": output,
            "service_tier": "standard",
        }

    def _add(self, kind: str, at: datetime, **fields: Any) -> None:
        self._rows.append(
            {
                "parentUuid": self._rows[-1]["uuid"] if self._rows else None,
                "isSidechain": False,
                "userType": "external",
                "cwd": str(self._cwd),
                "sessionId": self._turn.session,
                "version": _VERSION,
                "gitBranch": self._turn.branch,
                "type": kind,
                **fields,
                "uuid": str(UUID(int=self._random.getrandbits(128), version=4)),
                "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z",
            }
        )

    def _name(self, length: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=length))


def count_calls(scenario: Scenario) -> int:
    """Billable calls in the plan, those elsewhere included."""
    return sum(len(turn.calls) for turn in _all_turns(scenario))


def _all_turns(scenario: Scenario) -> Iterator[Turn]:
    for change in scenario.changes:
        yield from change.turns
    yield from scenario.strays
