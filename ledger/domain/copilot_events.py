"""Copilot CLI's events of one session (usage-formats §7).

Usage is told when a session shuts down, as sums per model: per leg by older versions, since the beginning by newer
ones. After a crash only what the messages put out is known; that is kept as an estimate without a price, until a
shutdown tells it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.fields import count, moment, money, record, text
from ledger.domain.logbook import Logbook, Tokens, digest, inclusive, make_call
from ledger.domain.reading import Skip
from ledger.domain.session_facts import Call
from ledger.domain.shell_calls import PathKey, ShellCalls, output_of

AGENT = "copilot-cli"
_SIGNS = (
    b'"session.start"',
    b'"session.resume"',
    b'"session.context_changed"',
    b'"session.model_change"',
    b'"subagent.selected"',
    b'"subagent.deselected"',
    b'"session.shutdown"',
    b'"assistant.message"',
    b'"resourceSpans"',
)
_SHELLS = frozenset({"bash", "powershell", "shell"})
_WRITERS = frozenset({"edit", "create", "write"})
_TOKENS = ("inputTokens", "cacheReadTokens", "cacheWriteTokens", "outputTokens", "reasoningTokens")
_MOST_SEEN = 5000
Counters = tuple[int, ...]
"""Tokens as in `_TOKENS`, then requests, nano premium requests, nano credits."""

_ZERO: Counters = (0,) * (len(_TOKENS) + 3)


@dataclass(frozen=True, slots=True)
class Leg:
    """What is known of the calls since the last shutdown."""

    number: int = 0
    output: int = 0
    at: str = ""
    """When its first message was answered; ''."""


class CopilotSession:
    """Reads the events of one file in their order; the session store may know the same calls one by one."""

    def __init__(self, stem: str, path_key: PathKey, state: Mapping[str, Any], *, place: tuple[str, str]) -> None:
        self._session: str = state.get("session", stem)
        self._directory: str = state.get("directory", place[0])
        self._branch: str = state.get("branch", place[1])
        self._version: str = state.get("version", "")
        self._model: str = state.get("model", "")
        self._agent_name: str = state.get("agent_name", "")
        self._told: dict[str, Counters] = {name: tuple(row) for name, row in state.get("told", {}).items()}
        self._leg = Leg(*state.get("leg", ()))
        self._seen: dict[str, None] = dict.fromkeys(state.get("seen", ()))
        self._has_traces = False
        self._shell = ShellCalls(AGENT, path_key, state.get("open"))
        self._book = Logbook()
        self.refused = 0

    def state(self) -> dict[str, Any]:
        """What the next reading of this file must know."""
        return {
            "session": self._session,
            "directory": self._directory,
            "branch": self._branch,
            "version": self._version,
            "model": self._model,
            "agent_name": self._agent_name,
            "told": self._told,
            "leg": [self._leg.number, self._leg.output, self._leg.at],
            "seen": list(self._seen)[-_MOST_SEEN:],
            "open": self._shell.opened(),
        }

    def may_matter(self, line: bytes) -> bool:
        """Cheaply: whether a line can be one of the events that are read."""
        return any(sign in line for sign in _SIGNS) or b'"tool.execution_' in line

    def ending(self) -> Iterator[Fact | Skip]:
        """What no shutdown has told yet, then the sessions."""
        if self._leg.output:
            yield from self._estimate(str(self._leg.number), self._leg.output)
        yield from self._book.sessions()
        if self._has_traces:
            yield Skip(
                "file",
                self._session,
                "It holds traces of an editor without usage: its cost is unknown, not 0. Bring it from the bill.",
            )

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The facts of one event."""
        self._has_traces = self._has_traces or "resourceSpans" in row
        kind, held, at = str(row.get("type")), record(row.get("data")), moment(row.get("timestamp"))
        if kind in ("session.start", "session.resume", "session.context_changed"):
            self._locate(held, is_start=kind == "session.start")
        elif kind == "session.model_change":
            self._model = text(held.get("newModel")) or self._model
        elif kind in ("subagent.selected", "subagent.deselected"):
            self._agent_name = text(held.get("agentName"))[:100] if kind == "subagent.selected" else ""
        elif at is None:
            self.refused += kind in ("session.shutdown", "assistant.message")
        elif kind in ("session.shutdown", "assistant.message"):
            if self._is_new(text(row.get("id"))):
                yield from self._usage(kind, held, at)
        elif kind.startswith("tool.execution_"):
            yield from self._tool(kind, held, at)

    def _is_new(self, name: str) -> bool:
        """Events that a copied file repeats would look like another leg."""
        short = digest(name)[:12]
        if name and short in self._seen:
            return False
        self._seen[short] = None
        return True

    def _usage(self, kind: str, held: Mapping[str, Any], at: datetime) -> Iterator[Fact]:
        if kind == "session.shutdown":
            yield from self._shutdown(held, at)
        else:
            self._message(held, at)

    def _locate(self, held: Mapping[str, Any], *, is_start: bool) -> None:
        context = record(held.get("context")) or held
        if is_start:
            self._session = text(held.get("sessionId")) or self._session
            self._version = text(held.get("copilotVersion")) or self._version
        self._model = text(held.get("selectedModel")) or self._model
        self._directory = text(context.get("cwd")) or self._directory
        self._branch = text(context.get("branch"))[:250] or self._branch

    def _message(self, held: Mapping[str, Any], at: datetime) -> None:
        self._model = text(held.get("model")) or self._model
        try:
            put_out = count(held, "outputTokens")
        except ValueError:
            self.refused += 1
            return
        self._leg = replace(self._leg, output=self._leg.output + put_out, at=self._leg.at or at.isoformat())
        self._book.attend(self._session, AGENT, self._version or None, at)

    def _shutdown(self, held: Mapping[str, Any], at: datetime) -> Iterator[Fact]:
        try:
            told = {text(name): _counters(record(row)) for name, row in record(held.get("modelMetrics")).items()}
        except ValueError:
            self.refused += 1
            return
        if not any(map(any, told.values())):
            return
        used = since(self._told, told)
        self._told = told
        yield from self._leg_calls(used, at)
        self._leg = Leg(self._leg.number + 1)

    def _leg_calls(self, used: Mapping[str, Counters], at: datetime) -> Iterator[Fact]:
        """One sum per model; the first takes the place of what was estimated before the shutdown."""
        began = moment(self._leg.at) or at
        for place, (model, counters) in enumerate(sorted(used.items())):
            key = f"{self._leg.number}/{model}" if place else str(self._leg.number)
            yield from self._book.enter(self._call(key, model, tokens_of(counters), began, counters))
        rest = self._leg.output - sum(counters[3] for counters in used.values())
        if rest > 0:  # a crash before it, whose part this shutdown does not tell
            yield from self._estimate(f"{self._leg.number}/rest", rest)

    def _estimate(self, key: str, output: int) -> Iterator[Fact]:
        began = moment(self._leg.at)
        if began:
            call = self._call(key, self._model, Tokens(input=None, output=output), began, _ZERO)
            rank = (0, output, *call.best_rank[2:])
            yield from self._book.enter(replace(call, quality="estimated", best_rank=rank))

    def _call(self, key: str, model: str, tokens: Tokens, at: datetime, counters: Counters) -> Call:
        premium, credit = counters[-2:]
        call = make_call(AGENT, f"{self._session}/{key}", self._session, at, model, tokens)
        return replace(
            call,
            directory=self._directory,
            branch=self._branch,
            agent_name=self._agent_name,
            agent_version=self._version or None,
            reported_nusd=credit or premium or None,
            reported_kind="credits" if credit else "premium" if premium else "",
            quality="rollup",
        )

    def _tool(self, kind: str, held: Mapping[str, Any], at: datetime) -> Iterator[Fact]:
        call, name, given = text(held.get("toolCallId")), text(held.get("toolName")), record(held.get("arguments"))
        if kind == "tool.execution_complete":
            if self._shell.is_open(call):
                yield from self._shell.answered(call, output_of(record(held.get("result"))), at)
        elif name in _SHELLS:
            yield from self._shell.called(call, text(given.get("command")), self._session, self._directory, at)
        elif text(given.get("path")) and (name in _WRITERS or _edits(name, given)):
            yield from self._shell.wrote(text(given["path"]), self._session, self._directory, at)


def _edits(name: str, given: Mapping[str, Any]) -> bool:
    return name == "str_replace_editor" and given.get("command") != "view"


def _counters(row: Mapping[str, Any]) -> Counters:
    usage, requests = record(row.get("usage")), record(row.get("requests"))
    return (
        *(count(usage, name) for name in _TOKENS),
        count(requests, "count"),
        money(requests.get("cost")) or 0,
        count(row, "totalNanoAiu"),
    )


def since(before: Mapping[str, Counters], now: Mapping[str, Counters]) -> dict[str, Counters]:
    """What a shutdown adds: the difference where every counter is at least what was told before, else all of it."""
    grew = all(_reaches(now.get(model, _ZERO), row) for model, row in before.items())
    base = before if grew else {}
    added = {model: _difference(row, base.get(model, _ZERO)) for model, row in now.items()}
    return {model: row for model, row in added.items() if any(row)}


def _reaches(one: Counters, other: Counters) -> bool:
    return all(mine >= theirs for mine, theirs in zip(one, other, strict=True))


def _difference(one: Counters, other: Counters) -> Counters:
    return tuple(mine - theirs for mine, theirs in zip(one, other, strict=True))


def tokens_of(counters: Counters) -> Tokens:
    """Disjoint buckets: what was cached is part of the input, what was reasoned part of the output."""
    whole, read, written, output, reasoning = counters[: len(_TOKENS)]
    return inclusive(whole=whole, cache_read=read, cache_write=written, output=output, reasoning=reasoning)
