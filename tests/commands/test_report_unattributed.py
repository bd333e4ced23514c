"""`ledger report --unattributed` as a person and a program use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.posting.calling import made, post_calls


def test_both_forms_say_the_same_as_the_report(committed: Path) -> None:
    post_calls(committed, made("a", hours=100, session="session-1", branch="gone"))
    text = run("-C", str(committed), "report", "--unattributed")
    assert (text.code, text.err) == (0, "")
    assert "session session-1" in text.out
    assert "ledger tag REV --session ID" in text.out
    told = json.loads(run("-C", str(committed), "report", "--unattributed", "--format", "json").out)
    whole = json.loads(run("-C", str(committed), "report", "--format", "json").out)
    assert told["unattributed_usd"] == whole["reconciliation"]["buckets"]["unattributed"]
    assert told["total_usd"] == whole["reconciliation"]["total_usd"]


@pytest.mark.parametrize(
    "option", ["--since=2026-01-01", "--until=2026-05-01", "--as-of=2026-05-01", "--by=label:team"]
)
def test_what_would_make_it_miss_the_bucket_is_refused(committed: Path, option: str) -> None:
    post_calls(committed, made("a", hours=100))
    done = run("-C", str(committed), "report", "--unattributed", option)
    assert (done.code, done.out) == (1, "")
    assert "leave the other options out." in done.err
