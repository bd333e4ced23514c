"""Claude Code's transcripts, rule by rule; and the real samples against their independent count."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.facts import Place
from ledger.domain.merging import merge_calls
from ledger.domain.pricing import PriceKey, list_cost, price_key
from ledger.domain.reading import Cursor, Skip
from ledger.domain.session_facts import Call, Price, Session, SessionCommit, SessionWrite
from ledger.domain.transcripts import Transcript
from ledger.sources.claude_code import find_roots, read
from ledger.sources.prices import read_prices
from tests.domain.building import sure

TIME = "2026-03-01T10:00:{:02d}.000Z"


def row(
    message: str = "msg_1", second: int = 0, *, output: int = 100, session: str = "s1", **changed: Any
) -> dict[str, Any]:
    """An assistant row as Claude Code writes it."""
    usage = {
        "input_tokens": 10,
        "cache_creation_input_tokens": 7,
        "cache_read_input_tokens": 5,
        "output_tokens": output,
        "service_tier": "standard",
        **changed.pop("usage", {}),
    }
    inner = {
        "id": message,
        "model": changed.pop("model", "claude-opus-4-8"),
        "role": "assistant",
        "stop_reason": changed.pop("stop_reason", "end_turn"),
        "content": changed.pop("content", []),
        "usage": usage,
    }
    return {
        "type": "assistant",
        "uuid": f"{message}-{session}-{second}",
        "timestamp": TIME.format(second),
        "sessionId": session,
        "requestId": f"req-{message}",
        "cwd": "/work/repo",
        "gitBranch": "main",
        "version": "2.1.300",
        "isSidechain": False,
        "message": inner,
        **changed,
    }


def user(second: int, content: object, session: str = "s1") -> dict[str, Any]:
    """A user row, which carries tool results."""
    return {
        "type": "user",
        "timestamp": TIME.format(second),
        "sessionId": session,
        "message": {"role": "user", "content": content},
    }


def write(folder: Path, name: str, *rows: Any) -> Path:
    """A transcript; texts and bytes are written as they are."""
    path = folder / "projects" / "-work-repo" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(part if isinstance(part, bytes) else (json.dumps(part) + "\n").encode() for part in rows))
    return path


def facts(folder: Path, known: Mapping[str, str] | None = None, path_key: Callable[[str], str] = str) -> list[Any]:
    return list(read([folder / "projects"], known or {}, path_key))


def merged(rows: list[Any]) -> dict[str, Call]:
    found: dict[str, Call] = {}
    for each in rows:
        if isinstance(each, Call):
            found[each.event_key] = merge_calls(found[each.event_key], each) if each.event_key in found else each
    return found


def one(folder: Path) -> Call:
    (call,) = merged(facts(folder)).values()
    return call


def cursors(rows: list[Any]) -> dict[str, str]:
    return {each.name: each.text for each in rows if isinstance(each, Cursor)}


def test_a_call_has_its_tokens_place_and_time(tmp_path: Path) -> None:
    write(tmp_path, "s1", row())
    call = one(tmp_path)
    assert (call.input, call.cache_read, call.cache_write_5m, call.cache_write_1h, call.output) == (10, 5, 7, 0, 100)
    assert (call.event_key, call.session, call.directory, call.branch) == (
        "claude-code/msg_1",
        "s1",
        "/work/repo",
        "main",
    )
    assert (call.model, call.provider, call.agent, call.agent_version, call.quality) == (
        "claude-opus-4-8",
        "anthropic",
        "claude-code",
        "2.1.300",
        "final",
    )
    rows = facts(tmp_path)
    assert [each.directory for each in rows if isinstance(each, Place)] == ["/work/repo"]
    assert [(each.id, each.started_at) for each in rows if isinstance(each, Session)] == [("s1", call.at)]


def test_streamed_rows_are_one_call_with_the_last_output(tmp_path: Path) -> None:
    write(tmp_path, "s1", row(second=0, output=1), row(second=1, output=1), row(second=2, output=260))
    call = one(tmp_path)
    assert (call.output, call.at.second) == (260, 0)


def test_a_resumed_session_copies_calls_and_does_not_own_them(tmp_path: Path) -> None:
    write(tmp_path, "s1", row())
    write(tmp_path, "s2", {**row(), "sessionId": "s2"}, row("msg_2", 5, session="s2"))
    found = merged(facts(tmp_path))
    assert {key: call.session for key, call in found.items()} == {"claude-code/msg_1": "s1", "claude-code/msg_2": "s2"}


def test_the_main_thread_beats_a_sidechain_that_replays_it(tmp_path: Path) -> None:
    write(tmp_path, "s1", row(output=50))
    write(
        tmp_path,
        "s1/subagents/agent-a",
        row(second=9, output=999, isSidechain=True, usage={"cache_read_input_tokens": 50_000}),
    )
    call = one(tmp_path)
    assert (call.output, call.cache_read, call.is_subagent) == (50, 5, False)


def test_a_subagent_s_own_call_counts(tmp_path: Path) -> None:
    write(tmp_path, "s1/subagents/agent-a", row("msg_9", isSidechain=True, agentId="a"))
    assert (one(tmp_path).is_subagent, one(tmp_path).session) == (True, "s1")


def test_the_winning_row_is_taken_whole(tmp_path: Path) -> None:
    write(tmp_path, "s1", row(output=5, model="claude-opus-4-8"), row(second=1, output=9, model="claude-sonnet-4-6"))
    assert one(tmp_path).model == "claude-sonnet-4-6"


def test_a_gateway_s_ids_are_unique_in_their_session_only(tmp_path: Path) -> None:
    write(tmp_path, "s1", row("chatcmpl-1"), row("chatcmpl-1", 1))
    write(tmp_path, "s2", row("chatcmpl-1", session="s2"))
    assert len(merged(facts(tmp_path))) == 2


def test_a_missing_request_id_does_not_make_another_call(tmp_path: Path) -> None:
    write(tmp_path, "s1", row(), row(second=1, requestId=None))
    assert len(merged(facts(tmp_path))) == 1


def test_a_row_without_message_id_goes_by_its_uuid(tmp_path: Path) -> None:
    write(tmp_path, "s1", row("", uuid="u-1"))
    assert one(tmp_path).event_key == "claude-code/uuid/u-1"


def test_made_up_and_failed_rows_are_no_calls(tmp_path: Path) -> None:
    nothing = {"input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 0}
    write(tmp_path, "s1", row(model="<synthetic>"), row("msg_2", isApiErrorMessage=True, usage=nothing))
    assert merged(facts(tmp_path)) == {}


def test_copies_of_usage_elsewhere_are_no_calls(tmp_path: Path) -> None:
    progress = {"type": "progress", "timestamp": TIME.format(1), "data": row()}
    result = {**user(2, "done"), "toolUseResult": {"usage": row()["message"]["usage"], "totalTokens": 999}}
    write(tmp_path, "s1", progress, result, user(3, 'the "usage" of "tool_use" and {"type":"assistant"}'))
    assert merged(facts(tmp_path)) == {}


@pytest.mark.parametrize(
    ("creation", "writes"),
    [
        ({"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4}, (3, 4)),
        ({"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 9}, (0, 9)),
        ({"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}, (7, 0)),
        ({"ephemeral_5m_input_tokens": None}, (7, 0)),
        ({}, (7, 0)),
        (None, (7, 0)),
    ],
)
def test_cache_writes_are_split_by_their_parts(tmp_path: Path, creation: object, writes: tuple[int, int]) -> None:
    write(tmp_path, "s1", row(usage={"cache_creation": creation}))
    assert (one(tmp_path).cache_write_5m, one(tmp_path).cache_write_1h) == writes


def test_an_advisor_s_call_is_extra(tmp_path: Path) -> None:
    advisor = {"type": "advisor_message", "model": "claude-sonnet-4-6", "input_tokens": 3, "output_tokens": 4}
    write(tmp_path, "s1", row(usage={"iterations": [{"type": "message", "input_tokens": 10}, advisor]}))
    found = merged(facts(tmp_path))
    assert set(found) == {"claude-code/msg_1", "claude-code/msg_1#adv1"}
    extra = found["claude-code/msg_1#adv1"]
    assert (extra.model, extra.input, extra.output, extra.cache_read) == ("claude-sonnet-4-6", 3, 4, 0)


@pytest.mark.parametrize(
    ("output", "stop", "text", "quality"),
    [
        (1, None, "x" * 400, "placeholder"),
        (1, "end_turn", "x" * 400, "final"),
        (200, None, "x" * 400, "final"),
        (1, None, "ok", "final"),
    ],
)
def test_a_placeholder_is_told_from_a_count(
    tmp_path: Path, output: int, stop: str | None, text: str, quality: str
) -> None:
    write(tmp_path, "s1", row(output=output, stop_reason=stop, content=[{"type": "text", "text": text}]))
    assert one(tmp_path).quality == quality


def test_speed_region_searches_and_reported_cost_are_kept(tmp_path: Path) -> None:
    usage = {"speed": "fast", "inference_geo": "us", "server_tool_use": {"web_search_requests": 2}}
    write(tmp_path, "s1", row(usage=usage, costUSD=0.05))
    call = one(tmp_path)
    assert (call.speed, call.region, call.web_searches, call.reported_nusd) == ("fast", "us", 2, 50_000_000)


def bash(command: str, use: str = "toolu_1") -> list[dict[str, Any]]:
    return [{"type": "tool_use", "id": use, "name": "Bash", "input": {"command": command}}]


def result(text: object, use: str = "toolu_1") -> list[dict[str, Any]]:
    return [{"type": "tool_result", "tool_use_id": use, "content": text}]


def test_an_answer_before_its_call_makes_an_interval_of_no_length(tmp_path: Path) -> None:
    write(tmp_path, "s1", row("msg_1", 9, content=bash("git commit -m x")), user(3, result("[main abc1234] x")))
    (made,) = (each for each in facts(tmp_path) if isinstance(each, SessionCommit))
    assert (made.started_at.second, made.ended_at.second) == (3, 3)


def commits(folder: Path) -> list[tuple[str, str, str]]:
    return [(each.branch, each.printed_id, each.subject) for each in facts(folder) if isinstance(each, SessionCommit)]


@pytest.mark.parametrize(
    ("command", "printed", "found"),
    [
        ("git commit -m x", "[main abc1234] x", [("main", "abc1234", "x")]),
        ("cd a && git -C b commit --amend", "[feat/y (root-commit) abc1234] x y", [("feat/y", "abc1234", "x y")]),
        (
            "git add . && git commit -F - <<'E'\nx\nE",
            "noise\n[detached HEAD abc1234] x\n 1 file",
            [("", "abc1234", "x")],
        ),
        (
            "git commit -m a; git commit -m b",
            "[m aaaaaaa] a\n[m bbbbbbb] b",
            [("m", "aaaaaaa", "a"), ("m", "bbbbbbb", "b")],
        ),
        ("git commit -m x", "nothing to commit", []),
        ("echo 'do git commit'", "[main abc1234] x", []),
        ("git log --grep commit", "[main abc1234] x", []),
    ],
)
def test_commits_made_in_the_session(
    tmp_path: Path, command: str, printed: str, found: list[tuple[str, str, str]]
) -> None:
    write(tmp_path, "s1", row(content=bash(command)), user(4, result(printed)))
    assert commits(tmp_path) == found


def test_a_commit_call_has_its_interval(tmp_path: Path) -> None:
    write(
        tmp_path,
        "s1",
        row(content=bash("git commit -m x")),
        user(4, result([{"type": "text", "text": "[main abc1234] x"}])),
    )
    (made,) = (each for each in facts(tmp_path) if isinstance(each, SessionCommit))
    assert (made.started_at.second, made.ended_at.second, made.session, made.directory) == (0, 4, "s1", "/work/repo")


def test_written_files_are_told_relative_to_where_the_session_was(tmp_path: Path) -> None:
    tools = [
        {"type": "tool_use", "id": "t", "name": name, "input": {key: path}}
        for name, key, path in [
            ("Write", "file_path", "/work/repo/src/a.py"),
            ("Edit", "file_path", "/elsewhere/b.py"),
            ("NotebookEdit", "notebook_path", "/work/repo/c.ipynb"),
            ("Read", "file_path", "/work/repo/d.py"),
        ]
    ]
    write(tmp_path, "s1", row(content=tools))
    assert [each.path for each in facts(tmp_path) if isinstance(each, SessionWrite)] == [
        "src/a.py",
        "/elsewhere/b.py",
        "c.ipynb",
    ]


def test_nothing_of_the_conversation_is_kept(tmp_path: Path) -> None:
    write(
        tmp_path,
        "s1",
        row(content=[{"type": "text", "text": "SECRET"}, *bash("git commit -m x # SECRET")]),
        user(4, result("SECRET\n[main abc1234] x")),
    )
    assert "SECRET" not in repr(facts(tmp_path))


def test_broken_lines_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        "s1",
        b'{"type":"assistant","message":{"usage":{"input\n',
        b"\0\0\0\0\n",
        (json.dumps(row("msg_1")) + json.dumps(row("msg_2")) + "\n").encode(),
        b"\xff\xfe broken bytes\n",
        b"[" * 100_000 + b"\n",
        row("msg_3", timestamp="yesterday"),
        row("msg_4", usage={"input_tokens": -5}),
        row("msg_5", usage={"output_tokens": "many"}),
        row("msg_6"),
    )
    rows = facts(tmp_path)
    assert set(merged(rows)) == {"claude-code/msg_1", "claude-code/msg_2", "claude-code/msg_6"}
    skips = {each.what: each.why for each in rows if isinstance(each, Skip)}
    assert skips["line"].startswith("3 broken lines left out")
    assert skips["row"].startswith("3 rows without")


def test_a_torn_last_line_waits_for_its_end(tmp_path: Path) -> None:
    whole = (json.dumps(row("msg_2")) + "\n").encode()
    path = write(tmp_path, "s1", row(), whole[:40])
    first = facts(tmp_path)
    assert set(merged(first)) == {"claude-code/msg_1"}
    assert not [each for each in first if isinstance(each, Skip)]
    with path.open("ab") as file:
        file.write(whole[40:])
    assert set(merged(facts(tmp_path, cursors(first)))) == {"claude-code/msg_2"}


def test_an_unchanged_file_is_not_opened_again(tmp_path: Path) -> None:
    path = write(tmp_path, "s1", row())
    known = cursors(facts(tmp_path))
    path.chmod(0o000)
    assert facts(tmp_path, known) == []


def test_a_replaced_file_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path, "s1", row(), row("msg_2"))
    known = cursors(facts(tmp_path))
    path.unlink()
    write(tmp_path, "s1", row("msg_3", output=5), row("msg_4", output=5), row("msg_5", output=5))
    assert set(merged(facts(tmp_path, known))) == {f"claude-code/msg_{number}" for number in (3, 4, 5)}


def test_a_commit_whose_result_comes_later_is_found_later(tmp_path: Path) -> None:
    path = write(tmp_path, "s1", row(content=bash("git commit -m x")))
    known = cursors(facts(tmp_path))
    with path.open("a") as file:
        file.write(json.dumps(user(4, result("[main abc1234] x"))) + "\n")
    made = [each for each in facts(tmp_path, known) if isinstance(each, SessionCommit)]
    assert [(each.printed_id, each.directory) for each in made] == [("abc1234", "/work/repo")]


rows_of = st.lists(
    st.builds(
        lambda message, second, output, session, side: row(
            f"msg_{message}", second, output=output, session=session, isSidechain=side
        ),
        st.integers(0, 3),
        st.integers(0, 9),
        st.integers(0, 5),
        st.sampled_from(["s1", "s2"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of, chance=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_files_and_pieces_changes_no_total(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], chance: random.Random
) -> None:
    def totals(folder: Path, known: Mapping[str, str]) -> dict[str, tuple[int, int, str]]:
        return {
            key: (sure(call.output), sure(call.input), call.session)
            for key, call in merged(facts(folder, known)).items()
        }

    whole, split = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("split")
    write(whole, "s1", *rows)
    shuffled = chance.sample(rows, len(rows)) + chance.sample(rows, len(rows) // 2)
    cut = chance.randint(0, len(shuffled))
    write(split, "s1", *shuffled[:cut])
    write(split, "s2", *shuffled[cut:])
    numbers = {key: total[:2] for key, total in totals(whole, {}).items()}
    assert {key: total[:2] for key, total in totals(split, {}).items()} == numbers


def test_roots_are_found_where_they_are(tmp_path: Path) -> None:
    for name in (".claude/projects", ".config/claude/projects", "other/projects"):
        (tmp_path / name).mkdir(parents=True)
    home = {"HOME": str(tmp_path)}
    assert find_roots(home) == [tmp_path / ".config/claude/projects", tmp_path / ".claude/projects"]
    assert find_roots({**home, "CLAUDE_CONFIG_DIR": f"{tmp_path}/other,{tmp_path}/other/projects"}) == [
        tmp_path / "other/projects"
    ]
    assert find_roots({}) == []


# -- real input --------------------------------------------------------------------------------------------------------


def read_sample(folder: Path) -> dict[str, Call]:
    return merged(list(read([folder], {}, str)))


def cost(calls: Mapping[str, Call]) -> int:
    prices: dict[PriceKey, Price] = {
        PriceKey(*(getattr(price, name) for name in Price.key)): price
        for price in read_prices({price_key(call) for call in calls.values()})
    }
    return sum(list_cost(call, prices[price_key(call)]) or 0 for call in calls.values())


def counts(calls: Mapping[str, Call]) -> dict[str, int]:
    return {
        "calls": len(calls),
        "input": sum(sure(call.input) for call in calls.values()),
        "output": sum(sure(call.output) for call in calls.values()),
        "cache_write": sum(call.cache_write_5m + call.cache_write_1h for call in calls.values()),
        "cache_read": sum(call.cache_read for call in calls.values()),
    }


def test_the_real_session_is_the_ground_truth_and_not_the_naive_figure(samples: Path) -> None:
    truth = json.loads((samples / "usage/ground_truth.json").read_text())["real/claude_code.jsonl"]
    ((model, wanted),) = truth["by_model"].items()
    calls = read_sample(samples / "usage/claude-code")
    assert {call.model_raw for call in calls.values()} == {model}
    found = counts(calls)
    assert found == {
        "calls": truth["calls"],
        "input": wanted["input"],
        "output": wanted["output"],
        "cache_write": wanted["cache_write_total"],
        "cache_read": wanted["cache_read"],
    }
    assert found["output"] != truth["naive_no_dedupe"][model]["output"]
    assert cost(calls) == round(truth["cost_genai_prices_0_2_3"]["cost_usd"] * 10**9)


def test_the_edge_cases_are_the_recommended_rule_s(samples: Path) -> None:
    wanted = json.loads((samples / "usage/ground_truth.json").read_text())["claude-code-edges/RECOMMENDED_RULE"]
    calls = read_sample(samples / "usage/claude-code-edges")
    assert counts(calls) == {name: wanted[name] for name in ("calls", "input", "output", "cache_write", "cache_read")}
    assert cost(calls) == round(wanted["cost_usd"] * 10**9)


def test_half_a_surrogate_in_an_escape_is_no_reason_to_stop(tmp_path: Path) -> None:
    """An agent that cuts a text in two writes what UTF-8 cannot."""
    line = json.dumps(row(session="s1")).replace("/work/repo", "/work/\\ud83dx\\u0000y").replace("main", "b\\udc00")
    write(tmp_path, "s1", f"{line}\n".encode())
    (call,) = merged(facts(tmp_path)).values()
    assert (call.directory, call.branch) == ("/work/\ufffdxy", "b\ufffd")


def test_the_rows_of_a_streamed_call_are_one_fact_already_when_they_are_read(tmp_path: Path) -> None:
    write(tmp_path, "s1", row(output=1), row(second=1, output=90), row("msg_2", 2))
    rows = facts(tmp_path)
    assert [each.output for each in rows if isinstance(each, Call)] == [90, 100]
    (session,) = [each for each in rows if isinstance(each, Session)]
    assert (session.ended_at - session.started_at).seconds == 2


def test_a_call_whose_rows_are_told_of_two_places_keeps_both(tmp_path: Path) -> None:
    write(tmp_path, "s1", row(output=1), row(second=1, cwd="/work/other"))
    rows = facts(tmp_path)
    assert {each.directory for each in rows if isinstance(each, Place)} == {"/work/repo", "/work/other"}
    assert merged(rows)["claude-code/msg_1"].directory == "/work/repo"


def test_what_a_tool_printed_is_not_parsed_unless_a_commit_waits_for_it(tmp_path: Path) -> None:
    log = Transcript("s1", lambda path, _directory: path)
    printed = json.dumps(user(1, result('{"usage": {"assistant": 1}}'))).encode()
    assert not log.may_matter(printed)
    assert log.may_matter(json.dumps(row()).encode())
    list(log.read(row(content=bash("git commit -m x"))))
    assert log.may_matter(printed)


def test_a_torn_line_that_is_not_parsed_is_still_counted(tmp_path: Path) -> None:
    write(tmp_path, "s1", row(), b'{"type":"user","message":{"content":[{"type":"tool_result","content":"abc\n')
    assert [each.what for each in facts(tmp_path) if isinstance(each, Skip)] == ["line"]


def test_a_note_beside_a_subagent_s_file_names_it(tmp_path: Path) -> None:
    for name, kept in (("a1", b'{"agentType": "code-reviewer", "description": "SECRET"}'), ("a2", b"[not JSON")):
        path = write(tmp_path, f"s1/subagents/agent-{name}", row(f"msg_{name}", agentId=name, isSidechain=True))
        path.with_suffix(".meta.json").write_bytes(kept)
    nested = write(tmp_path, "s1/subagents/workflows/wf_1/agent-a3", row("msg_a3", agentId="a3", isSidechain=True))
    nested.with_suffix(".meta.json").write_text('{"agentType": "Explore"}')
    write(tmp_path, "s1", row("msg_1")).with_suffix(".meta.json").write_text('{"agentType": "nobody"}')
    found = {call.subagent: call.agent_name for call in merged(facts(tmp_path)).values()}
    assert found == {"a1": "code-reviewer", "a2": "", "a3": "Explore", "": ""}
    assert "SECRET" not in repr(facts(tmp_path))
