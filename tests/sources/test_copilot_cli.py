"""Copilot CLI's events and store, rule by rule; and the real samples against their independent count."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import Place
from ledger.domain.session_facts import Call, Session, SessionCommit, SessionWrite
from ledger.sources.copilot_cli import find_roots, read
from tests.domain.building import sure
from tests.sources.reading import buckets, counted, cursors, list_price, merged, skips, truth, write_rows

MODEL = "claude-sonnet-4.6"


def event(kind: str, second: int = 0, name: str = "", **held: Any) -> dict[str, Any]:
    at = f"2026-05-01T10:00:{second:02d}.000Z"
    return {"type": kind, "id": name or f"{kind}-{second}", "parentId": None, "timestamp": at, "data": held}


def start(session: str = "s1", **more: Any) -> dict[str, Any]:
    context = {"cwd": "/work/repo", "gitRoot": "/work/repo", "branch": "feat/x", "repository": "o/n"}
    return event(
        "session.start", sessionId=session, copilotVersion="1.0.34", selectedModel=MODEL, context=context, **more
    )


def said(output: int, second: int = 1, **more: Any) -> dict[str, Any]:
    return event("assistant.message", second, messageId=f"m{second}", outputTokens=output, content="SECRET", **more)


def metrics(
    whole: int, output: int, read: int = 0, written: int = 0, reasoning: int = 0, **more: Any
) -> dict[str, Any]:
    usage = {
        "inputTokens": whole,
        "outputTokens": output,
        "cacheReadTokens": read,
        "cacheWriteTokens": written,
        "reasoningTokens": reasoning,
    }
    return {"requests": {"count": 1, "cost": 0}, "usage": usage, **more}


def down(second: int, *counts: int) -> dict[str, Any]:
    return event("session.shutdown", second, modelMetrics={MODEL: metrics(*counts)})


def session(home: Path, *rows: Any, name: str = "s1") -> Path:
    return write_rows(home / "session-state" / name / "events.jsonl", rows)


def facts(home: Path, known: Mapping[str, str] | None = None) -> list[Any]:
    return list(read([home], known or {}, str, ["/work/repo"]))


def calls(home: Path) -> list[Call]:
    return sorted(merged(facts(home)).values(), key=lambda call: (call.at, call.event_key))


def test_a_shutdown_tells_the_sums_of_its_leg(tmp_path: Path) -> None:
    session(tmp_path, start(), said(20), down(9, 100, 20, 60, 10, 5))
    (call,) = calls(tmp_path)
    assert (call.input, call.cache_read, call.cache_write_5m, call.output, call.reasoning) == (30, 60, 10, 20, 5)
    assert (call.session, call.directory, call.branch, call.agent_version) == ("s1", "/work/repo", "feat/x", "1.0.34")
    assert (call.model, call.model_raw, call.quality, call.at.second) == ("claude-sonnet-4-6", MODEL, "rollup", 1)
    told = [each for each in facts(tmp_path) if isinstance(each, Place | Session)]
    assert [type(each).__name__ for each in told] == ["Place", "Session"]


def test_sums_since_the_beginning_count_as_their_difference(tmp_path: Path) -> None:
    session(tmp_path, start(), said(20), down(5, 100, 20), said(5, 6), down(9, 130, 25))
    assert [(call.input, call.output) for call in calls(tmp_path)] == [(100, 20), (30, 5)]


def test_sums_of_a_leg_count_whole(tmp_path: Path) -> None:
    session(tmp_path, start(), said(20), down(5, 100, 20), said(5, 6), down(9, 90, 25))
    assert [(call.input, call.output) for call in calls(tmp_path)] == [(100, 20), (90, 25)]


def test_a_model_that_a_later_shutdown_does_not_name_makes_it_a_leg(tmp_path: Path) -> None:
    first = event("session.shutdown", 5, modelMetrics={MODEL: metrics(10, 1), "gpt-5.4": metrics(5, 1)})
    session(tmp_path, start(), first, down(9, 12, 2))
    assert buckets(calls(tmp_path)) == {**buckets([]), "calls": 3, "input": 27, "output": 4}


def test_a_repeated_shutdown_adds_nothing(tmp_path: Path) -> None:
    session(tmp_path, start(), said(20), down(5, 100, 20), down(6, 100, 20))
    assert buckets(calls(tmp_path))["input"] == 100


def test_a_file_that_was_joined_to_itself_tells_it_once(tmp_path: Path) -> None:
    path = session(tmp_path, start(), said(20), down(5, 100, 20), said(9, 6), down(9, 50, 9))
    wanted = buckets(calls(tmp_path))
    path.write_bytes(path.read_bytes() * 2)
    assert buckets(calls(tmp_path)) == wanted == {**buckets([]), "calls": 2, "input": 150, "output": 29}


def test_after_a_crash_only_the_output_is_known_and_the_cost_is_not(tmp_path: Path) -> None:
    session(tmp_path, start(), said(20), said(30, 4))
    (call,) = calls(tmp_path)
    assert (call.input, call.output, call.quality, call.model_raw) == (None, 50, "estimated", MODEL)
    assert list_price([call]) is None


def test_a_shutdown_takes_the_place_of_what_was_estimated(tmp_path: Path) -> None:
    path = session(tmp_path, start(), said(20))
    first = facts(tmp_path)
    with path.open("a") as file:
        file.write(json.dumps(said(30, 4)) + "\n" + json.dumps(down(9, 500, 50)) + "\n")
    found = merged(facts(tmp_path, cursors(first)), merged(first))
    assert [(call.input, call.output, call.quality) for call in found.values()] == [(500, 50, "rollup")]
    assert list_price(found.values())


def test_a_leg_that_a_later_shutdown_leaves_out_stays_an_estimate(tmp_path: Path) -> None:
    session(tmp_path, start(), said(20), event("session.resume", 3), said(30, 4), down(9, 400, 30))
    assert [(call.input, call.output, call.quality) for call in calls(tmp_path)] == [
        (400, 30, "rollup"),
        (None, 20, "estimated"),
    ]


def test_nul_at_the_end_of_a_crashed_file_is_nothing(tmp_path: Path) -> None:
    session(tmp_path, start(), said(20), down(5, 100, 20), b"\0" * 4096)
    assert (buckets(calls(tmp_path))["input"], skips(facts(tmp_path))) == (100, [])


def test_many_requests_in_one_sum_reach_no_tier(tmp_path: Path) -> None:
    many = event("session.shutdown", 5, modelMetrics={"gemini-2.5-pro": metrics(400_000, 10)})
    few = event("session.shutdown", 5, modelMetrics={"gemini-2.5-pro": metrics(100_000, 0)})
    session(tmp_path / "many", start(), many)
    session(tmp_path / "few", start(), few)
    price, quarter = list_price(calls(tmp_path / "many")), list_price(calls(tmp_path / "few"))
    assert price is not None
    assert quarter is not None
    assert 4 * quarter < price < 4.01 * quarter


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"totalNanoAiu": 1_500_000_000}, (1_500_000_000, "credits")),
        ({"requests": {"count": 6, "cost": 0.33}}, (330_000_000, "premium")),
        ({}, (None, "")),
    ],
)
def test_credits_and_premium_requests_are_kept_as_what_they_are(
    tmp_path: Path, more: dict[str, Any], wanted: tuple[int | None, str]
) -> None:
    session(tmp_path, start(), event("session.shutdown", 5, modelMetrics={MODEL: metrics(9, 1, **more)}))
    (call,) = calls(tmp_path)
    assert (call.reported_nusd, call.reported_kind) == wanted


def test_the_place_may_stand_beside_the_events_and_may_change(tmp_path: Path) -> None:
    path = session(tmp_path, event("session.start", sessionId="s1"), said(1), down(2, 10, 1))
    path.with_name("workspace.yaml").write_text("id: s1\ncwd: /work/other\nbranch: 'main'\n")
    moved = event("session.context_changed", 3, cwd="/work/repo", branch="dev")
    with path.open("a") as file:
        file.write("".join(json.dumps(each) + "\n" for each in (moved, said(4, 4), down(9, 5, 4))))
    assert [(call.directory, call.branch) for call in calls(tmp_path)] == [
        ("/work/other", "main"),
        ("/work/repo", "dev"),
    ]


def test_commits_and_writes_are_read_and_nothing_of_the_talk(tmp_path: Path) -> None:
    rows = [
        event(
            "tool.execution_start", 2, toolCallId="t1", toolName="bash", arguments={"command": "git commit -m SECRET"}
        ),
        event("tool.execution_complete", 6, toolCallId="t1", result={"content": "[feat/x abc1234] x\nSECRET"}),
        event("tool.execution_start", 7, toolCallId="t2", toolName="edit", arguments={"path": "/work/repo/a.py"}),
        event("tool.execution_start", 7, toolCallId="t3", toolName="view", arguments={"path": "/work/repo/b.py"}),
        event(
            "tool.execution_start",
            8,
            toolName="str_replace_editor",
            arguments={"command": "create", "path": "/work/repo/c.py"},
        ),
    ]
    session(tmp_path, start(), said(3), *rows)
    found = facts(tmp_path)
    (made,) = (each for each in found if isinstance(each, SessionCommit))
    assert (made.printed_id, made.branch, made.started_at.second, made.ended_at.second) == ("abc1234", "feat/x", 2, 6)
    assert [each.path for each in found if isinstance(each, SessionWrite)] == ["a.py", "c.py"]
    assert "SECRET" not in repr(found)


def test_broken_events_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = event("session.shutdown", 4, modelMetrics={MODEL: metrics(-1, 1)})
    late = {**said(5, 5), "timestamp": None}
    session(tmp_path, start(), bad, late, said(1, 6, name="x"), b'{"type":"session.shutdown"\n', down(9, 10, 1))
    rows = facts(tmp_path)
    assert buckets(merged(rows).values())["input"] == 10
    assert [(each.what, each.why[:6]) for each in skips(rows)] == [("line", "1 brok"), ("row", "2 rows")]


# -- the store ---------------------------------------------------------------------------------------------------------


def store(home: Path, *rows: tuple[Any, ...]) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    path = home / "session-store.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE IF NOT EXISTS sessions(id TEXT PRIMARY KEY, cwd, repository, branch, created_at);"
            "INSERT OR IGNORE INTO sessions VALUES ('s1', '/work/repo', 'o/n', 'main', 'x');"
            "CREATE TABLE IF NOT EXISTS assistant_usage_events(id INTEGER PRIMARY KEY, session_id, model, input_tokens,"
            " cache_read_tokens, cache_write_tokens, reasoning_tokens, output_tokens, created_at, total_nano_aiu,"
            " request_multiplier, initiator);"
        )
        connection.executemany("INSERT INTO assistant_usage_events VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", rows)
    connection.close()
    return path


def request(
    number: int, name: str = "s1", when: object = "2026-05-01 10:00:07", nano: int | None = None
) -> tuple[Any, ...]:
    return (number, name, MODEL, 100, 60, 10, 5, 20, when, nano, 1.0, "user")


@pytest.mark.parametrize(
    "when", ["2026-05-01 10:00:07", "2026-05-01T12:00:07+02:00", 1777629607, 1777629607000, "2026-05-01T10:00:07.000Z"]
)
def test_the_store_has_one_row_per_request(tmp_path: Path, when: object) -> None:
    store(tmp_path, request(1, when=when, nano=7))
    (call,) = calls(tmp_path)
    assert (call.input, call.cache_read, call.cache_write_5m, call.output, call.reasoning) == (30, 60, 10, 20, 5)
    assert (call.session, call.directory, call.branch, call.quality) == ("s1", "/work/repo", "main", "final")
    assert (call.at.isoformat(), call.reported_nusd, call.reported_kind) == ("2026-05-01T10:00:07+00:00", 7, "credits")


@pytest.mark.parametrize("first", ["store", "events", "both"])
def test_a_session_in_the_store_is_not_counted_by_its_shutdowns(tmp_path: Path, first: str) -> None:
    told: list[Any] = []
    known: dict[str, str] = {}
    for step in [first, "both"]:
        if step != "events":
            store(tmp_path, *([] if (tmp_path / "session-store.db").exists() else [request(1), request(2)]))
        if step != "store":
            session(tmp_path, start(), said(20), down(9, 200, 40))
            session(tmp_path, start("s2"), said(20), down(9, 7, 20), name="s2")
        rows = facts(tmp_path, known)
        told, known = told + rows, cursors(rows, known)
    found = counted(told)
    assert sorted((call.session, call.quality) for call in found.values()) == [
        ("s1", "final"),
        ("s1", "final"),
        ("s2", "rollup"),
    ]
    assert found == counted(facts(tmp_path))


def test_a_session_that_the_store_knew_once_stays_its_own_when_the_store_is_gone(tmp_path: Path) -> None:
    store(tmp_path, request(1))
    path = session(tmp_path, start(), said(20), down(9, 200, 40))
    told = facts(tmp_path)
    (tmp_path / "session-store.db").unlink()
    with path.open("a") as file:
        file.write(json.dumps(down(30, 300, 50)) + "\n" + json.dumps(said(9, 40)) + "\n")
    told += facts(tmp_path, cursors(told))
    assert [call.quality for call in counted(told).values()] == ["final"]


def test_a_grown_store_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    store(tmp_path, request(1))
    first = facts(tmp_path)
    assert facts(tmp_path, cursors(first)) == []
    store(tmp_path, request(2))
    assert len(merged(facts(tmp_path, cursors(first)), merged(first))) == 2


def test_a_store_that_cannot_be_understood_is_named(tmp_path: Path) -> None:
    store(tmp_path, request(1, when="soon"), request(2))
    (tmp_path / "new").mkdir()
    with sqlite3.connect(tmp_path / "new/session-store.db") as connection:
        connection.execute("CREATE TABLE assistant_usage_events(uid, tokens)")
    connection.close()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/session-store.db").write_text("no database")
    assert [each.what for each in skips(facts(tmp_path))] == ["row"]
    assert "not known" in skips(facts(tmp_path / "new"))[0].why
    assert "could not be read" in skips(facts(tmp_path / "broken"))[0].why
    assert len(calls(tmp_path)) == 1


@pytest.mark.parametrize("seed", range(5))
def test_however_a_session_grows_the_totals_are_the_same(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows = [start()]
    for leg in range(4):
        rows += [said(leg + 1, 10 * leg + 1), down(10 * leg + 5, 100 * (leg + 1), sum(range(leg + 2)))]
    rows += [said(9, 50)]
    path = session(tmp_path / "whole", *rows)
    text, wanted = path.read_bytes(), buckets(calls(tmp_path / "whole"))
    grown = session(tmp_path / "grown")
    found: dict[str, Call] = {}
    known: dict[str, str] = {}
    for cut in [*sorted(chance.sample(range(len(text)), 6)), len(text)]:
        grown.write_bytes(text[:cut])
        read_now = facts(tmp_path / "grown", known)
        found, known = merged(read_now, found), cursors(read_now, known)
    assert buckets(found.values()) == wanted
    assert wanted["input"] == 400


def test_older_sessions_lie_flat_and_the_home_is_found(tmp_path: Path) -> None:
    write_rows(tmp_path / ".copilot/session-state/s1.jsonl", [start(), down(5, 10, 1)])
    assert find_roots({"HOME": str(tmp_path)}) == [tmp_path / ".copilot"]
    assert find_roots({"HOME": str(tmp_path), "COPILOT_HOME": str(tmp_path / "x")}) == []
    assert len(calls(tmp_path / ".copilot")) == 1


# -- real input --------------------------------------------------------------------------------------------------------


def test_the_real_session_is_the_ground_truth(samples: Path) -> None:
    wanted = truth(samples)["real/copilot.jsonl"]
    ((model, told),) = wanted["shutdown"][0].items()
    (call,) = calls(samples / "usage/copilot-cli")
    usage = told["usage"]
    assert call.model_raw == model
    assert (sure(call.input) + call.cache_read, call.cache_read, sure(call.output), call.reasoning) == (
        usage["inputTokens"],
        usage["cacheReadTokens"],
        usage["outputTokens"],
        usage["reasoningTokens"],
    )
    assert call.output == wanted["assistant_message_output"]["None"]
    assert call.reported_nusd == told["requests"]["cost"] * 10**9


def test_traces_of_visual_studio_have_no_usage_and_are_said_to_have_none(samples: Path) -> None:
    rows = facts(samples / "usage/copilot-vs-traces")
    assert merged(rows) == {}
    assert len(skips(rows)) == 4
    assert all("unknown, not 0" in each.why for each in skips(rows))


def test_the_agent_that_was_selected_is_named_until_another_is(tmp_path: Path) -> None:
    chosen, none = event("subagent.selected", 2, agentName="reviewer"), event("subagent.deselected", 20)
    session(tmp_path, start(), chosen, said(20), down(9, 100, 20), none, said(5, 21), down(30, 150, 25))
    assert [call.agent_name for call in calls(tmp_path)] == ["reviewer", ""]
