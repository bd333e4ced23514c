"""Qwen Code's chats: one row per message, with Google's usage fields (usage-formats §3.3).

The same numbers stand in telemetry rows beside the messages; those are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.fields import count, moment, record, records, text
from ledger.domain.gemini_chats import shell_output
from ledger.domain.logbook import Logbook, Tokens, digest, inclusive, make_call
from ledger.domain.reading import Skip
from ledger.domain.shell_calls import PathKey, ShellCalls

AGENT = "qwen-code"
_SHELL = "run_shell_command"
_WRITERS = frozenset({"write_file", "replace", "edit"})


class QwenChat:
    """Reads the rows of one file in their order."""

    def __init__(self, stem: str, path_key: PathKey, state: Mapping[str, Any] | None = None) -> None:
        self._stem = stem
        self._shell = ShellCalls(AGENT, path_key, (state or {}).get("open"))
        self._book = Logbook()
        self.refused = 0

    def state(self) -> dict[str, Any]:
        """The `git commit` calls whose result is still to come."""
        opened = self._shell.opened()
        return {"open": opened} if opened else {}

    def may_matter(self, line: bytes) -> bool:
        """Cheaply: whether a line can carry usage, a tool's call or its result."""
        return b'"usageMetadata"' in line or b'"functionCall"' in line or b'"functionResponse"' in line

    def ending(self) -> Iterator[Fact | Skip]:
        """The sessions whose calls were read."""
        yield from self._book.sessions()

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The facts of one row."""
        kind, at = row.get("type"), moment(row.get("timestamp"))
        if kind not in ("assistant", "tool_result", "user"):
            return
        usage = row.get("usageMetadata")
        if at is None:
            self.refused += kind == "assistant" and isinstance(usage, dict)
            return
        session, subagent = text(row.get("sessionId")) or self._stem, text(row.get("agentId"))[:100]
        if kind == "assistant" and isinstance(usage, dict):
            yield from self._call(row, usage, session, at)
        for part in records(record(row.get("message")).get("parts")):
            yield from self._tool(part, session, text(row.get("cwd")), at, subagent)

    def _call(self, row: Mapping[str, Any], usage: Mapping[str, Any], session: str, at: datetime) -> Iterator[Fact]:
        try:
            tokens = _tokens(usage)
        except ValueError:
            self.refused += 1
            return
        if not tokens:
            return
        key = text(row.get("uuid")) or digest(session, at.isoformat(), tokens)
        call = make_call(AGENT, key, session, at, text(row.get("model")), tokens)
        yield from self._book.enter(
            replace(
                call,
                directory=text(row.get("cwd")),
                branch=text(row.get("gitBranch"))[:250],
                agent_version=text(row.get("version")) or None,
                agent_name=text(row.get("agentName"))[:100],
                subagent=text(row.get("agentId"))[:100],
                is_subagent=bool(row.get("isSidechain") or row.get("agentId")),
            )
        )

    def _tool(
        self, part: Mapping[str, Any], session: str, directory: str, at: datetime, subagent: str
    ) -> Iterator[Fact]:
        called, answered = record(part.get("functionCall")), record(part.get("functionResponse"))
        name, given = text(called.get("name")), record(called.get("args"))
        if name == _SHELL:
            command = text(given.get("command"))
            yield from self._shell.called(text(called.get("id")), command, session, directory, at, subagent)
        elif name in _WRITERS and text(given.get("file_path")):
            yield from self._shell.wrote(text(given["file_path"]), session, directory, at, subagent)
        if self._shell.is_open(text(answered.get("id"))):
            yield from self._shell.answered(text(answered.get("id")), shell_output([part]), at)


def _tokens(usage: Mapping[str, Any]) -> Tokens:
    thoughts = count(usage, "thoughtsTokenCount")
    return inclusive(
        whole=count(usage, "promptTokenCount"),
        cache_read=count(usage, "cachedContentTokenCount"),
        cache_write=0,
        output=count(usage, "candidatesTokenCount") + thoughts,
        reasoning=thoughts,
    )
