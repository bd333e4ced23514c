"""Whatever stands in an agent's log, a reading ends, says what it left out, and no figure is negative."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.reading import Cursor, Skip
from ledger.domain.session_facts import Call, SessionCommit
from ledger.posting.agents import AGENTS
from tests.sources import test_codex as codex
from tests.sources import test_copilot_cli as copilot
from tests.sources import test_gemini_cli as gemini
from tests.sources import test_opencode as opencode
from tests.sources import test_pi as pi
from tests.sources import test_qwen_code as qwen
from tests.sources.reading import write_rows

VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 10**30, float("nan"), float("inf"), "", "x", "2026-03-01", "\ud800", "a\0b", [], {}, [None],
    [[]], {"": None}, [{"type": 5}], {"id": {"id": []}}, "9" * 5000,
]  # fmt: skip

SHELL = {"type": "function_call", "call_id": "c", "arguments": '{"command":["bash","-lc","git commit -m x"]}'}
PRINTED = {"type": "function_call_output", "call_id": "c", "output": "[main abc1234] x"}
ROWS: dict[str, list[dict[str, Any]]] = {
    "codex": [
        codex.meta("s1", **codex.spawn(subagent_history_start_ordinal=1)),
        codex.turn(ordinal=2),
        codex.record("r1", codex.usage(5, 5), thread_token_usage=codex.usage(9, 9)),
        codex.total(codex.usage(5, 5), codex.usage(5, 5), ordinal=3),
        codex.row("response_item", SHELL, ordinal=4),
        codex.row("response_item", PRINTED, ordinal=5),
    ],
    "gemini-cli": [
        gemini.head(),
        gemini.message(toolCalls=[gemini.tool("run_shell_command", "Output: x", command="git commit")]),
        {"$set": {"messages": [gemini.message("m2")]}},
    ],
    "qwen-code": [
        qwen.row(parts=[{"functionCall": {"id": "c", "name": "run_shell_command", "args": {"command": "x"}}}])
    ],
    "copilot-cli": [copilot.start(), copilot.said(5), copilot.down(3, 10, 5)],
    "pi": [pi.head(), pi.entry(cost={"total": 1}, content=[{"type": "toolCall", "id": "t", "name": "bash"}])],
    "opencode": [opencode.message(cost=0.5)],
}
PLACES: dict[str, str] = {
    "codex": "sessions/a.jsonl",
    "gemini-cli": "tmp/x/chats/a.jsonl",
    "qwen-code": "x/chats/a.jsonl",
    "copilot-cli": "session-state/s1/events.jsonl",
    "pi": "x/a.jsonl",
}


def spoiled(value: Any, chance: random.Random) -> Any:
    """The value with one part of it, at any depth, replaced or gone."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(sorted(value))
        if chance.random() < 0.1:
            return {key: inner for key, inner in value.items() if key != name}
        return {**value, name: spoiled(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        place = chance.randrange(len(value))
        return [*value[:place], spoiled(value[place], chance), *value[place + 1 :]]
    return chance.choice(VALUES)


def check(rows: list[Any], path: Path) -> None:
    for row in rows:
        if isinstance(row, Call):
            counts = (row.input or 0, row.cache_read, row.cache_write_5m, row.output or 0, row.reasoning or 0)
            assert all(isinstance(count, int) and 0 <= count < 10**15 for count in counts), row
            assert all(isinstance(text, str) for text in (row.event_key, row.session, row.directory, row.branch)), row
            assert row.at.tzinfo is not None
            row.event_key.encode()
            row.model_raw.encode()
        elif isinstance(row, SessionCommit):
            assert row.started_at <= row.ended_at
        elif isinstance(row, Skip):
            assert row.why.endswith((".", "bill.")), row
    names = [row.name for row in rows if isinstance(row, Cursor)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("source", sorted(PLACES))
def test_a_log_spoiled_anywhere_is_read_to_its_end(source: str, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    rows = [spoiled(row, chance) if chance.random() < 0.6 else row for row in ROWS[source] * 2]
    path = write_rows(tmp_path / PLACES[source], rows)
    if chance.random() < 0.3:
        text = path.read_bytes()
        at = chance.randrange(len(text))
        path.write_bytes(text[:at] + chance.randbytes(3) + text[at + chance.randrange(20) :])
    read = AGENTS[source].read
    first = list(read([tmp_path], {}, str))
    check(first, path)
    known = {row.name: row.text for row in first if isinstance(row, Cursor)}
    with path.open("ab") as file:
        file.write(b"\n" + json.dumps(spoiled(ROWS[source][-1], chance)).encode() + b"\n")
    check(list(read([tmp_path], known, str)), path)


HOMES: list[Callable[..., Any]] = [opencode.in_tree, opencode.in_database, opencode.in_export]


@pytest.mark.parametrize("seed", range(60))
def test_opencode_s_homes_spoiled_anywhere_are_read_to_their_end(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    bad = spoiled(opencode.message(), chance)
    held = {"id": "msg_9", "sessionID": "ses_1", "time": {"created": 5}, **(bad if isinstance(bad, dict) else {})}
    try:
        chance.choice(HOMES)(tmp_path, opencode.message("msg_2", second=5), held)
    except (TypeError, KeyError, OSError, ValueError, sqlite3.Error, OverflowError):
        return  # not even its own home would take it
    check(list(AGENTS["opencode"].read([tmp_path], {}, str)), tmp_path)
