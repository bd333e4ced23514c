"""Qwen Code's chats, rule by rule; and the real sample against its independent count."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.domain.facts import Place
from ledger.domain.session_facts import Call, Session, SessionCommit, SessionWrite, Subagent
from ledger.sources.qwen_code import find_roots, read
from tests.sources.reading import buckets, by_model, cursors, merged, skips, truth, write_rows


def usage(whole: int = 100, output: int = 10, cached: int = 0, thoughts: int = 0) -> dict[str, int]:
    return {
        "promptTokenCount": whole,
        "candidatesTokenCount": output,
        "thoughtsTokenCount": thoughts,
        "cachedContentTokenCount": cached,
        "totalTokenCount": whole + output + thoughts,
    }


def row(name: str = "u1", second: int = 0, parts: Any = (), **changed: Any) -> dict[str, Any]:
    return {
        "uuid": name,
        "sessionId": "s1",
        "timestamp": f"2026-06-01T10:00:{second:02d}.000Z",
        "type": "assistant",
        "cwd": "/work/repo",
        "gitBranch": "main",
        "version": "0.18.1",
        "model": "qwen3-coder-plus",
        "message": {"role": "model", "parts": list(parts)},
        "usageMetadata": usage(),
        **changed,
    }


def telemetry(second: int = 0) -> dict[str, Any]:
    event = {"event.name": "qwen-code.api_response", "model": "qwen3-coder-plus", "input_token_count": 100}
    told = {"systemPayload": {"uiEvent": event}, "usageMetadata": usage()}
    return {**row(f"t{second}", second), "type": "system", "subtype": "ui_telemetry", **told}


def chat(home: Path, *rows: Any, name: str = "s1") -> Path:
    return write_rows(home / "-work-repo" / "chats" / f"{name}.jsonl", rows)


def facts(home: Path, known: Mapping[str, str] | None = None) -> list[Any]:
    return list(read([home], known or {}, str, ["/work/repo"]))


def calls(home: Path) -> list[Call]:
    return sorted(merged(facts(home)).values(), key=lambda call: call.at)


def test_a_call_has_disjoint_buckets_and_its_place(tmp_path: Path) -> None:
    chat(tmp_path, row(usageMetadata=usage(100, 10, 40, 5)))
    (call,) = calls(tmp_path)
    assert (call.input, call.cache_read, call.output, call.reasoning) == (60, 40, 15, 5)
    assert (call.session, call.directory, call.branch, call.agent_version) == ("s1", "/work/repo", "main", "0.18.1")
    assert (call.agent, call.provider, call.model) == ("qwen-code", "qwen", "qwen3-coder-plus")
    told = [each for each in facts(tmp_path) if isinstance(each, Place | Session)]
    assert [type(each).__name__ for each in told] == ["Place", "Session"]


def test_telemetry_of_the_same_response_is_not_read(tmp_path: Path) -> None:
    chat(tmp_path, telemetry(), row(), telemetry(5), row("u2", 5))
    assert buckets(calls(tmp_path)) == {**buckets([]), "calls": 2, "input": 200, "output": 20}


def test_a_row_that_is_copied_into_another_session_counts_once(tmp_path: Path) -> None:
    chat(tmp_path, row())
    chat(tmp_path, row(sessionId="s2", second=9), row("u2", 10, sessionId="s2"), name="s2")
    assert [call.session for call in calls(tmp_path)] == ["s1", "s2"]


def test_rows_without_an_id_are_told_by_what_they_hold(tmp_path: Path) -> None:
    chat(tmp_path, row(""), row(""), row("", 5))
    assert len(calls(tmp_path)) == 2


def test_commits_and_writes_are_read_and_nothing_of_the_talk(tmp_path: Path) -> None:
    def call(name: str, **given: str) -> dict[str, Any]:
        return {"functionCall": {"id": "c1", "name": name, "args": given}}

    answer = {"functionResponse": {"id": "c1", "response": {"output": "Output: [main abc1234] x\nSECRET"}}}
    asked = [call("run_shell_command", command="git commit -m SECRET"), {"text": "SECRET"}]
    path = chat(tmp_path, row(parts=[*asked, call("write_file", file_path="/work/repo/a.py", content="SECRET")]))
    first = facts(tmp_path)
    result = {**row("u2", 7, [answer]), "type": "tool_result"}
    write_rows(path, [row(parts=asked), result])
    path.write_bytes(path.read_bytes())
    rows = [*first, *facts(tmp_path)]
    (made,) = (each for each in rows if isinstance(each, SessionCommit))
    assert (made.printed_id, made.started_at.second, made.ended_at.second) == ("abc1234", 0, 7)
    assert [each.path for each in rows if isinstance(each, SessionWrite)] == ["a.py"]
    assert "SECRET" not in repr(rows).replace("git commit", "")


def test_a_commit_whose_result_comes_later_is_found_later(tmp_path: Path) -> None:
    asked = {"functionCall": {"id": "c1", "name": "run_shell_command", "args": {"command": "git commit -m x"}}}
    answer = {"functionResponse": {"id": "c1", "response": {"output": "[main abc1234] x"}}}
    path = chat(tmp_path, row(parts=[asked]))
    known = cursors(facts(tmp_path))
    write_rows(path, [row(parts=[asked]), {**row("u2", 7, [answer]), "type": "tool_result", "usageMetadata": None}])
    made = [each for each in facts(tmp_path, known) if isinstance(each, SessionCommit)]
    assert [(each.printed_id, each.directory) for each in made] == [("abc1234", "/work/repo")]


def test_unreadable_rows_are_counted_and_an_unchanged_file_is_left(tmp_path: Path) -> None:
    chat(
        tmp_path,
        row(usageMetadata={"promptTokenCount": "x"}),
        row("u2", timestamp=None),
        b'{"usageMetadata"\n',
        row("u3"),
    )
    rows = facts(tmp_path)
    assert list(merged(rows)) == ["qwen-code/u3"]
    assert [(each.what, each.why[:6]) for each in skips(rows)] == [("line", "1 brok"), ("row", "2 rows")]
    assert facts(tmp_path, cursors(rows)) == []


def test_an_empty_answer_is_no_call(tmp_path: Path) -> None:
    chat(tmp_path, row(usageMetadata=usage(0, 0)), row("u2", usageMetadata=None))
    assert calls(tmp_path) == []


def test_the_home_is_found_where_it_is(tmp_path: Path) -> None:
    (tmp_path / ".qwen/projects").mkdir(parents=True)
    assert find_roots({"HOME": str(tmp_path)}) == [tmp_path / ".qwen/projects"]


def test_the_real_chat_is_the_ground_truth_and_not_twice_it(samples: Path) -> None:
    ((model, wanted),) = truth(samples)["qwen-code/qwen_code.jsonl"].items()
    found = by_model(calls(samples / "usage/qwen-code"))[model]
    assert found == {
        "calls": wanted["rows"],
        "input": wanted["prompt"] - wanted["cached"],
        "cache_read": wanted["cached"],
        "cache_write": 0,
        "output": wanted["candidates"] + wanted["thoughts"],
        "reasoning": wanted["thoughts"],
    }


def test_a_subagent_s_calls_and_writes_are_told_apart(tmp_path: Path) -> None:
    edit = {"functionCall": {"id": "t1", "name": "write_file", "args": {"file_path": "/work/repo/x"}}}
    chat(tmp_path, row(), row("u2", 5, [edit], agentId="a1", agentName="explorer", isSidechain=True))
    assert [(call.subagent, call.agent_name, call.is_subagent) for call in calls(tmp_path)] == [
        ("", "", False),
        ("a1", "explorer", True),
    ]
    assert [(each.session, each.id) for each in facts(tmp_path) if isinstance(each, Subagent)] == [("s1", "a1")]
