"""Pi's sessions: entries with their own usage and cost; a branch copies the entries before it (usage-formats §11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.fields import count, moment, money, record, records, text
from ledger.domain.logbook import Logbook, Tokens, digest, make_call
from ledger.domain.reading import Skip
from ledger.domain.shell_calls import PathKey, ShellCalls, output_of

AGENT = "pi"
_WRITERS = frozenset({"write", "edit"})


class PiSession:
    """Reads the entries of one file in their order."""

    def __init__(self, stem: str, path_key: PathKey, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self._session: str = state.get("session", stem)
        self._directory: str = state.get("directory", "")
        self._is_branch: bool = state.get("branch", False)
        self._shell = ShellCalls(AGENT, path_key, state.get("open"))
        self._book = Logbook()
        self.refused = 0

    def state(self) -> dict[str, Any]:
        """What the next reading of this file must know."""
        head = {"session": self._session, "directory": self._directory, "branch": self._is_branch}
        return {**head, "open": self._shell.opened()}

    def may_matter(self, line: bytes) -> bool:
        """Cheaply: whether a line is the head, carries usage, or answers a call that is waited for."""
        return b'"session"' in line or b'"usage"' in line or (b'"toolResult"' in line and bool(self._shell.opened()))

    def ending(self) -> Iterator[Fact | Skip]:
        """The sessions whose calls were read."""
        yield from self._book.sessions()

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The facts of one entry."""
        message, at = record(row.get("message")), moment(row.get("timestamp"))
        if row.get("type") == "session":
            self._session = text(row.get("id")) or self._session
            self._directory = text(row.get("cwd"))
            self._is_branch = bool(row.get("branchedFrom") or row.get("parentSession"))
        elif row.get("type") != "message":
            return
        elif message.get("role") == "assistant" and isinstance(message.get("usage"), dict):
            yield from self._call(row, message, at or moment(message.get("timestamp")))
        elif message.get("role") == "toolResult" and at:
            yield from self._shell.answered(text(message.get("toolCallId")), output_of(message.get("content")), at)

    def _call(self, row: Mapping[str, Any], message: Mapping[str, Any], at: datetime | None) -> Iterator[Fact]:
        usage = record(message["usage"])
        try:
            tokens = Tokens(
                input=count(usage, "input"),
                cache_read=count(usage, "cacheRead"),
                cache_write=count(usage, "cacheWrite"),
                output=count(usage, "output"),
            )
        except ValueError:
            at = None
            tokens = Tokens()
        if at is None:
            self.refused += 1
            return
        cost = money(record(usage.get("cost")).get("total"))
        if tokens:
            entry = text(row.get("id")) or digest(tokens)
            model = text(message.get("model"))
            key = digest(entry, at.isoformat())
            call = make_call(AGENT, key, self._session, at, model, tokens, is_copy=self._is_branch)
            yield from self._book.enter(
                replace(
                    call,
                    directory=self._directory,
                    provider=call.provider or text(message.get("provider")) or None,
                    reported_nusd=cost or None,
                    reported_kind="list" if cost else "",
                )
            )
        for block in records(message.get("content")):
            yield from self._tool(block, at)

    def _tool(self, block: Mapping[str, Any], at: datetime) -> Iterator[Fact]:
        name, given = text(block.get("name")), record(block.get("arguments"))
        if block.get("type") != "toolCall":
            return
        path = text(given.get("path")) or text(given.get("file_path"))
        if name == "bash":
            command = text(given.get("command"))
            yield from self._shell.called(text(block.get("id")), command, self._session, self._directory, at)
        elif name in _WRITERS and path:
            yield from self._shell.wrote(path, self._session, self._directory, at)
