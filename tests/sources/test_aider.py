"""Aider's analytics log and chat history, rule by rule; and the real sample against its independent count."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.aider_log import rounded
from ledger.domain.facts import Place
from ledger.domain.session_facts import Call, Session, SessionCommit
from ledger.sources.aider import find_roots, kept_in, read, watched_in
from tests.domain.building import sure
from tests.sources.reading import buckets, cursors, merged, skips, truth, write_rows

NOON = 1_772_366_400  # 2026-03-01 12:00 UTC


def event(kind: str, second: int = 0, **held: Any) -> dict[str, Any]:
    return {"event": kind, "properties": held, "user_id": "u", "time": NOON + second}


def sent(
    second: int = 0, prompt: int = 1000, completion: int = 50, cost: float | None = 0.01, **more: Any
) -> dict[str, Any]:
    tokens = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    money = {"cost": cost, "total_cost": 0.01 * (second + 1)}
    return event(
        "message_send", second, main_model="gpt-5.4", weak_model="x", edit_format="diff", **tokens, **money, **more
    )


HISTORY = """
# aider chat started at 2026-03-01 12:00:00

> Aider v0.86.1
> Main model: anthropic/claude-sonnet-4-5 with diff edit format
#### SECRET

> Tokens: 12k sent, 1.2k cache write, 2.5k cache hit, 800 received. Cost: $0.02 message, $0.02 session.
> Commit abc1234 feat: first
> Tokens: 1.5k sent, 200 received.
> Commit def5678 feat: second
"""


def history(worktree: Path, text: str = HISTORY) -> Path:
    path = worktree / ".aider.chat.history.md"
    path.write_text(text)
    return path


def facts(log: Path | None, worktree: Path | None = None, known: Mapping[str, str] | None = None) -> list[Any]:
    roots, worktrees = [log] if log else [], [str(worktree)] if worktree else []
    return list(read(roots, known or {}, str, worktrees))


def calls(log: Path | None, worktree: Path | None = None) -> list[Call]:
    return sorted(merged(facts(log, worktree)).values(), key=lambda call: call.at)


def test_each_sent_message_is_a_call_with_its_own_cost(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [event("launched"), sent(1, cost=0.25), sent(9), event("exit", 10)])
    first, second = calls(log)
    assert (first.input, first.output, first.reported_nusd, first.reported_kind) == (1000, 50, 250_000_000, "list")
    assert (first.model, first.agent, first.directory, first.quality) == ("gpt-5.4", "aider", "", "final")
    assert second.reported_nusd == 10_000_000
    (session,) = (each for each in facts(log) if isinstance(each, Session))
    assert session.id == first.session == second.session


def test_sessions_begin_where_aider_was_launched(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [event("launched"), sent(1), event("launched", 5), sent(9)])
    assert len({call.session for call in calls(log)}) == 2


def test_a_log_inside_a_worktree_says_by_that_where_it_was(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "repo" / "log.jsonl", [sent(1)])
    assert [call.directory for call in calls(log, tmp_path / "repo")] == [str(tmp_path / "repo")]
    assert [each.directory for each in facts(log, tmp_path / "repo") if isinstance(each, Place)] == [
        str(tmp_path / "repo")
    ]


@pytest.mark.parametrize("cost", [None, "free", -1, True])
def test_an_unknown_cost_is_not_nothing(tmp_path: Path, cost: Any) -> None:
    (call,) = calls(write_rows(tmp_path / "log.jsonl", [sent(cost=cost)]))
    assert (call.reported_nusd, call.reported_kind) == (None, "")


def test_joined_and_repeated_logs_count_once(tmp_path: Path) -> None:
    rows = [event("launched"), sent(1), sent(2)]
    write_rows(tmp_path / "one.jsonl", rows * 2)
    write_rows(tmp_path / "two.jsonl", [*rows, sent(3)])
    assert buckets(calls(tmp_path))["calls"] == 3


def test_broken_rows_are_counted_and_empty_ones_are_no_calls(tmp_path: Path) -> None:
    bad = [sent(prompt=-1), {**sent(), "time": "now"}, b'{"event": "message_send"\n', sent(3, 0, 0)]
    log = write_rows(tmp_path / "log.jsonl", [*bad, sent(5)])
    rows = facts(log)
    assert len(merged(rows)) == 1
    assert [(each.what, each.why[:6]) for each in skips(rows)] == [("line", "1 brok"), ("row", "2 rows")]
    assert facts(log, known=cursors(rows)) == []


# -- the history -------------------------------------------------------------------------------------------------------


def test_the_history_tells_rounded_calls_and_the_commits_between_them(tmp_path: Path) -> None:
    history(tmp_path)
    first, second = calls(None, tmp_path)
    assert (first.input, first.cache_read, first.cache_write_5m, first.output) == (8300, 2500, 1200, 800)
    assert (first.reported_nusd, first.model, first.agent_version) == (20_000_000, "claude-sonnet-4-5", "0.86.1")
    assert (second.input, second.output, second.reported_nusd) == (1500, 200, None)
    assert {call.quality for call in (first, second)} == {"estimated"}
    assert first.directory == str(tmp_path)
    rows = facts(None, tmp_path)
    made = [each for each in rows if isinstance(each, SessionCommit)]
    assert [(each.printed_id, each.subject, each.session) for each in made] == [
        ("abc1234", "feat: first", first.session),
        ("def5678", "feat: second", first.session),
    ]
    assert first.at < made[0].started_at < second.at < made[1].started_at
    assert "SECRET" not in repr(rows)


def test_what_an_analytics_log_covers_is_not_counted_from_the_history(tmp_path: Path) -> None:
    later = HISTORY.replace("12:00:00", "15:00:00")
    history(tmp_path, HISTORY + later)
    log = write_rows(tmp_path / "log.jsonl", [event("launched", 3 * 3600), sent(3 * 3600 + 5)])
    found = calls(log, tmp_path)
    assert [call.quality for call in found] == ["estimated", "estimated", "final"]
    known = cursors(facts(log, tmp_path))
    history(tmp_path, HISTORY + later + later)
    assert merged(facts(log, tmp_path, known)) == {}


@pytest.mark.parametrize("place", ["home", "other"])
def test_a_log_that_does_not_lie_in_the_worktree_does_not_silence_its_history(tmp_path: Path, place: str) -> None:
    for name in ("repo", "other"):
        (tmp_path / name).mkdir()
    history(tmp_path / "repo")
    log = write_rows(tmp_path / place / "log.jsonl", [event("launched"), sent(5)])
    worktrees = [str(tmp_path / "repo"), str(tmp_path / "other")]
    found = merged(list(read([log], {}, str, worktrees))).values()
    assert sorted((Path(call.directory).name, call.quality) for call in found if call.directory) == [
        *([("other", "final")] if place == "other" else []),
        ("repo", "estimated"),
        ("repo", "estimated"),
    ]


def test_a_log_with_a_relative_name_lies_where_one_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(tmp_path / "log.jsonl", [event("launched"), sent(5)])
    monkeypatch.chdir(tmp_path)
    (log,) = find_roots({"HOME": "/nonexistent", "AIDER_ANALYTICS_LOG": "log.jsonl"})
    assert [call.directory for call in calls(log, tmp_path)] == [str(tmp_path)]


def test_a_log_behind_a_link_lies_where_the_link_leads(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "repo")
    write_rows(tmp_path / "repo" / "log.jsonl", [event("launched"), sent(5)])
    (call,) = calls(tmp_path / "link" / "log.jsonl", tmp_path / "repo")
    assert call.directory == str(tmp_path / "repo")


def test_a_log_that_the_worktrees_own_configuration_names_is_read(tmp_path: Path) -> None:
    (tmp_path / ".aider.conf.yml").write_text("analytics-log: log.jsonl\n")
    write_rows(tmp_path / "log.jsonl", [event("launched"), sent(5)])
    history(tmp_path)
    assert [(call.directory, call.quality) for call in calls(None, tmp_path)] == [(str(tmp_path), "final")]
    assert kept_in(tmp_path) == [tmp_path / name for name in (".aider.chat.history.md", "log.jsonl")]
    assert watched_in(tmp_path) == [tmp_path / ".aider.conf.yml", *kept_in(tmp_path)]


def test_a_history_that_grows_is_read_on(tmp_path: Path) -> None:
    wanted = calls(None, history(tmp_path).parent)
    chance = random.Random(1)
    found: dict[str, Call] = {}
    known: dict[str, str] = {}
    for cut in [*sorted(chance.sample(range(len(HISTORY)), 6)), len(HISTORY)]:
        history(tmp_path, HISTORY[:cut])
        rows = facts(None, tmp_path, known)
        found, known = merged(rows, found), cursors(rows, known)
    assert sorted(found.values(), key=lambda call: call.at) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("800", 800), ("1.2k", 1200), ("12k", 12_000), ("1.5M", 1_500_000), ("1,200", 1200), ("x", 0), ("", 0)],
)
def test_rounded_counts(said: str, wanted: int) -> None:
    assert rounded(said) == wanted


def test_the_log_is_found_where_it_was_named(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [sent()])
    other = write_rows(tmp_path / "other.jsonl", [sent()])
    (tmp_path / ".aider.conf.yml").write_text("model: x\nanalytics-log: ~/other.jsonl # mine\n")
    environ = {"HOME": str(tmp_path), "AIDER_ANALYTICS_LOG": str(log)}
    assert find_roots(environ) == [log, other]
    assert find_roots({"HOME": str(tmp_path / "none")}) == []


def test_the_real_log_is_the_ground_truth_and_not_the_sum_of_running_totals(samples: Path) -> None:
    wanted = truth(samples)["aider/sample-analytics.jsonl"]["by_model"]
    found = calls(samples / "usage/aider/sample-analytics.jsonl")
    for model, told in wanted.items():
        own = [call for call in found if call.model_raw == model]
        assert (len(own), sum(sure(call.input) for call in own), sum(sure(call.output) for call in own)) == (
            told["n"],
            told["prompt"],
            told["completion"],
        )
        assert round(sum(call.reported_nusd or 0 for call in own) / 10**9, 6) == told["cost"]
    assert {call.model_raw for call in found} == set(wanted)
    lines = (samples / "usage/aider/sample-analytics.jsonl").read_text().splitlines()
    naive = sum(json.loads(line)["properties"].get("total_cost", 0) for line in lines)
    assert naive > 1.5 * sum(told["cost"] for told in wanted.values())


def test_a_way_of_working_that_is_no_edit_format_is_named(tmp_path: Path) -> None:
    def sent_in(mode: str) -> str:
        row = sent()
        row["properties"]["edit_format"] = mode
        (call,) = calls(write_rows(tmp_path / f"{mode}.jsonl", [row]))
        return call.agent_name

    assert [sent_in(mode) for mode in ("ask", "architect", "diff")] == ["ask", "architect", ""]


def test_a_chat_that_began_at_no_time_is_no_new_one(tmp_path: Path) -> None:
    history(tmp_path, HISTORY.replace("2026-03-01", "2026-13-01") + HISTORY)
    assert len(calls(None, tmp_path)) == 2
