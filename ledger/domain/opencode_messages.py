"""OpenCode's messages, from its files, its database or an export alike (usage-formats §6).

Buckets are disjoint and reasoning is beside the output. A fork copies messages under new ids, so a finished message is
known by what it holds; one that is still being written by its id, and it counts until its end is told
(`ledger.domain.retold`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.fields import count, moment, money, record, text
from ledger.domain.logbook import Logbook, Tokens, digest, make_call
from ledger.domain.session_facts import Call
from ledger.domain.shell_calls import PathKey, ShellCalls, output_of

AGENT = "opencode"
_WRITERS = frozenset({"edit", "write", "multiedit", "patch", "apply_patch"})
_UNKNOWN_BIRTH = "9" * 15


@dataclass(frozen=True, slots=True)
class Run:
    """One of OpenCode's sessions, as its own row tells it."""

    id: str
    parent: str
    directory: str
    version: str
    created: int
    """Milliseconds since 1970; 0 when unknown."""


def run_of(row: Mapping[str, Any]) -> Run:
    """A session from its file, its row or the head of an export."""
    created = record(row.get("time")).get("created") or row.get("time_created")
    return Run(
        id=text(row.get("id")),
        parent=text(row.get("parentID") or row.get("parent_id")),
        directory=text(row.get("directory")),
        version=text(row.get("version")),
        created=created if isinstance(created, int) and 0 < created < 10**15 else 0,
    )


class Messages:
    """Reads messages and the parts in them."""

    def __init__(self, runs: Iterable[Run], path_key: PathKey) -> None:
        self._runs = {run.id: run for run in runs if run.id}
        self._path_key = path_key
        self._book = Logbook()
        self.refused = 0

    def ending(self) -> Iterator[Fact]:
        """The sessions whose calls were read."""
        yield from self._book.sessions()

    def message(self, row: Mapping[str, Any], name: str, session: str, created: object = None) -> Iterator[Fact]:
        """The call that an assistant's message is; nothing for other messages and for empty unfinished ones.

        `name` and `session` are the row's or file's; the message's own win where it has them.
        """
        tokens = row.get("tokens")
        if "assistant" not in (row.get("role"), row.get("type")) or not isinstance(tokens, dict):
            return
        at = moment(record(row.get("time")).get("created") or created)
        try:
            buckets = _buckets(tokens)
        except ValueError:
            at = None
            buckets = Tokens()
        if at is None:
            self.refused += 1
        elif buckets or record(row.get("time")).get("completed"):
            call = self._call(row, buckets, text(row.get("id")) or name, text(row.get("sessionID")) or session, at)
            yield from self._book.enter(call)

    def _call(self, row: Mapping[str, Any], tokens: Tokens, name: str, session: str, at: datetime) -> Call:
        nested = record(row.get("model"))
        model = text(row.get("modelID") or nested.get("modelID") or nested.get("id"))
        provider = text(row.get("providerID") or nested.get("providerID"))
        run = self._runs.get(session, Run(session, "", "", "", 0))
        cost = money(row.get("cost"))
        call = make_call(AGENT, _key(row, tokens, name, model, provider), self._top(session), at, model, tokens)
        return replace(
            call,
            directory=text(record(row.get("path")).get("cwd")) or run.directory,
            agent_version=run.version or None,
            provider=call.provider or provider or None,
            agent_name=text(row.get("agent") or row.get("mode"))[:100],
            subagent=session[:100] if run.parent else "",
            is_subagent=bool(run.parent),
            reported_nusd=cost or None,
            reported_kind="list" if cost else "",
            best_rank=(int(bool(record(row.get("time")).get("completed"))), tokens.output or 0, at.isoformat(), name),
            # A fork's copies have the times of what they copy: the session that is older owns them.
            owner_rank=(at.isoformat(), 0, f"{run.created:015d} {session}" if run.created else _UNKNOWN_BIRTH),
        )

    def _top(self, session: str) -> str:
        """A subagent's session works for the one that started it."""
        seen = {session}
        while (run := self._runs.get(session)) and run.parent and run.parent not in seen:
            session = run.parent
            seen.add(session)
        return session

    def part(self, row: Mapping[str, Any], name: str, session: str) -> Iterator[Fact]:
        """The commits that a shell call made, or the file that an edit wrote."""
        state = record(row.get("state"))
        times, given = record(state.get("time")), record(state.get("input"))
        started = moment(times.get("start"))
        if row.get("type") != "tool" or state.get("status") != "completed" or started is None:
            return
        session = text(row.get("sessionID")) or session
        run, top = self._runs.get(session), self._top(session)
        directory = run.directory if run else ""
        subagent = session[:100] if run and run.parent else ""
        shell = ShellCalls(AGENT, self._path_key)
        call = text(row.get("callID")) or name
        if row.get("tool") == "bash":
            where = text(given.get("workdir")) or directory
            yield from shell.called(call, text(given.get("command")), top, where, started, subagent)
            yield from shell.answered(call, output_of(state.get("output")), moment(times.get("end")) or started)
        elif row.get("tool") in _WRITERS:
            if path := text(given.get("filePath")):
                yield from shell.wrote(path, top, directory, started, subagent)
            patch = given.get("patchText") or given.get("patch")
            if isinstance(patch, str):
                yield from shell.patched(patch, top, directory, started, subagent)


def _key(row: Mapping[str, Any], tokens: Tokens, name: str, model: str, provider: str) -> str:
    times = record(row.get("time"))
    if not times.get("completed"):
        return f"id/{name}"
    held = (tokens.input, tokens.cache_read, tokens.cache_write, tokens.output, tokens.reasoning)
    return digest(times.get("created"), times.get("completed"), provider, model, *held)


def _buckets(tokens: Mapping[str, Any]) -> Tokens:
    cache, thought = record(tokens.get("cache")), count(tokens, "reasoning")
    return Tokens(
        input=count(tokens, "input"),
        cache_read=count(cache, "read"),
        cache_write=count(cache, "write"),
        output=count(tokens, "output") + thought,
        reasoning=thought,
    )
