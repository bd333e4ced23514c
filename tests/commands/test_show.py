"""`ledger show`: one change by any of its names."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.gitting import commit, git


def test_a_request_is_found_by_number(posted: Path) -> None:
    done = run("-C", str(posted), "show", "4", "--as-of", "2026-04-01")
    assert (done.code, done.err) == (0, "")
    assert "accepted, basis request, opened 2026-03-01" in done.out
    assert "claude-opus-4-8" in done.out
    assert "$1.04" in done.out


def test_markdown_is_a_line_for_a_request(posted: Path) -> None:
    done = run("-C", str(posted), "show", "4", "--format", "markdown")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("**Request 4 (4): accepted, $1.04, 1 model.**\n")


def test_it_is_found_by_its_id_too(posted: Path) -> None:
    by_number = run("-C", str(posted), "show", "4").out
    identity = by_number.splitlines()[1].strip()
    assert run("-C", str(posted), "show", identity).out == by_number


def test_a_commit_is_found_by_the_beginning_of_its_id(committed: Path) -> None:
    oid = commit(committed, "fix: a fence\n\nAssisted-by: claude-code:claude-opus-4-8")
    run("-C", str(committed), "update")
    done = run("-C", str(committed), "show", oid[:10])
    assert done.code == 0, done.err
    assert oid[:10] in done.out


def test_a_commit_without_a_model_is_no_change_and_says_so(committed: Path) -> None:
    run("-C", str(committed), "update")
    oid = git(committed, "rev-parse", "HEAD")
    done = run("-C", str(committed), "show", oid[:7])
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{oid[:10]} feat: begin\n  No change: no model is known")


@pytest.mark.parametrize("revision", ["HEAD", "HEAD~0", "main", "v1", "@"])
def test_a_commit_may_be_named_as_in_git(committed: Path, revision: str) -> None:
    oid = commit(committed, "fix: a fence\n\nAssisted-by: claude-code:claude-opus-4-8")
    git(committed, "tag", "-a", "-m", "first", "v1")
    run("-C", str(committed), "update")
    assert oid[:10] in run("-C", str(committed), "show", revision).out


def test_what_reverted_a_change_is_named(committed: Path) -> None:
    oid = commit(committed, "fix: a fence\n\nAssisted-by: claude-code:claude-opus-4-8")
    git(committed, "revert", "--no-edit", oid)
    run("-C", str(committed), "update")
    shown = run("-C", str(committed), "show", oid).out
    assert ", reverted 2" in shown
    assert f"{git(committed, 'rev-parse', 'HEAD')[:10]} Revert" in shown


@pytest.mark.parametrize("name", ["999", "no/such/branch", "", "HEAD:file", "%", "_", "' OR 1=1 --", "*"])
def test_what_is_not_known_is_a_sentence(posted: Path, name: str) -> None:
    done = run("-C", str(posted), "show", name)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"ledger: No change is known as {name}; ")


def test_what_is_shown_cannot_steer_the_terminal(posted: Path) -> None:
    done = run("-C", str(posted), "show", "\x1b[2J\u202e")
    assert done.code == 1
    assert "\x1b" not in done.err
    assert "\u202e" not in done.err


@pytest.mark.parametrize("verb", ["show", "query"])
def test_bytes_that_are_no_text_are_a_sentence(posted: Path, verb: str) -> None:
    done = run("-C", str(posted), verb, "SELECT 'x\udcff'")
    assert "bug" not in done.err


def test_it_tells_what_was_touched_and_how_much_is_at_stake(committed: Path) -> None:
    files = {"src/auth/a.py": "1\n", "packages/x/b.py": "1\n2\n", ".github/workflows/c.yml": "1\n2\n3\n"}
    commit(committed, "feat: a door\n\nAssisted-by: claude-code:claude-opus-4-8", files)
    run("-C", str(committed), "update")
    said = run("-C", str(committed), "show", "HEAD").out
    assert "area infrastructure (touches infrastructure + auth); stakes high by auth; package packages/x\n" in said


def test_what_no_diff_tells_is_said_to_be_unknown(posted: Path) -> None:
    assert "area and stakes unknown: not all of its diff was read\n" in run("-C", str(posted), "show", "4").out


def test_a_commit_of_a_longer_change_is_marked_in_it(committed: Path) -> None:
    git(committed, "checkout", "-q", "-b", "gate")
    first = commit(committed, "feat: a gate\n\nAssisted-by: claude-code:claude-opus-4-8", {"gate": "1"})
    commit(committed, "feat: by hand", {"gate": "2"})
    run("-C", str(committed), "update")
    shown = run("-C", str(committed), "show", first[:9]).out
    assert f"> {first[:10]} feat: a gate" in shown
    assert "feat: by hand  [names no model]" in shown
    whole = json.loads(run("-C", str(committed), "show", "gate", "--format", "json").out)
    assert [row["is_asked"] for row in whole["commits"]] == [False, False]


def test_the_json_tells_of_a_commit_without_a_model_too(committed: Path) -> None:
    run("-C", str(committed), "update")
    told = json.loads(run("-C", str(committed), "show", "HEAD", "--format", "json").out)
    assert (told["format"], told["change"]) == (1, None)
    assert told["commits"][0]["oid"] == git(committed, "rev-parse", "HEAD")


def test_what_is_counted_by_older_rules_is_told_apart_from_the_answer(posted: Path) -> None:
    ledger = run("-C", str(posted), "db", "path").out.strip()
    with sqlite3.connect(ledger) as connection:
        connection.execute("UPDATE ledger_meta SET text = '1' WHERE name = 'derivation_version'")
    for words in (("show", "4", "--format", "json"), ("report", "--unattributed", "--format", "json")):
        done = run("-C", str(posted), *words)
        assert json.loads(done.out)
        assert done.err.startswith("Not all is counted yet: ")
