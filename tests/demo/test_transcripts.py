"""The demo's transcripts, read by the reader that reads everyone's."""

import json
from collections import Counter
from pathlib import Path

import pytest

from ledger.demo.plan import PlannedCommit, Scenario
from ledger.demo.scenario import draw_scenario
from ledger.demo.transcripts import count_calls, slug, write_transcripts
from ledger.domain.merging import merge_calls
from ledger.domain.session_facts import Call, SessionCommit
from ledger.sources import claude_code


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return draw_scenario(seed=5, changes=60)


@pytest.fixture(scope="module")
def home(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    write_transcripts(scenario, _said(scenario), home / "repository", home)
    return home


def test_the_reader_finds_every_planned_call_once_with_its_tokens(scenario: Scenario, home: Path) -> None:
    merged: dict[str, Call] = {}
    for fact in claude_code.read([home / ".claude"], {}, str):
        if isinstance(fact, Call):
            merged[fact.event_key] = merge_calls(merged[fact.event_key], fact) if fact.event_key in merged else fact
    turns = [turn for change in scenario.changes for turn in change.turns] + list(scenario.strays)
    planned = Counter(
        (call.model, call.input, call.cache_read, call.cache_write, call.output, turn.has_long_cache)
        for turn in turns
        for call in turn.calls
    )
    read = Counter(
        (
            str(call.model),
            call.input,
            call.cache_read,
            call.cache_write_5m + call.cache_write_1h,
            call.output,
            call.cache_write_1h > 0,
        )
        for call in merged.values()
    )
    assert len(merged) == count_calls(scenario)
    assert read == planned
    assert {call.quality for call in merged.values()} == {"final"}


def test_the_reader_finds_every_commit_with_the_id_that_git_printed(scenario: Scenario, home: Path) -> None:
    found = {fact.id: fact for fact in claude_code.read([home / ".claude"], {}, str) if isinstance(fact, SessionCommit)}
    planned = {turn.commit for change in scenario.changes for turn in change.turns if turn.commit and turn.session}
    assert sorted(commit.subject for commit in found.values()) == sorted(commit.subject for commit in planned)
    assert {commit.printed_id for commit in found.values()} == {_short(commit.at.timestamp()) for commit in planned}
    dates = [commit.at for commit in planned]
    assert all(any(row.started_at <= at <= row.ended_at for at in dates) for row in found.values())


def test_a_naive_sum_over_the_rows_counts_too_much(scenario: Scenario, home: Path) -> None:
    rows = [json.loads(line) for path in home.rglob("*.jsonl") for line in path.read_text().splitlines()]
    billed = [row["message"]["id"] for row in rows if row["type"] == "assistant"]
    assert len(billed) >= 2 * len(set(billed))
    sessions: dict[str, set[str]] = {}
    for row in rows:
        if row["type"] == "assistant":
            sessions.setdefault(row["message"]["id"], set()).add(row["sessionId"])
    assert any(len(names) > 1 for names in sessions.values())
    assert any(row["isSidechain"] for row in rows)


def test_a_slug_keeps_letters_and_digits() -> None:
    assert slug(Path("/home/ada/my_repo.v2")) == "-home-ada-my-repo-v2"


def _said(scenario: Scenario) -> dict[PlannedCommit, str]:
    return {
        turn.commit: f"[{turn.branch} {_short(turn.commit.at.timestamp())}] {turn.commit.subject}\n 1 file changed"
        for change in scenario.changes
        for turn in change.turns
        if turn.commit
    }


def _short(timestamp: float) -> str:
    return f"{int(timestamp):010x}"[-9:]
