"""OpenCode's messages in its three homes, rule by rule; and the real samples against their independent count."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import Place
from ledger.domain.session_facts import Call, Session, SessionCommit, SessionWrite, Subagent
from ledger.sources.opencode import find_roots, read
from tests.sources.reading import buckets, by_model, counted, cursors, list_price, merged, skips, truth

BORN = 1_772_359_200_000


def tokens(whole: int = 100, output: int = 20, reasoning: int = 0, read: int = 0, write: int = 0) -> dict[str, Any]:
    return {"input": whole, "output": output, "reasoning": reasoning, "cache": {"read": read, "write": write}}


def message(name: str = "msg_1", session: str = "ses_1", second: int = 0, **changed: Any) -> dict[str, Any]:
    """An assistant's message as OpenCode writes it."""
    created = BORN + second * 1000
    return {
        "id": name,
        "sessionID": session,
        "role": "assistant",
        "modelID": "claude-opus-4-8",
        "providerID": "anthropic",
        "path": {"cwd": "/work/repo", "root": "/work/repo"},
        "cost": 0,
        "tokens": tokens(),
        "time": {"created": created, "completed": created + 900},
        **changed,
    }


def run_row(name: str = "ses_1", parent: str | None = None, born: int = 0) -> dict[str, Any]:
    times = {"created": BORN + born * 1000, "updated": BORN}
    return {"id": name, "directory": "/work/repo", "version": "1.2.3", "parentID": parent, "time": times}


def in_tree(root: Path, *messages: Mapping[str, Any], runs: tuple[Mapping[str, Any], ...] = ()) -> None:
    for run in runs or (run_row(),):
        place = root / "storage/session/p" / f"{run['id']}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(run))
    for each in messages:
        place = root / "storage/message" / each["sessionID"] / f"{each['id']}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(each))


def in_database(
    root: Path, *messages: Mapping[str, Any], runs: tuple[Mapping[str, Any], ...] = (), at: int = BORN
) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    path = root / "opencode.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE IF NOT EXISTS session(id TEXT PRIMARY KEY, parent_id, directory, version, time_created);"
            "CREATE TABLE IF NOT EXISTS message(id TEXT PRIMARY KEY, session_id, time_created, time_updated, data);"
            "CREATE TABLE IF NOT EXISTS part(id TEXT PRIMARY KEY, message_id, session_id, time_created, time_updated,"
            " data);"
        )
        for run in runs or (run_row(),):
            row = (run["id"], run["parentID"], run["directory"], run["version"], run["time"]["created"])
            connection.execute("INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?)", row)
        for each in messages:
            held = {name: value for name, value in each.items() if name not in ("id", "sessionID")}
            row = (each["id"], each["sessionID"], each["time"]["created"], at, json.dumps(held))
            connection.execute("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)", row)
    connection.close()
    return path


def in_export(root: Path, *messages: Mapping[str, Any], run: Mapping[str, Any] | None = None) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    path = root / f"export-{(run or run_row())['id']}.json"
    rows = [{"info": each, "parts": each.get("parts", [])} for each in messages]
    path.write_text(json.dumps({"info": run or run_row(), "messages": rows}))
    return path


HOMES: dict[str, Callable[..., Any]] = {"tree": in_tree, "database": in_database, "export": in_export}


def facts(root: Path, known: Mapping[str, str] | None = None) -> list[Any]:
    return list(read([root], known or {}, str, ["/work/repo"]))


def calls(root: Path) -> list[Call]:
    return sorted(counted(facts(root)).values(), key=lambda call: call.at)


@pytest.mark.parametrize("home", HOMES)
def test_a_call_is_the_same_in_every_home(tmp_path: Path, home: str) -> None:
    HOMES[home](tmp_path, message(tokens=tokens(10, 20, 5, 30, 40), cost=0.25))
    (call,) = calls(tmp_path)
    assert (call.input, call.output, call.reasoning, call.cache_read, call.cache_write_5m) == (10, 25, 5, 30, 40)
    assert (call.session, call.directory, call.agent, call.agent_version) == (
        "ses_1",
        "/work/repo",
        "opencode",
        "1.2.3",
    )
    assert (call.model, call.provider, call.quality) == ("claude-opus-4-8", "anthropic", "final")
    assert (call.reported_nusd, call.reported_kind) == (250_000_000, "list")
    rows = facts(tmp_path)
    assert [each.directory for each in rows if isinstance(each, Place)] == ["/work/repo"]
    assert [(each.id, each.started_at) for each in rows if isinstance(each, Session)] == [("ses_1", call.at)]


def test_a_migrated_message_is_one_call(tmp_path: Path) -> None:
    for home in HOMES.values():
        home(tmp_path, message(), message("msg_2", second=5))
    assert buckets(calls(tmp_path)) == {**buckets([]), "calls": 2, "input": 200, "output": 40}


def test_reasoning_is_paid_as_output(tmp_path: Path) -> None:
    in_tree(tmp_path, message(tokens=tokens(1000, 100, 900)))
    in_tree(tmp_path / "plain", message(tokens=tokens(1000, 1000)))
    assert list_price(calls(tmp_path)) == list_price(calls(tmp_path / "plain")) != 0


@pytest.mark.parametrize("home", HOMES)
def test_a_fork_copies_messages_and_owns_none(tmp_path: Path, home: str) -> None:
    old, new = run_row("ses_z"), run_row("ses_a", born=500)
    copied = message("msg_9", "ses_a"), message("msg_99", "ses_a", 600, tokens=tokens(7, 7))
    if home == "export":
        in_export(tmp_path, *copied, run=new)
        in_export(tmp_path, message(session="ses_z"), run=old)
    elif home == "tree":
        in_tree(tmp_path, *copied, message(session="ses_z"), runs=(old, new))
    else:
        in_database(tmp_path, *copied, message(session="ses_z"), runs=(old, new))
    assert [(call.session, call.input) for call in calls(tmp_path)] == [("ses_z", 100), ("ses_a", 7)]


def test_messages_of_one_moment_with_other_tokens_are_two(tmp_path: Path) -> None:
    in_database(tmp_path, message("msg_1"), message("msg_2", "ses_2", tokens=tokens(101)))
    assert len(calls(tmp_path)) == 2


@pytest.mark.parametrize("home", HOMES)
def test_a_message_that_grows_is_one_call_with_its_last_tokens(tmp_path: Path, home: str) -> None:
    growing = message(tokens=tokens(50, 5), time={"created": BORN})
    HOMES[home](tmp_path, growing)
    first = facts(tmp_path)
    assert buckets(merged(first).values())["input"] == 50
    if home == "database":
        in_database(tmp_path, message(), at=BORN + 5000)
    else:
        HOMES[home](tmp_path, message())
    second = facts(tmp_path, cursors(first))
    assert buckets(counted(first + second).values()) == {**buckets([]), "calls": 1, "input": 100, "output": 20}
    assert facts(tmp_path, cursors(second, cursors(first))) == []


def test_a_message_unfinished_in_the_tree_and_ended_in_the_database_is_one(tmp_path: Path) -> None:
    in_tree(tmp_path, message(time={"created": BORN}))
    first = facts(tmp_path)
    in_database(tmp_path, message())
    assert len(counted(first + facts(tmp_path, cursors(first)))) == 1
    assert len(calls(tmp_path)) == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_message_before_its_end_and_its_copies_are_one_call_in_every_order(
    tmp_path: Path, order: Sequence[int]
) -> None:
    growing = message(tokens=tokens(50, 5), time={"created": BORN})
    runs = run_row("ses_1"), run_row("ses_2", born=50)
    copies = [
        (growing, runs[0]),
        ({**growing, "id": "msg_8", "sessionID": "ses_2"}, runs[1]),
        (message(), runs[0]),
        (message("msg_9", "ses_2"), runs[1]),
    ]
    for number, (row, run) in enumerate(copies):
        in_export(tmp_path / str(number), row, run=run)
    told = [each for number in order for each in facts(tmp_path / str(number))]
    (call,) = counted(told).values()
    assert (call.input, call.output, call.session) == (100, 20, "ses_1")
    assert len(merged(told)) == 3, "each is kept as a fact"


def test_of_two_copies_that_never_ended_the_fuller_counts(tmp_path: Path) -> None:
    for name, number in (("msg_1", 50), ("msg_2", 60), ("msg_3", 60)):
        in_export(tmp_path / name, message(name, tokens=tokens(number), time={"created": BORN}))
    found = counted(each for name in ("msg_3", "msg_1", "msg_2") for each in facts(tmp_path / name))
    assert [(call.event_key, call.input) for call in found.values()] == [("opencode/id/msg_2", 60)]


def test_an_unfinished_message_without_tokens_is_no_call_yet(tmp_path: Path) -> None:
    in_tree(tmp_path, message(tokens=tokens(0, 0), time={"created": BORN}))
    assert calls(tmp_path) == []


def test_nested_models_and_child_sessions_are_understood(tmp_path: Path) -> None:
    nested = message("msg_2", "ses_c", 9, model={"modelID": "gpt-5.4", "providerID": "openai"})
    del nested["modelID"], nested["providerID"], nested["path"]
    runs = (run_row(), run_row("ses_b", "ses_1"), run_row("ses_c", "ses_b"))
    in_tree(tmp_path, message(), nested, runs=runs)
    own, child = calls(tmp_path)
    assert (own.is_subagent, child.is_subagent) == (False, True)
    assert (child.session, child.directory, child.model, child.provider) == (
        "ses_1",
        "/work/repo",
        "gpt-5.4",
        "openai",
    )


def test_the_database_s_second_form_is_read_and_a_third_is_named(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "opencode-dev.db") as connection:
        connection.execute("CREATE TABLE session_message(id, session_id, seq, data)")
        connection.execute("INSERT INTO session_message VALUES ('m', 's', 1, ?)", [json.dumps(message())])
    connection.close()
    with sqlite3.connect(tmp_path / "opencode.db") as connection:
        connection.execute("CREATE TABLE talk(id)")
    connection.close()
    assert len(calls(tmp_path)) == 1
    (skip,) = skips(facts(tmp_path))
    assert "not known" in skip.why


def test_rollups_and_backups_are_not_read(tmp_path: Path) -> None:
    path = in_database(tmp_path, message())
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE session ADD COLUMN cost")
        connection.execute("UPDATE session SET cost = 99")
    connection.close()
    (tmp_path / "opencode.db.bak").write_bytes(path.read_bytes())
    assert [call.reported_nusd for call in calls(tmp_path)] == [None]


def test_a_live_database_is_read_with_its_log_and_left_as_it_is(tmp_path: Path) -> None:
    path = in_database(tmp_path, message())
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("UPDATE message SET data = ?", [json.dumps(message(tokens=tokens(500)))])
    connection.commit()
    assert [call.input for call in calls(tmp_path)] == [500]
    connection.close()


@pytest.mark.parametrize("wrong", [{"input": -1}, {"input": "x"}, {"output": True}])
def test_what_cannot_be_read_is_named_and_the_rest_counts(tmp_path: Path, wrong: dict[str, Any]) -> None:
    in_tree(tmp_path, message(tokens=wrong), message("msg_2", second=3))
    (tmp_path / "storage/message/ses_1/msg_3.json").write_text('{"role":')
    (tmp_path / "opencode.db").write_text("no database")
    (tmp_path / "export.json").write_text("[]")
    assert len(calls(tmp_path)) == 1
    assert sorted(each.what for each in skips(facts(tmp_path))) == ["file", "file", "file", "row"]


BASH = {
    "type": "tool",
    "tool": "bash",
    "callID": "c1",
    "state": {
        "status": "completed",
        "input": {"command": "git commit -m SECRET"},
        "output": "[main abc1234] x\nSECRET",
        "time": {"start": BORN, "end": BORN + 4000},
    },
}
EDIT = {
    "type": "tool",
    "tool": "edit",
    "callID": "c2",
    "state": {"status": "completed", "input": {"filePath": "/work/repo/src/a.py"}, "time": {"start": BORN}},
}


@pytest.mark.parametrize("home", HOMES)
def test_commits_and_writes_are_read_and_nothing_of_the_talk(tmp_path: Path, home: str) -> None:
    parts = [BASH, EDIT, {"type": "text", "text": "SECRET commit filePath"}]
    more: dict[str, Any] = {"parts": parts} if home == "export" else {}
    HOMES[home](tmp_path, message(**more))
    if home == "tree":
        folder = tmp_path / "storage/part/msg_1"
        folder.mkdir(parents=True)
        for number, part in enumerate(parts):
            (folder / f"prt_{number}.json").write_text(json.dumps(part))
    elif home == "database":
        with sqlite3.connect(tmp_path / "opencode.db") as connection:
            rows = [(str(number), "msg_1", "ses_1", BORN, BORN, json.dumps(part)) for number, part in enumerate(parts)]
            connection.executemany("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.close()
    rows_read = facts(tmp_path)
    (made,) = (each for each in rows_read if isinstance(each, SessionCommit))
    assert (made.printed_id, made.session, made.directory) == ("abc1234", "ses_1", "/work/repo")
    assert (made.ended_at - made.started_at).seconds == 4
    assert [each.path for each in rows_read if isinstance(each, SessionWrite)] == ["src/a.py"]
    assert "SECRET" not in repr(rows_read)


def test_an_unchanged_home_is_not_read_again(tmp_path: Path) -> None:
    for home in HOMES.values():
        home(tmp_path, message())
    assert facts(tmp_path, cursors(facts(tmp_path))) == []


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_goes_ends_in_the_same_totals(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    runs = (run_row("ses_1"), run_row("ses_2", born=50))
    rows = [message(f"msg_{number}", second=number, tokens=tokens(number + 1)) for number in range(6)]
    rows += [{**row, "id": f"copy_{row['id']}", "sessionID": "ses_2"} for row in rows[:4]]
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    in_database(whole, *rows, runs=runs)
    found: dict[str, Call] = {}
    known: dict[str, str] = {}
    for row in chance.sample(rows, len(rows)):
        home = chance.choice(["tree", "database"])
        in_tree(pieces, row, runs=runs) if home == "tree" else in_database(pieces, row, runs=runs)
        read_now = facts(pieces, known)
        found, known = merged(read_now, found), cursors(read_now, known)
    assert buckets(found.values()) == buckets(calls(whole))
    assert {call.session for call in found.values()} == {"ses_1"}


def test_homes_are_found_where_they_are(tmp_path: Path) -> None:
    for name in (".local/share/opencode", "xdg/opencode"):
        (tmp_path / name).mkdir(parents=True)
    assert find_roots({"HOME": str(tmp_path)}) == [tmp_path / ".local/share/opencode"]
    assert find_roots({"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "xdg")}) == [tmp_path / "xdg/opencode"]


# -- real input --------------------------------------------------------------------------------------------------------


def as_counted(found: Mapping[str, int]) -> dict[str, int]:
    return {**found, "output": found["output"] - found["reasoning"]}


def test_the_real_export_is_the_ground_truth(samples: Path) -> None:
    found = list(merged(facts(samples / "usage/opencode/sample-export.json")).values())
    assert as_counted(buckets(found)) == truth(samples)["opencode/sample-export.json"]


def test_the_real_tree_and_database_are_the_ground_truth(samples: Path) -> None:
    wanted = {**truth(samples)["opencode/tokenuze"], **truth(samples)["opencode/gitai-opencode-sqlite"]}
    found = by_model(calls(samples / "usage/opencode"))
    assert {model: as_counted(found[model]) for model in wanted} == wanted


def test_a_call_says_its_agent_or_mode_and_a_child_session_is_a_subagent_s_run(tmp_path: Path) -> None:
    runs = (run_row("top"), run_row("kid", "top"))
    first = message("m1", "top", agent="plan", mode="build")
    second = message("m2", "kid", 5, mode="code-reviewer")
    in_tree(tmp_path, first, second, runs=runs)
    assert [(call.agent_name, call.subagent, call.session) for call in calls(tmp_path)] == [
        ("plan", "", "top"),
        ("code-reviewer", "kid", "top"),
    ]


def test_a_subagent_that_edits_has_written(tmp_path: Path) -> None:
    in_tree(tmp_path, message("m1", "top"), message("m2", "kid", 5), runs=(run_row("top"), run_row("kid", "top")))
    state = {"status": "completed", "input": {"filePath": "/work/repo/x"}, "time": {"start": BORN, "end": BORN}}
    for name, session in (("m1", "top"), ("m2", "kid")):
        place = tmp_path / "storage/part" / name / "p1.json"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps({"type": "tool", "tool": "edit", "sessionID": session, "state": state}))
    assert [(each.session, each.id) for each in facts(tmp_path) if isinstance(each, Subagent)] == [("top", "kid")]
