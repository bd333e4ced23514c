"""Entries that a broken or unfriendly writer could send, through the whole pipeline: no line may stop the ledger."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.entries import encode
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from tests.commands.running import process_environment, run
from tests.domain.building import call
from tests.gitting import commit, git
from tests.posting.entering import (
    NAME,
    Post,
    another,
    entry,
    in_step,
    retraction,
    rows,
    statement,
    with_remote,
)

BAD: dict[str, list[dict[str, Any] | str]] = {
    "a retraction of a later version": ['{"v": 2, "kind": "retract", "body": []}'],
    "an entry that poses as a retraction": [entry("entry", "", id="x", kind="retract", text="not JSON")],
    "half a surrogate in a repository's name": [entry("request", "\ud800", number=1)],
    "half a surrogate in an id": ['{"v": 1, "kind": "later", "id": "\\ud800"}'],
    "half a surrogate in a statement": [statement(change="9", model="\ud800")],
    "an endless cost": [statement(change="9", cost="Infinity")],
    "a raised digit": [statement(change="²", outcome="open", cost="")],
    "the end of the calendar": [entry("request", number=9, opened_at="9999-12-31T00:00:00Z")],
    "before the calendar": [entry("request", number=9, opened_at="0001-01-01T00:00:00+14:00")],
    "costs beyond what a database sums": [
        statement(change="9", cost="8000000000"),
        statement(change="9", cost="8000000000", role="review"),
        statement(change="10", cost="8000000000"),
    ],
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_line_stops_neither_this_posting_nor_the_next(post: Post, ledger: Ledger, name: str) -> None:
    post(statement(), *BAD[name])
    post(statement(change="42"))
    assert {41, 42} <= {row[0] for row in rows(ledger, "SELECT number FROM change")}
    in_step(ledger)


def test_tokens_beyond_what_a_database_holds_stop_nothing(post: Post, ledger: Ledger) -> None:
    place = entry("place", directory="repository:Q", worktree=None)
    lines = [encode(call(key, 1, output=2**62, directory="repository:Q", model="gpt-5.4"), []) for key in "ab"]
    post(statement(), place, *lines)
    post(statement(change="42"))
    assert {41, 42} <= {row[0] for row in rows(ledger, "SELECT number FROM change")}


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_call_at_the_end_of_the_calendar_stops_nothing(post: Post, ledger: Ledger, at: str) -> None:
    line = json.loads(encode(call("a", 1, directory="repository:Q"), []))
    line["body"]["at"] = at
    post(statement(), entry("place", directory="repository:Q", worktree=None), line)
    post(statement(change="42"))
    assert {41, 42} <= {row[0] for row in rows(ledger, "SELECT number FROM change")}


def test_commits_that_are_their_own_ancestors_do_not_hang_the_ledger(repository: Path, tmp_path: Path) -> None:
    """In a process of its own with little memory and time, since the machine is shared."""
    with_remote(repository, NAME)
    lines: list[dict[str, Any]] = [statement()]
    for oid, parent in (("a" * 40, "b" * 40), ("b" * 40, "a" * 40)):
        lines.append(entry("git_commit", "", **_commit(oid, parent)))
        seen = {"oid": oid, "evidence": "scan", "branch": "main", "session": "", "worktree": ""}
        lines.append(entry("repository_commit", **seen))
    lines.append(entry("tip", clone_id="z", ref="refs/heads/main", oid="a" * 40, is_target=True))
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9));"
        "from ledger.commands import main; main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, "update", "--source", "entries", str(file)],
        cwd=repository,
        env=process_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-300:]


def _commit(oid: str, parent: str) -> dict[str, object]:
    return {
        "oid": oid,
        "parents": [parent],
        "author": "x",
        "authored_at": "2026-03-01T00:00:00Z",
        "committed_at": "2026-03-01T00:00:00Z",
        "subject": "round",
        "request_number": None,
        "merged_branch": None,
        "reverts": [],
        "picked_from": None,
        "squashed": [],
        "task_type": None,
        "sessions": [],
    }


def test_entries_about_another_repository_of_the_ledger_are_concluded_too(
    post: Post, ledger: Ledger, tmp_path: Path
) -> None:
    """One database for all repositories: what is posted from here about there counts there."""
    other = another(tmp_path, "github.com/owner/other")
    post(where=other)
    post(statement("github.com/owner/other"))
    post(where=other)
    assert rows(ledger, "SELECT repository, number FROM changes") == [("owner/other", 41)]


def test_a_fork_and_what_it_was_forked_from_stay_two_through_an_export(tmp_path: Path, repository: Path) -> None:
    """They share the root commit, so the remote must decide."""
    with_remote(repository, NAME)
    fork = tmp_path / "fork"
    git(tmp_path, "clone", "-q", str(repository), str(fork))
    git(fork, "remote", "set-url", "origin", "https://github.com/forker/name.git")
    commit(fork, "theirs", {"theirs": "1"})
    both = tmp_path / "both.jsonl"
    for path, name in ((repository, NAME), (fork, "github.com/forker/name")):
        own = tmp_path / f"{path.name}.jsonl"
        own.write_text(json.dumps(statement(name, change=path.name)) + "\n")
        assert run("-C", str(path), "update", "--source", "entries", str(own)).code == 0
        out = run("-C", str(path), "export", "--entries", "-")
        with both.open("a") as file:
            file.write(out.out)
    shared = open_ledger(str(tmp_path / "shared.db"))
    at_shared = ("-C", str(repository), "--database", str(tmp_path / "shared.db"))
    done = run(*at_shared, "update", "--source", "entries", str(both))
    assert done.code == 0, done.err
    with shared.read() as connection:
        owners = {request.title: request.repository_id for request in reads.facts(connection, "request")}
    out = run(*at_shared, "export", "--entries", "-")
    (tmp_path / "all.jsonl").write_text(out.out)
    copy = str(tmp_path / "copy.db")
    done = run("-C", str(repository), "--database", copy, "update", "--source", "entries", str(tmp_path / "all.jsonl"))
    again = open_ledger(copy)
    with again.read() as connection:
        copied = {request.title: request.repository_id for request in reads.facts(connection, "request")}
    assert len(set(owners.values())) == 2
    assert copied == owners


def test_a_retraction_of_what_is_not_there_changes_nothing(post: Post, ledger: Ledger) -> None:
    post(statement())
    before = rows(ledger, "SELECT * FROM change")
    post(retraction("0" * 64))
    assert rows(ledger, "SELECT * FROM change") == before
