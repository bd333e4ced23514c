"""Gemini CLI's chats in both forms, rule by rule; and the real sample against its independent count."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import Place
from ledger.domain.session_facts import Call, Session, SessionCommit, SessionWrite, Subagent
from ledger.sources.gemini_cli import find_roots, read
from tests.sources.reading import buckets, by_model, cursors, list_price, merged, skips, truth, write_rows

PROJECT = hashlib.sha256(b"/work/repo").hexdigest()


def tokens(whole: int = 100, output: int = 10, cached: int = 0, thoughts: int = 0) -> dict[str, int]:
    total = whole + output + thoughts
    return {"input": whole, "output": output, "cached": cached, "thoughts": thoughts, "tool": 0, "total": total}


def message(name: str = "m1", second: int = 0, **changed: Any) -> dict[str, Any]:
    return {
        "id": name,
        "timestamp": f"2026-04-01T10:00:{second:02d}.000Z",
        "type": "gemini",
        "content": "SECRET",
        "model": "gemini-2.5-pro",
        "tokens": tokens(),
        **changed,
    }


def head(session: str = "s1", **changed: Any) -> dict[str, Any]:
    times = {"startTime": "2026-04-01T09:59:00Z", "lastUpdated": "2026-04-01T09:59:00Z"}
    return {"sessionId": session, "projectHash": PROJECT, **times, "kind": "main", **changed}


def chat(home: Path, *rows: Any, name: str = "session-1", folder: str = PROJECT) -> Path:
    return write_rows(home / "tmp" / folder / "chats" / f"{name}.jsonl", rows)


def old_chat(home: Path, *messages: Any, name: str = "session-1") -> Path:
    path = home / "tmp" / PROJECT / "chats" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**head(), "messages": list(messages)}))
    return path


def facts(home: Path, known: Mapping[str, str] | None = None) -> list[Any]:
    return list(read([home], known or {}, str, ["/work/repo"]))


def calls(home: Path) -> list[Call]:
    return sorted(merged(facts(home)).values(), key=lambda call: call.at)


def test_a_call_has_disjoint_buckets_and_thoughts_are_paid_as_output(tmp_path: Path) -> None:
    chat(tmp_path, head(), message(tokens=tokens(100, 10, 30, 7)))
    (call,) = calls(tmp_path)
    assert (call.input, call.cache_read, call.output, call.reasoning) == (70, 30, 17, 7)
    assert (call.event_key, call.session, call.agent, call.provider) == (
        "gemini-cli/s1/m1",
        "s1",
        "gemini-cli",
        "google",
    )
    assert [each.id for each in facts(tmp_path) if isinstance(each, Session)] == ["s1"]
    chat(tmp_path / "plain", head(), message(tokens=tokens(100, 17, 30)))
    assert list_price([call]) == list_price(calls(tmp_path / "plain")) != 0


def test_both_forms_tell_the_same(tmp_path: Path) -> None:
    chat(tmp_path / "new", head(), message(), message("m2", 5))
    old_chat(tmp_path / "old", message(), message("m2", 5))
    assert calls(tmp_path / "new") == calls(tmp_path / "old")


def test_a_resumed_old_chat_is_copied_and_counts_once(tmp_path: Path) -> None:
    old_chat(tmp_path, message(), message("m2", 5))
    chat(tmp_path, head(), message(), message("m2", 5), message("m2", 5, tokens=tokens(90)), message("m3", 9))
    assert [(call.event_key[-2:], call.input) for call in calls(tmp_path)] == [("m1", 100), ("m2", 90), ("m3", 100)]


def test_the_last_writing_of_a_message_counts_even_where_it_is_less(tmp_path: Path) -> None:
    path = chat(tmp_path, head(), message(tokens=tokens(100, 50)))
    first = facts(tmp_path)
    with path.open("a") as file:
        file.write(json.dumps(message(tokens=tokens(100, 20))) + "\n")
    assert [call.output for call in calls(tmp_path)] == [20]
    found = merged(facts(tmp_path, cursors(first)), merged(first))
    assert [call.output for call in found.values()] == [20]


def test_messages_in_a_patch_are_the_same_messages(tmp_path: Path) -> None:
    patch = {"$set": {"lastUpdated": "2026-04-01T10:01:00Z", "messages": [message(), message("m2", 3)]}}
    chat(tmp_path, head(), message(), patch, {"$set": {"summary": "SECRET"}})
    assert len(calls(tmp_path)) == 2


def test_a_rewind_takes_back_no_spend(tmp_path: Path) -> None:
    chat(tmp_path, head(), message(), message("m2", 3), {"$rewindTo": "m1"}, message("m3", 9))
    assert buckets(calls(tmp_path))["calls"] == 3


@pytest.mark.parametrize(
    "other", [{"type": "user"}, {"type": "info"}, {"tokens": None}, {"tokens": tokens(0, 0)}, {"type": "error"}]
)
def test_other_messages_are_no_calls(tmp_path: Path, other: dict[str, Any]) -> None:
    chat(tmp_path, head(), message(**other))
    assert calls(tmp_path) == []


def test_a_message_belongs_to_its_session_only(tmp_path: Path) -> None:
    chat(tmp_path, head("s1"), message(), name="session-1")
    chat(tmp_path, head("s2"), message(), name="session-2")
    assert len(calls(tmp_path)) == 2


def test_a_subagent_works_for_the_session_it_is_kept_under(tmp_path: Path) -> None:
    chat(tmp_path, head("s1"), message())
    chat(tmp_path, head("s9", kind="subagent"), message("m1", 4), name="s1/s9")
    assert [(call.session, call.is_subagent) for call in calls(tmp_path)] == [("s1", False), ("s1", True)]


def test_a_place_is_told_by_hash_by_name_and_by_note(tmp_path: Path) -> None:
    chat(tmp_path, head(), message())
    chat(tmp_path, head("s2"), message("m1", 1), folder="named")
    chat(tmp_path, head("s3"), message("m1", 2), folder="noted")
    chat(tmp_path, head("s4"), message("m1", 3), folder="nothing")
    (tmp_path / "projects.json").write_text('{"projects": {"/work/named": "named"}}')
    (tmp_path / "tmp/noted/.project_root").write_text("/work/noted\n")
    hashed = f"sha256:{PROJECT}"
    assert [call.directory for call in calls(tmp_path)] == [hashed, "/work/named", "/work/noted", hashed]
    places = {each.directory for each in facts(tmp_path) if isinstance(each, Place)}
    assert places == {hashed, "/work/named", "/work/noted"}


def test_what_the_head_said_is_remembered(tmp_path: Path) -> None:
    path = chat(tmp_path, head(), folder="nothing")
    known = cursors(facts(tmp_path))
    with path.open("a") as file:
        file.write(json.dumps(message()) + "\n")
    (call,) = merged(facts(tmp_path, known)).values()
    assert (call.session, call.directory) == ("s1", f"sha256:{PROJECT}")


def tool(name: str, printed: str = "", **given: Any) -> dict[str, Any]:
    result = [{"functionResponse": {"id": "t", "name": name, "response": {"output": printed}}}]
    return {"id": "t", "name": name, "args": given, "result": result, "timestamp": "2026-04-01T10:00:08Z"}


@pytest.mark.parametrize("printed", ["Output: [main abc1234] x\nSECRET", "Command: git\nStdout: [main abc1234] x"])
def test_commits_and_writes_are_read_and_nothing_of_the_talk(tmp_path: Path, printed: str) -> None:
    tools = [
        tool("run_shell_command", printed, command="git commit -m SECRET"),
        tool("write_file", file_path="/work/repo/a.py", content="SECRET"),
        tool("replace", file_path="b.py"),
        tool("read_file", file_path="c.py"),
    ]
    chat(tmp_path, head(), message(second=3, toolCalls=tools))
    rows = facts(tmp_path)
    (made,) = (each for each in rows if isinstance(each, SessionCommit))
    assert (made.printed_id, made.subject, made.session) == ("abc1234", "x", "s1")
    assert (made.started_at.second, made.ended_at.second) == (3, 8)
    assert [each.path for each in rows if isinstance(each, SessionWrite)] == ["a.py", "b.py"]
    assert "SECRET" not in repr(rows)


def test_unreadable_rows_and_files_are_named_and_the_rest_counts(tmp_path: Path) -> None:
    bad = [message("m1", tokens={"input": -1}), message("m2", timestamp="x"), message(""), b'{"tokens":\n']
    chat(tmp_path, head(), *bad, message("m5"))
    chat(tmp_path, head(), message("m6"), name="session-1.jsonl.unreadable-7")
    old_chat(tmp_path, name="session-2").write_text("[]")
    rows = facts(tmp_path)
    assert list(merged(rows)) == ["gemini-cli/s1/m5"]
    assert sorted((each.what, each.why[:6]) for each in skips(rows)) == [
        ("file", "It is "),
        ("line", "1 brok"),
        ("row", "3 rows"),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_however_a_chat_grows_the_totals_are_the_same(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows = [head(), *[message(f"m{n % 7}", n, tokens=tokens(n + 1, n)) for n in range(20)]]
    path = chat(tmp_path / "whole", *rows)
    text, wanted = path.read_bytes(), buckets(calls(tmp_path / "whole"))
    grown = chat(tmp_path / "grown")
    found: dict[str, Call] = {}
    known: dict[str, str] = {}
    for cut in [*sorted(chance.sample(range(len(text)), 5)), len(text)]:
        grown.write_bytes(text[:cut])
        read_now = facts(tmp_path / "grown", known)
        found, known = merged(read_now, found), cursors(read_now, known)
    assert buckets(found.values()) == wanted
    assert facts(tmp_path / "grown", known) == []
    assert buckets(merged(facts(tmp_path / "grown"), found).values()) == wanted


def test_the_home_is_found_where_it_is(tmp_path: Path) -> None:
    for name in (".gemini/tmp", "other/.gemini/tmp"):
        (tmp_path / name).mkdir(parents=True)
    assert find_roots({"HOME": str(tmp_path)}) == [tmp_path / ".gemini"]
    named = {"HOME": str(tmp_path), "GEMINI_CLI_HOME": str(tmp_path / "other")}
    assert find_roots(named) == [tmp_path / "other/.gemini"]


def test_the_real_chat_is_the_ground_truth_and_not_the_sum_of_its_rows(samples: Path) -> None:
    wanted = truth(samples)["real/gemini.jsonl"]["by_model"]
    found = by_model(calls(samples / "usage/gemini-cli"))
    assert {
        model: (
            each["calls"],
            each["input"] + each["cache_read"],
            each["output"],
            each["cache_read"],
            each["reasoning"],
        )
        for model, each in found.items()
    } == {
        model: (each["calls"], each["input"], each["output"] + each["thoughts"], each["cached"], each["thoughts"])
        for model, each in wanted.items()
    }
    naive = sum(isinstance(row, Call) for row in facts(samples / "usage/gemini-cli"))
    assert naive > sum(each["calls"] for each in wanted.values())


def test_a_subagent_s_calls_and_writes_are_told_apart(tmp_path: Path) -> None:
    edit = {"id": "t1", "name": "write_file", "args": {"file_path": "/work/repo/x"}, "status": "success"}
    chat(tmp_path, head("top"), message("m1"), name="session-1")
    chat(tmp_path, head("kid", kind="subagent"), message("m2", 5, toolCalls=[edit]), name="top/kid")
    assert [(call.subagent, call.session) for call in calls(tmp_path)] == [("", "top"), ("kid", "top")]
    assert [(each.session, each.id) for each in facts(tmp_path) if isinstance(each, Subagent)] == [("top", "kid")]
