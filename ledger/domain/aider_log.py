"""Aider's analytics log, and the chat history that it leaves in a repository (usage-formats §8).

The log has one event per message, with exact counts and no place. The history has rounded counts and no times but the
chat's beginning; it is read only for chats that no analytics log in the same worktree covers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.fields import count, money, record, seconds, text
from ledger.domain.logbook import Logbook, Tokens, digest, inclusive, make_call
from ledger.domain.reading import Skip
from ledger.domain.session_facts import SessionCommit

AGENT = "aider"
RULES = 2
"""Raised when a rule of reading histories changes, so that they are read anew."""

_UNITS = {"": 1, "k": 1000, "M": 1_000_000}
_STARTED = re.compile(r"^# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*$")
_MODEL = re.compile(r"^> (?:Main model|Model): (\S+)")
_VERSION = re.compile(r"^> Aider v(\S+)")
_COMMIT = re.compile(r"^> Commit ([0-9a-f]{7,40}) (.{0,500}?)\s*$")
_COUNT = r"([\d.,]+[kM]?)"
_TOKENS = re.compile(
    rf"^> Tokens: {_COUNT} sent(?:, {_COUNT} cache write)?(?:, {_COUNT} cache hit)?, {_COUNT} received\."
    r"(?: Cost: \$([\d.,]+) message)?"
)


_MODES = frozenset({"ask", "architect", "context", "help"})
"""Ways of working; the other edit formats only say how a change is written down."""


class Analytics:
    """Reads the events of one analytics log in their order; `directory` is the worktree it lies in, or ''."""

    def __init__(self, directory: str, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self._directory = directory
        self._launched: str = state.get("launched", "")
        self.first: float | None = state.get("first")
        """Seconds since 1970 of the first event: what the log covers from."""
        self._book = Logbook()
        self.refused = 0

    def state(self) -> dict[str, Any]:
        """What the next reading of this file must know."""
        return {"launched": self._launched, "first": self.first}

    def may_matter(self, line: bytes) -> bool:
        """Cheaply: whether a line is a message or the beginning of a session."""
        return self.first is None or b'"message_send"' in line or b'"launched"' in line

    def ending(self) -> Iterator[Fact | Skip]:
        """The sessions whose calls were read."""
        yield from self._book.sessions()

    def read(self, row: Mapping[str, Any]) -> Iterator[Fact]:
        """The call that a sent message was."""
        at = seconds(row.get("time"))
        if at is not None:
            self.first = min(at.timestamp(), self.first or at.timestamp())
        if row.get("event") == "launched":
            self._launched = digest(row.get("user_id"), row.get("time"))[:16]
        elif row.get("event") == "message_send":
            yield from self._message(row, record(row.get("properties")), at)

    def _message(self, row: Mapping[str, Any], held: Mapping[str, Any], at: datetime | None) -> Iterator[Fact]:
        try:
            tokens = Tokens(input=count(held, "prompt_tokens"), output=count(held, "completion_tokens"))
        except ValueError:
            at = None
            tokens = Tokens()
        if at is None:
            self.refused += 1
        elif tokens:
            told = (row.get("time"), held.get("main_model"), tokens.input, tokens.output)
            key = digest(row.get("user_id"), *told, held.get("cost"), held.get("total_cost"))
            call = make_call(AGENT, key, self._launched, at, text(held.get("main_model")), tokens)
            cost = money(held.get("cost"))
            yield from self._book.enter(
                replace(
                    call,
                    directory=self._directory,
                    agent_name=mode if (mode := text(held.get("edit_format"))) in _MODES else "",
                    reported_nusd=cost,
                    reported_kind="" if cost is None else "list",
                )
            )


class History:
    """Reads the lines of a chat history; `covered` are the seconds from which an analytics log tells it better."""

    def __init__(self, directory: str, covered: float | None, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self._directory, self._covered = directory, covered
        self._started: str = state.get("started", "")
        self._told: int = state.get("told", 0)
        self._model: str = state.get("model", "")
        self._version: str = state.get("version", "")
        self._book = Logbook()

    def state(self) -> dict[str, Any]:
        """What the next reading of this file must know."""
        return {
            "started": self._started,
            "told": self._told,
            "model": self._model,
            "version": self._version,
            "rules": RULES,
        }

    def ending(self) -> Iterator[Fact]:
        """The sessions whose calls were read."""
        yield from self._book.sessions()

    def begins(self, line: str) -> str:
        """The local time at which a chat began, if this line says so; ''."""
        found = _STARTED.match(line)
        return found.group(1) if found else ""

    def begin(self, started: datetime) -> None:
        """A chat began then."""
        self._started, self._told = started.isoformat(), 0

    def read(self, line: str) -> Iterator[Fact]:
        """The call or commit that a line tells of."""
        if found := _MODEL.match(line):
            self._model = found.group(1)
        elif found := _VERSION.match(line):
            self._version = found.group(1)
        elif self._counts() and (found := _TOKENS.match(line)):
            yield from self._message(*found.groups())
        elif self._counts() and (found := _COMMIT.match(line)):
            yield self._commit(found.group(1), found.group(2))

    def _counts(self) -> bool:
        began = self._began()
        return began is not None and (self._covered is None or began.timestamp() < self._covered - 60)

    def _began(self) -> datetime | None:
        return datetime.fromisoformat(self._started) if self._started else None

    def _next(self) -> datetime:
        """The chat's beginning, and a moment later for each thing it tells: the order is all that is known."""
        self._told += 1
        return datetime.fromisoformat(self._started) + timedelta(milliseconds=self._told)

    @property
    def _session(self) -> str:
        return digest(self._started, self._directory)[:16]

    def _message(
        self, sent: str, written: str | None, hit: str | None, received: str, cost: str | None
    ) -> Iterator[Fact]:
        at = self._next()
        tokens = inclusive(
            whole=rounded(sent),
            cache_read=rounded(hit or "0"),
            cache_write=rounded(written or "0"),
            output=rounded(received),
            reasoning=None,
        )
        if not tokens:
            return
        key = digest(self._started, self._told, sent, written, hit, received, cost)
        call = make_call(AGENT, f"history/{key}", self._session, at, self._model, tokens)
        usd = _amount(cost)
        yield from self._book.enter(
            replace(
                call,
                directory=self._directory,
                agent_version=self._version or None,
                reported_nusd=None if usd is None else round(usd * 10**9),
                reported_kind="" if usd is None else "list",
                quality="estimated",
            )
        )

    def _commit(self, oid: str, subject: str) -> SessionCommit:
        at = self._next()
        return SessionCommit(
            id=f"{AGENT}/{self._session}/{oid}",
            session=self._session,
            directory=self._directory,
            started_at=at,
            ended_at=at,
            printed_id=oid,
            branch="",
            subject=subject,
        )


def rounded(said: str) -> int:
    """The number that `12k`, `1.2M` or `1,200` stands for; 0 for what is none."""
    unit = said[-1:] if said[-1:] in ("k", "M") else ""
    amount = _amount(said.removesuffix(unit))
    return 0 if amount is None else min(round(amount * _UNITS[unit]), 10**12)


def _amount(said: str | None) -> Decimal | None:
    try:
        return Decimal((said or "").replace(",", ""))
    except InvalidOperation:
        return None
