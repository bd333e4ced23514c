"""A shared ledger is told no path, and two machines with equal paths are kept apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.domain.facts import Place
from ledger.domain.reading import Cursor, Skip
from ledger.posting.concealing import Concealed, Open
from ledger.posting.reporting import make_report
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import Ledger, open_ledger
from tests.gitting import WHEN, commit, git
from tests.posting.test_update import transcript

NOW = datetime(2026, 8, 24, tzinfo=UTC)


@pytest.fixture
def veil(tmp_path: Path) -> Concealed:
    return Concealed(lambda path: f"#{hash(path) % 10**9}", tmp_path / "state" / "places")


def test_paths_become_hashes_and_back_again(veil: Concealed, tmp_path: Path) -> None:
    hidden = veil.row(Place(directory="/home/ann/x", repository_id="R", worktree="/home/ann"))
    assert isinstance(hidden, Place)
    assert "/" not in hidden.directory + str(hidden.worktree)
    again = Concealed(lambda path: f"#{hash(path) % 10**9}", tmp_path / "state" / "places")
    assert again.revealed([hidden]) == [Place(directory="/home/ann/x", repository_id="R", worktree="/home/ann")]
    assert again.revealed([Place(directory="#elsewhere", repository_id=None, worktree=None)]) == []


def test_an_open_hash_of_a_path_is_hidden_like_a_path(veil: Concealed) -> None:
    told = Place(directory="sha256:" + "0" * 64, repository_id=None, worktree=None)
    hidden = veil.row(told)
    assert isinstance(hidden, Place)
    assert "sha256" not in hidden.directory
    assert veil.revealed([hidden]) == [told]


def test_what_is_no_path_stays(veil: Concealed) -> None:
    for place in (
        Place(directory="", repository_id=None, worktree=None),
        Place(directory="repository:R", repository_id="R", worktree=None),
    ):
        assert veil.row(place) == place


def test_cursors_and_skips_name_no_path(veil: Concealed) -> None:
    cursor = veil.row(Cursor("claude-code", "/home/ann/log.jsonl", "7"))
    assert isinstance(cursor, Cursor)
    assert "ann" not in cursor.name
    known = veil.known({cursor.name: cursor.text})
    assert known.get("/home/ann/log.jsonl") == "7"
    assert known.get("/home/bob/log.jsonl", "") == ""
    skip = veil.row(Skip("line", "/home/ann/log.jsonl line 3", "broken"))
    assert isinstance(skip, Skip)
    assert "ann" not in skip.where
    assert skip.where.endswith("/log.jsonl line 3")


def test_what_a_cursor_remembers_of_a_log_names_no_path_and_is_told_again(veil: Concealed, tmp_path: Path) -> None:
    text = json.dumps([7, "head", {"directory": "/home/ann/x", "open": {"c": ["2026", "s", "/home/ann/y"]}}])
    hidden = veil.row(Cursor("codex", "/home/ann/log.jsonl", text))
    assert isinstance(hidden, Cursor)
    assert "ann" not in hidden.text
    again = Concealed(lambda path: f"#{hash(path) % 10**9}", tmp_path / "state" / "places")
    told = again.known({hidden.name: hidden.text})["/home/ann/log.jsonl"]
    assert json.loads(told) == json.loads(text)
    plain = veil.row(Cursor("journal", "x", "not / json"))
    assert isinstance(plain, Cursor)
    assert plain.text == "not / json"


def test_in_a_file_of_one_s_own_nothing_is_concealed() -> None:
    place = Place(directory="/home/ann/x", repository_id="R", worktree=None)
    assert Open().row(place) == place
    assert Open().revealed([place]) == [place]


def on_machine(home: Path, repository: Path, ledger: Ledger, database: str) -> None:
    update(open_workplace(str(repository), {"HOME": str(home)}, database), ledger, now=NOW)


def test_two_machines_with_the_same_path_are_not_mixed(server_url: str, tmp_path: Path) -> None:
    """Devcontainers all work in /workspace: the same path, another repository."""
    ledger = open_ledger(server_url)
    workspace = tmp_path / "workspace"
    for name, minutes in (("one", 30.0), ("two", 40.0)):
        workspace.mkdir()
        git(workspace, "init", "-q", "-b", "main")
        git(workspace, "remote", "add", "origin", f"https://github.com/example/{name}")
        commit(workspace, f"in {name}", at=WHEN.replace(hour=10))
        home = tmp_path / f"home-{name}"
        transcript(home, workspace, "main", minutes)
        on_machine(home, workspace, ledger, server_url)
        workspace.rename(tmp_path / f"moved-{name}")
    with ledger.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT r.name, COUNT(*) FROM call k JOIN place p ON p.directory = k.directory "
            "JOIN repository r ON r.id = p.repository_id GROUP BY r.name ORDER BY r.name"
        ).fetchall()
        everything = connection.exec_driver_sql(
            "SELECT directory FROM place UNION SELECT name FROM cursor UNION SELECT place FROM skipped "
            "UNION SELECT worktree FROM repository_commit UNION SELECT directory FROM call"
        ).scalars()
        assert not [text for text in everything if "workspace" in text or "home-" in text]
    assert [tuple(row) for row in found] == [("example/one", 1), ("example/two", 1)]


def test_a_directory_met_before_its_repository_comes_into_scope_later(server_url: str, tmp_path: Path) -> None:
    ledger = open_ledger(server_url)
    home = tmp_path / "home"
    repositories = [tmp_path / name for name in ("mine", "later")]
    for repository in repositories:
        repository.mkdir()
        git(repository, "init", "-q", "-b", "main")
        commit(repository, f"in {repository.name}", at=WHEN.replace(hour=10))
    (repositories[1] / "part").mkdir()
    transcript(home, repositories[1] / "part", "main", 30)
    on_machine(home, repositories[0], ledger, server_url)
    assert make_report(ledger, NOW).coverage.out_of_scope_sessions == 1
    on_machine(home, repositories[1], ledger, server_url)
    report = make_report(ledger, NOW)
    assert report.coverage.out_of_scope_sessions == 0
    assert report.buckets.total > 0
