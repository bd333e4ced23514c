"""A call that a log, a gateway and telemetry tell of is one call in the ledger, whichever is posted first."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.reading import Named
from ledger.posting.checking import check
from ledger.posting.reporting import make_report
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.reports import render
from ledger.store import reads
from ledger.store.engine import open_ledger
from tests.gitting import commit, git
from tests.naming import lines, written
from tests.posting.entering import NOW
from tests.sources import test_otlp as telemetry
from tests.sources.test_claude_code import row
from tests.sources.test_litellm import spend_log

DAY = "2026-03-01T10:00:{:02d}Z"


@pytest.fixture
def shop(repository: Path, hermetic: Path) -> Path:
    """A repository with a commit an hour after a session of Claude Code in it, whose output is a placeholder."""
    git(repository, "remote", "add", "origin", "https://github.com/example/shop.git")
    usage = {"input_tokens": 10, "cache_creation_input_tokens": 1000, "cache_read_input_tokens": 5000}
    transcript = [
        row(
            f"msg_{each:>08}",
            each,
            output=1,
            stop_reason=None,
            usage=usage,
            cwd=str(repository),
            requestId=f"req_{each:>08}",
        )
        for each in range(3)
    ]
    content = [{"type": "text", "text": "x" * 4000}]
    for each in transcript:
        each["message"]["content"] = content
    folder = hermetic / ".claude" / "projects" / "-shop"
    folder.mkdir(parents=True)
    (folder / "s1.jsonl").write_text(lines(transcript))
    commit(repository, "feat: begin", at=NOW.replace(month=3, day=1, hour=11))
    return repository


def files(folder: Path) -> dict[str, Path]:
    """What others tell of the same three calls: telemetry names the request, the proxy names nothing."""
    events = [
        telemetry.logs(
            telemetry.event(
                request_id=f"req_{each:>08}", session__id="s1", event__timestamp=DAY.format(each), input_tokens=10,
                cache_read_tokens=5000, cache_creation_tokens=1000, output_tokens=260, cost_usd=0.05,
            )
        )
        for each in range(3)
    ]  # fmt: skip
    proxied = [
        spend_log(f"chatcmpl-{each}", startTime=DAY.format(each), session_id="", spend=0.04,
                  request_tags=["repo:github.com/example/shop", "branch:main"])
        for each in range(3)
    ]  # fmt: skip
    return {
        "otlp": written(folder, "events.jsonl", lines([*events, telemetry.metrics()])),
        "litellm": written(folder, "spend.json", proxied),
    }


def post(where: Path, database: Path, *steps: tuple[str, Path | None]) -> None:
    ledger = open_ledger(str(database))
    workplace = open_workplace(str(where), database=str(database))
    for source, file in steps:
        named = {source: Named((str(file),))} if file else {}
        update(workplace, ledger, now=NOW, sources=("commits", *(() if file else ("claude-code",))), named=named)
    ledger.close()


def report(database: Path) -> dict[str, Any]:
    ledger = open_ledger(str(database))
    found: dict[str, Any] = json.loads(render(make_report(ledger, NOW), "json"))
    assert [(what, said) for what, said in check(ledger, whole=True) if said] == []
    ledger.close()
    return found


def test_any_order_of_posting_counts_each_call_once(shop: Path, tmp_path: Path) -> None:
    told = files(tmp_path)
    ends = []
    for number, order in enumerate(itertools.permutations([("claude-code", None), *told.items()])):
        post(shop, tmp_path / f"{number}.db", *order)
        said = report(tmp_path / f"{number}.db")
        said["coverage"].pop("skipped")
        ends.append(said)
    coverage = ends[0]["coverage"]
    assert (coverage["calls"], coverage["calls_placeholder"], coverage["calls_duplicate"]) == (3, 0, 3)
    assert coverage["out_of_scope_sessions"] == 1, "the session of the metrics alone"
    assert all(end == ends[0] for end in ends)


def test_telemetry_posted_later_mends_what_was_concluded(shop: Path, tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    post(shop, database, ("claude-code", None))
    before = report(database)
    assert before["coverage"]["calls_placeholder"] == 3
    post(shop, database, ("otlp", files(tmp_path)["otlp"]))
    after = report(database)
    assert after["coverage"]["calls_placeholder"] == 0
    assert float(after["reconciliation"]["total_usd"]) > float(before["reconciliation"]["total_usd"])


def test_the_duplicates_can_be_looked_up(shop: Path, tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    post(shop, database, ("claude-code", None), ("litellm", files(tmp_path)["litellm"]))
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        found = {row.event_key: row.match for row in reads.facts(connection, "call_cost")}
    text = render(make_report(ledger, NOW), "table", width=100)
    ledger.close()
    assert {key for key, match in found.items() if match == "possible duplicate"} == {
        f"litellm/chatcmpl-{each}" for each in range(3)
    }
    assert "Not counted: 3 possible duplicates, equal to another source's call in model, tokens and time." in text
