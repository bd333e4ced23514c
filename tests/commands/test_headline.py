"""Bare `ledger`: one sentence, and only what a person should do something about."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from ledger.commands.options import now
from ledger.hooking.marks import EVENTS
from ledger.store.engine import open_ledger
from tests.commands.running import run
from tests.gitting import commit, git


def test_the_first_line_is_the_report_s_headline(posted: Path) -> None:
    done = run("-C", str(posted))
    assert (done.code, done.err) == (0, "")
    headline = json.loads(run("-C", str(posted), "report", "--format", "json").out)["headline"]
    assert done.out.splitlines()[0] == headline


def test_it_posts_what_is_new_first(posted: Path) -> None:
    commit(posted, "fix: new\n\nAssisted-by: claude-code:claude-opus-4-8")
    assert run("-C", str(posted)).code == 0
    found = run("-C", str(posted), "query", "--format", "csv", "SELECT count(*) AS n FROM git_commit")
    assert found.out == "n\n2\n"


def test_it_makes_the_ledger_where_there_is_none(committed: Path) -> None:
    assert run("-C", str(committed)).code == 0
    assert (committed / ".git" / "ledger" / "ledger.db").exists()


def test_missing_hooks_are_named_until_they_are_there(committed: Path) -> None:
    assert f"Hooks are not installed ({', '.join(EVENTS)})" in run("-C", str(committed)).out
    run("-C", str(committed), "install")
    assert "Hooks are not installed" not in run("-C", str(committed)).out


def test_hooks_that_cannot_be_installed_are_not_advised(committed: Path, old_git: str) -> None:
    git(committed, "config", "core.hooksPath", "/elsewhere")
    assert "ledger install" not in run("-C", str(committed)).out


def test_hooks_that_git_no_longer_reaches_are_missing(committed: Path) -> None:
    run("-C", str(committed), "install", "--files")
    git(committed, "config", "core.hooksPath", ".githooks")
    assert "Hooks are not installed" in run("-C", str(committed)).out


def test_entries_left_out_need_attention(committed: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl").write_text("{torn\n")
    run("-C", str(committed), "update", "--source", "entries", str(tmp_path / "torn.jsonl"))
    assert "Could not be read: 1 thing" in run("-C", str(committed)).out


def test_logs_that_had_not_been_read_for_long_need_attention_once(posted: Path) -> None:
    def read(days: int) -> str:
        ledger = open_ledger(str(posted / ".git/ledger/ledger.db"))
        with ledger.write() as writing:
            writing.set_time("logs_read_at", now() - timedelta(days=days))
        ledger.close()
        return run("-C", str(posted)).out

    assert "had not been read" not in read(19)
    assert "The agents' logs had not been read for 21 days, and agents delete them after 30" in read(21)
    assert "had not been read" not in run("-C", str(posted)).out
