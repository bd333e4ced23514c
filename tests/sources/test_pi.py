"""Pi's sessions, rule by rule; and the real sample against its independent count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.domain.facts import Place
from ledger.domain.session_facts import Call, Session, SessionCommit, SessionWrite
from ledger.sources.pi import find_roots, read
from tests.sources.reading import buckets, by_model, cursors, merged, skips, truth, write_rows


def head(session: str = "s1", **more: Any) -> dict[str, Any]:
    return {
        "type": "session",
        "version": 3,
        "id": session,
        "timestamp": "2026-03-01T10:00:00Z",
        "cwd": "/work/repo",
        **more,
    }


def entry(name: str = "e1", second: int = 1, content: Any = (), **usage: Any) -> dict[str, Any]:
    counts = {"input": 100, "output": 10, "cacheRead": 30, "cacheWrite": 7, "totalTokens": 147, **usage}
    held = {"role": "assistant", "content": list(content), "model": "claude-opus-4-5", "provider": "anthropic"}
    at = f"2026-03-01T10:00:{second:02d}Z"
    return {"type": "message", "id": name, "timestamp": at, "message": {**held, "usage": counts}}


def session(home: Path, *rows: Any, name: str = "s1") -> Path:
    return write_rows(home / "--work-repo--" / f"{name}.jsonl", rows)


def facts(home: Path, known: Mapping[str, str] | None = None) -> list[Any]:
    return list(read([home], known or {}, str, ["/work/repo"]))


def calls(home: Path) -> list[Call]:
    return sorted(merged(facts(home)).values(), key=lambda call: call.at)


def test_a_call_has_its_buckets_cost_and_place(tmp_path: Path) -> None:
    session(tmp_path, head(), entry(cost={"total": 0.25}))
    (call,) = calls(tmp_path)
    assert (call.input, call.cache_read, call.cache_write_5m, call.output) == (100, 30, 7, 10)
    assert (call.session, call.directory, call.agent, call.provider) == ("s1", "/work/repo", "pi", "anthropic")
    assert (call.reported_nusd, call.reported_kind) == (250_000_000, "list")
    assert [type(each).__name__ for each in facts(tmp_path) if isinstance(each, Place | Session)] == [
        "Place",
        "Session",
    ]


def test_a_branch_copies_entries_and_owns_only_its_own(tmp_path: Path) -> None:
    session(tmp_path, head("z"), entry("e1"), entry("e2", 2), name="z")
    session(tmp_path, head("a", branchedFrom="z.jsonl"), entry("e1"), entry("e2", 2), entry("e3", 3), name="a")
    assert [call.session for call in calls(tmp_path)] == ["z", "z", "a"]


def test_entries_of_one_short_id_at_other_times_are_two(tmp_path: Path) -> None:
    session(tmp_path, head(), entry("e1", 1), entry("e1", 2), entry("", 3), entry("", 3, output=11))
    assert len(calls(tmp_path)) == 4


def test_other_entries_are_no_calls(tmp_path: Path) -> None:
    rows = [{**entry(), "type": "compaction"}, entry("e2", input=0, output=0, cacheRead=0, cacheWrite=0)]
    asked = {
        "type": "message",
        "id": "e3",
        "timestamp": "2026-03-01T10:00:00Z",
        "message": {"role": "user", "usage": {}},
    }
    session(tmp_path, head(), *rows, asked)
    assert calls(tmp_path) == []


def test_commits_and_writes_are_read_and_nothing_of_the_talk(tmp_path: Path) -> None:
    tools = [
        {"type": "toolCall", "id": "t1", "name": "bash", "arguments": {"command": "git commit -m SECRET"}},
        {
            "type": "toolCall",
            "id": "t2",
            "name": "write",
            "arguments": {"path": "/work/repo/a.py", "content": "SECRET"},
        },
        {"type": "toolCall", "id": "t3", "name": "read", "arguments": {"path": "/work/repo/b.py"}},
    ]
    path = session(tmp_path, head(), entry(content=tools))
    first = facts(tmp_path)
    printed = [{"type": "text", "text": "[main abc1234] x\nSECRET"}]
    answer = {"role": "toolResult", "toolCallId": "t1", "content": printed}
    with path.open("a") as file:
        row = {"type": "message", "id": "e2", "timestamp": "2026-03-01T10:00:09Z", "message": answer}
        file.write(json.dumps(row) + "\n")
    rows = [*first, *facts(tmp_path, cursors(first))]
    (made,) = (each for each in rows if isinstance(each, SessionCommit))
    assert (made.printed_id, made.session, made.directory) == ("abc1234", "s1", "/work/repo")
    assert (made.started_at.second, made.ended_at.second) == (1, 9)
    assert [each.path for each in rows if isinstance(each, SessionWrite)] == ["a.py"]
    assert "SECRET" not in repr(rows)


def test_broken_rows_are_counted_and_an_unchanged_file_is_left(tmp_path: Path) -> None:
    session(tmp_path, head(), entry(input="x"), b"no json\n", entry("e9", 9))
    rows = facts(tmp_path)
    assert buckets(merged(rows).values())["calls"] == 1
    assert [(each.what, each.why[:6]) for each in skips(rows)] == [("line", "1 brok"), ("row", "1 row ")]
    assert facts(tmp_path, cursors(rows)) == []


def test_the_home_is_found_where_it_is(tmp_path: Path) -> None:
    (tmp_path / ".pi/agent/sessions").mkdir(parents=True)
    assert find_roots({"HOME": str(tmp_path)}) == [tmp_path / ".pi/agent/sessions"]


def test_the_real_session_is_the_ground_truth(samples: Path) -> None:
    wanted = truth(samples)["pi/session.jsonl"]
    found = calls(samples / "usage/pi")
    assert {model: {**each, "reasoning": 0} for model, each in wanted["by_model"].items()} == by_model(found)
    assert sum(call.reported_nusd or 0 for call in found) == round(wanted["cost"] * 10**9)
    assert len(skips(facts(samples / "usage/pi"))) == wanted["bad_lines"]
