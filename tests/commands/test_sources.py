"""`ledger sources`: every source, what is here of it, and nothing read that was not asked for."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import run
from tests.gitting import WHEN, git
from tests.noting import add_note, note_text
from tests.sources.reading import write_rows


def transcript(home: Path, cwd: Path, calls: int = 2) -> Path:
    """A session of Claude Code in a home."""
    rows = [
        {
            "type": "assistant",
            "timestamp": f"2026-03-01T10:00:0{number}.000Z",
            "sessionId": "s1",
            "cwd": str(cwd),
            "message": {
                "id": f"msg_{number}",
                "model": "claude-opus-4-8",
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 5, "output_tokens": 50},
            },
        }
        for number in range(calls)
    ]
    return write_rows(home / ".claude/projects/-repo/s1.jsonl", rows)


def told(repository: Path) -> dict[str, Any]:
    done = run("-C", str(repository), "sources", "--json")
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def by_name(repository: Path) -> dict[str, Any]:
    return {source["name"]: source for source in told(repository)["sources"]}


def test_every_source_that_update_takes_is_listed_in_its_order(committed: Path) -> None:
    from ledger.commands.update import _FOUND, _NAMED

    sources = told(committed)["sources"]
    assert [source["name"] for source in sources] == [*_FOUND, *_NAMED]
    assert {source["kind"] for source in sources} == {"repository", "agent", "named"}


def test_before_the_first_post_it_tells_what_is_here_and_makes_nothing(committed: Path, hermetic: Path) -> None:
    path = transcript(hermetic, committed)
    claude = by_name(committed)["claude-code"]
    assert claude["present"]["where"] == [str(hermetic / ".claude/projects")]
    assert (claude["present"]["files"], claude["present"]["size"]) == (1, path.stat().st_size)
    assert (claude["counted"], claude["last_read"]) == (None, None)
    assert "run ledger init" in told(committed)["notice"]
    assert not (committed / ".git/ledger").exists()


def test_after_a_post_it_tells_the_calls_and_when_the_logs_were_read(committed: Path, hermetic: Path) -> None:
    transcript(hermetic, committed)
    assert run("-C", str(committed), "update").code == 0
    claude = by_name(committed)["claude-code"]
    assert (claude["counted"]["calls"], claude["counted"]["places"]) == (2, 1)
    assert claude["counted"]["latest_call"] == "2026-03-01T10:00:01+00:00"
    assert claude["last_read"] is not None
    assert told(committed)["notice"] == ""


def test_it_tells_how_old_the_newest_file_is(committed: Path, hermetic: Path) -> None:
    path = transcript(hermetic, committed)
    os.utime(path, (1_772_000_000, 1_772_000_000))
    assert by_name(committed)["claude-code"]["present"]["newest"] == "2026-02-25T06:13:20+00:00"


def test_a_log_that_nobody_asked_for_is_not_opened(committed: Path, hermetic: Path) -> None:
    path = transcript(hermetic, committed)
    opened: list[str] = []
    _watch(opened)
    assert by_name(committed)["claude-code"]["present"]["files"] == 1
    assert str(path) not in opened
    path.read_bytes()
    assert str(path) in opened, "the watch sees what is opened"


_LISTENERS: list[list[str]] = []


def _watch(opened: list[str]) -> None:
    """Every file that this process opens from now on; a hook cannot be taken out, so one serves all."""
    if not _LISTENERS:
        sys.addaudithook(_heard)
    _LISTENERS.append(opened)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        for listener in _LISTENERS:
            listener.append(str(arguments[0]))


def test_a_file_that_may_not_be_read_is_still_seen(committed: Path, hermetic: Path) -> None:
    transcript(hermetic, committed).chmod(0)
    assert by_name(committed)["claude-code"]["present"]["files"] == 1


def test_aider_s_chats_are_looked_for_in_the_worktree(committed: Path) -> None:
    chat = committed / ".aider.chat.history.md"
    chat.write_text("# aider chat started at 2026-03-01 10:00:00\n")
    assert by_name(committed)["aider"]["present"]["where"] == [str(chat)]


def test_named_sources_are_not_looked_for_and_tell_what_was_read(committed: Path, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text("at,model,input,output\n2026-03-01T10:00:00Z,gpt-5.4,10,2\n")
    assert run("-C", str(committed), "update", "--source", "table", str(bill)).code == 0
    table = by_name(committed)["table"]
    assert table["present"] is None
    assert (table["counted"]["calls"], table["counted"]["places"]) == (1, 1)
    assert str(bill) not in run("-C", str(committed), "sources", "--json").out


@pytest.fixture
def spoilt(committed: Path) -> Path:
    """A repository whose ledger is no database."""
    path = committed / ".git/ledger/ledger.db"
    path.parent.mkdir()
    path.write_text("tea leaves " * 100)
    return committed


def test_a_ledger_that_cannot_be_asked_is_said_and_the_rest_is_told(spoilt: Path, hermetic: Path) -> None:
    transcript(hermetic, spoilt)
    assert by_name(spoilt)["claude-code"]["present"]["files"] == 1
    assert "ledger.db" in told(spoilt)["notice"]


def test_the_table_names_the_places_and_what_reads_when(
    committed: Path, hermetic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    transcript(hermetic, committed)
    run("-C", str(committed), "update")
    done = run("-C", str(committed), "sources")
    assert (done.code, done.err) == (0, "")
    line = next(line for line in done.out.splitlines() if line.startswith("claude-code"))
    assert line.split()[1:3] == ["1", "file"]
    assert f"claude-code  {hermetic / '.claude/projects'}" in done.out
    assert "ledger update --source litellm FILE" in " ".join(done.out.split())


def test_elsewhere_than_in_a_repository_it_says_so(tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), "sources")
    assert done.code == 1
    assert done.err.startswith("ledger: ")


def test_git_ai_s_notes_are_told_where_there_are_some(committed: Path) -> None:
    assert by_name(committed)["git-ai"]["present"]["where"] == []
    add_note(committed, git(committed, "rev-parse", "HEAD"), note_text({"m-1": "1"}), at=WHEN)
    assert by_name(committed)["git-ai"]["present"]["where"] == ["refs/notes/ai"]
    assert by_name(committed)["git-ai"]["present"]["newest"] == WHEN.isoformat()
    run("-C", str(committed), "update")
    assert by_name(committed)["git-ai"]["counted"]["places"] == 1
