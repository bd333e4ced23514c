"""From transcripts, commits and entries as they are written to roles, attempts and reviews in the views."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.reading import Named
from ledger.posting.derive import derive
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store import reads
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW, asked, opened
from tests.posting.entering import NAME, entry, with_remote

Row = dict[str, Any]


class Log:
    """A transcript of the repository, written row by row; `minute` counts from the tests' beginning."""

    def __init__(self, repository: Path, home: Path, session: str, branch: str, subagent: str = "") -> None:
        folder = home / ".claude/projects/p"
        self.path = folder / (f"{session}/subagents/agent-{subagent}.jsonl" if subagent else f"{session}.jsonl")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        inner = {"agentId": subagent, "isSidechain": True} if subagent else {}
        self.about: Row = {"sessionId": session, "cwd": str(repository), "gitBranch": branch, **inner}

    def add(self, kind: str, minute: float, **message: Any) -> None:
        """A row of any kind."""
        at = (WHEN + timedelta(minutes=minute)).isoformat()
        name = f"{self.path.stem}-{minute}"
        row = {"type": kind, "uuid": name, "timestamp": at, **self.about, "message": {"role": kind, **message}}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")

    def call(self, minute: float, model: str, *tools: Row, output: int = 1000) -> None:
        """A call, with the tools that it uses."""
        usage = {"input_tokens": 0, "output_tokens": output}
        name = f"msg_{self.path.stem}_{minute}"
        about: Row = {"id": name, "model": model, "stop_reason": "end_turn", "usage": usage}
        self.add("assistant", minute, content=list(tools), **about)

    def result(self, minute: float, use: str, text: str) -> None:
        """The answer of a tool."""
        self.add("user", minute, content=[{"type": "tool_result", "tool_use_id": use, "content": text}])


def tool(name: str, use: str, **given: str) -> Row:
    return {"type": "tool_use", "id": use, "name": name, "input": given}


OPUS, HAIKU, SONNET = "claude-opus-4-8", "claude-haiku-4-5", "claude-sonnet-4-6"


@pytest.fixture
def worked(repository: Path, hermetic: Path, tmp_path: Path) -> Path:
    """Haiku tries and fails, opus mends it; an explorer and a reviewer help; another session approves the request."""
    with_remote(repository, NAME)
    git(repository, "switch", "-q", "-c", "feat")
    tries = [
        commit(repository, f"feat: try {number}", {"x": str(number)}, at=WHEN + timedelta(minutes=minute))
        for number, minute in enumerate((10, 30))
    ]
    git(repository, "switch", "-q", "main")
    for number, (minute, model) in enumerate(((9, HAIKU), (29, OPUS))):
        log = Log(repository, hermetic, f"s{number}", "feat")
        if not number:
            log.call(5, model, tool("Task", "t1", subagent_type="Explore", prompt="look"))
            log.result(8, "t1", "found\nagentId: a1")
        log.call(minute, model, tool("Edit", f"e{number}", file_path=str(repository / "x")))
        log.call(minute + 0.9, model, tool("Bash", f"c{number}", command="git commit -m x"))
        log.result(minute + 1.02, f"c{number}", f"[feat {tries[number][:7]}] feat: try {number}")
    Log(repository, hermetic, "s0", "feat", "a1").call(6, HAIKU)
    reviewer = Log(repository, hermetic, "s1", "feat", "a2")
    reviewer.call(29.5, SONNET)
    reviewer.path.with_suffix(".meta.json").write_text('{"agentType": "kit:code-reviewer"}')
    approving = Log(repository, hermetic, "r", "main")
    approving.call(40, SONNET, tool("Bash", "g", command="gh pr review 7 --approve"))
    rows = [
        entry("request", number=7, opened_at=WHEN.isoformat(), merged_at="2026-03-01T12:00:00Z", head_oid=tries[1]),
        entry("run", run="1", oid=tries[0], conclusion="failed", at=(WHEN + timedelta(minutes=20)).isoformat()),
        entry("run", run="2", oid=tries[1], conclusion="passed", at=(WHEN + timedelta(minutes=35)).isoformat()),
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with opened(repository) as ledger:
        workplace = open_workplace(str(repository))
        update(workplace, ledger, now=NOW, named={"entries": Named((str(file),))})
    return repository


def test_each_call_has_the_role_of_who_made_it(worked: Path) -> None:
    rows = asked(worked, "SELECT session, model, role, role_evidence, rule, calls FROM charge ORDER BY session, role")
    assert rows == [
        ("r", SONNET, "review", "inferred", "review", 1),
        ("s0", HAIKU, "implement", "inferred", "printed-id", 3),
        ("s0", HAIKU, "scout", "name", "printed-id", 1),
        ("s1", OPUS, "implement", "inferred", "printed-id", 2),
        ("s1", SONNET, "review", "name", "printed-id", 1),
    ]


def test_the_change_tells_its_loop_and_its_reviews(worked: Path) -> None:
    sql = """SELECT attempts, failed_runs, first_pass, models_tried, started_by, started_model, started_role,
        second_review_when, reviews_known FROM changes WHERE number = 7"""
    assert asked(worked, sql) == [
        (2, 1, 0, f"{HAIKU} → {OPUS}", "model", HAIKU, "implement", "final", 2),
    ]
    attempts = "SELECT attempt, model, ended_by, failed_runs, calls FROM change_attempts ORDER BY attempt"
    assert asked(worked, attempts) == [(1, HAIKU, "failed-run", 1, 4), (2, OPUS, "end", 0, 4)]
    reviews = "SELECT model, after_last_commit, before_decision FROM change_reviews ORDER BY review"
    assert asked(worked, reviews) == [(SONNET, 0, 1), (SONNET, 1, 1)]
    sums = "SELECT (SELECT SUM(nusd) FROM attempt), (SELECT nusd FROM change WHERE number = 7)"
    ((of_attempts, of_change),) = asked(worked, sums)
    assert of_attempts == of_change > 0


def test_deriving_again_comes_to_the_same(worked: Path) -> None:
    with opened(worked) as ledger:
        with ledger.read() as connection:
            (identity,) = reads.repositories(connection)
            before = {kind: list(reads.derived(connection, kind, identity)) for kind in ("change", "attempt", "review")}
        derive(ledger, identity)
        with ledger.read() as connection:
            assert before == {kind: list(reads.derived(connection, kind, identity)) for kind in before}
