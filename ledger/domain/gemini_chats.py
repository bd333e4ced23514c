"""Gemini CLI's chats: lines that are appended and patched, or one document (usage-formats §3.1).

A message is written again when its tools are done: the last writing counts. A rewind takes back the conversation, not
what it cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.fields import count, moment, record, records, text
from ledger.domain.logbook import Logbook, Tokens, inclusive, make_call
from ledger.domain.reading import Skip
from ledger.domain.shell_calls import PathKey, ShellCalls, output_of

AGENT = "gemini-cli"
_SHELL = "run_shell_command"
_WRITERS = frozenset({"write_file", "replace", "edit"})
HASHED = "sha256:"
"""Stands before the hash of a project's path, where the path itself is not told."""

_HASH = re.compile(r"[0-9a-f]{64}")
_LABEL = re.compile(r"^(?:Output|Stdout): ", re.M)


class Chat:
    """Reads the rows of one chat in their order.

    `directory` is where the project lies, or `sha256:` and what its path hashes to; `parent` is the session that a
    subagent's chat is kept under.
    """

    def __init__(
        self, stem: str, directory: str, parent: str, path_key: PathKey, state: Mapping[str, Any] | None = None
    ) -> None:
        state = state or {}
        self._directory, self._parent = directory or state.get("project", ""), parent
        self._session: str = state.get("session", stem)
        self._is_subagent: bool = state.get("subagent", bool(parent))
        self._written: int = state.get("written", 0)
        self._shell = ShellCalls(AGENT, path_key)
        self._book = Logbook()
        self.refused = 0

    def state(self) -> dict[str, Any]:
        """What the next reading of this file must know."""
        kept = {"session": self._session, "subagent": self._is_subagent, "written": self._written}
        return {**kept, "project": self._directory} if self._directory.startswith(HASHED) else kept

    def may_matter(self, line: bytes) -> bool:
        """Cheaply: whether a line can be the head or hold a message with tokens."""
        return b'"tokens"' in line or b'"sessionId"' in line

    def ending(self) -> Iterator[Fact | Skip]:
        """The sessions whose calls were read."""
        yield from self._book.sessions()

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The facts of one line, or of a whole document."""
        if "sessionId" in row:
            self._session = text(row["sessionId"]) or self._session
            self._is_subagent = self._is_subagent or row.get("kind") == "subagent"
            if not self._directory and _HASH.fullmatch(text(row.get("projectHash"))):
                self._directory = HASHED + row["projectHash"]
        for message in (row, *records(row.get("messages")), *records(record(row.get("$set")).get("messages"))):
            if message.get("type") == "gemini" and isinstance(message.get("tokens"), dict):
                self._written += 1
                yield from self._message(message)

    def _message(self, message: Mapping[str, Any]) -> Iterator[Fact]:
        at, name = moment(message.get("timestamp")), text(message.get("id"))
        try:
            tokens = tokens_of(record(message["tokens"]))
        except ValueError:
            at, tokens = None, Tokens()
        if at is None or not name:
            self.refused += 1
            return
        if not tokens:
            return
        session = self._parent if self._is_subagent and self._parent else self._session
        subagent = self._session[:100] if self._is_subagent else ""
        call = make_call(AGENT, f"{self._session}/{name}", session, at, text(message.get("model")), tokens)
        yield from self._book.enter(
            replace(
                call,
                directory=self._directory,
                subagent=subagent,
                is_subagent=self._is_subagent,
                best_rank=(1, self._written, at.isoformat(), name),
            )
        )
        for tool in records(message.get("toolCalls")):
            ended = max(at, moment(tool.get("timestamp")) or at)
            name, given = text(tool.get("name")), record(tool.get("args"))
            if name == _SHELL:
                command = text(given.get("command"))
                use = text(tool.get("id"))
                yield from self._shell.called(use, command, session, self._directory, at, subagent)
                yield from self._shell.answered(use, shell_output(tool.get("result")), ended)
            elif name in _WRITERS and tool.get("status") != "error" and text(given.get("file_path")):
                yield from self._shell.wrote(text(given["file_path"]), session, self._directory, at, subagent)


def tokens_of(tokens: Mapping[str, Any]) -> Tokens:
    """Disjoint buckets: what was cached is part of the input, thoughts are beside the output."""
    thoughts = count(tokens, "thoughts")
    return inclusive(
        whole=count(tokens, "input"),
        cache_read=count(tokens, "cached"),
        cache_write=0,
        output=count(tokens, "output") + thoughts,
        reasoning=thoughts,
    )


def shell_output(result: Any) -> str:
    """What a shell command printed, without the labels that stand before it."""
    if isinstance(result, list):
        answers = [record(record(part.get("functionResponse")).get("response")) for part in records(result)]
        result = "\n".join(output_of(answer) for answer in answers)
    return _LABEL.sub("", output_of(result))
