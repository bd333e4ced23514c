"""`ledger ci sync`, typed: from a forge on loopback, and never with the token in anything that stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import forges
from tests.commands.running import Ran, run, run_process
from tests.exchange.remotes import bare, refs
from tests.exchange.remotes import clone as clone_of
from tests.forges import TOKEN, Asked, World, serving
from tests.gitting import WHEN, commit, git
from tests.posting.calling import asked


@pytest.fixture
def clone(repository: Path) -> Path:
    commit(repository, "root", at=WHEN)
    git(repository, "remote", "add", "origin", "git@github.com:owner/name.git")
    return repository


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Three requests on a forge that the environment leads to."""
    served = World().add(Asked(1, "MERGED", minutes=1), Asked(2, "CLOSED", minutes=2), Asked(3, minutes=3))
    with serving(served):
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", f"{served.url}/graphql")
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield served


def sync(clone: Path, *arguments: str) -> Ran:
    return run("-C", str(clone), "ci", "sync", *arguments)


def test_requests_come_from_the_forge_and_later_what_is_new(clone: Path, world: World) -> None:
    done = sync(clone)
    assert (done.code, done.out) == (0, ""), done.err
    assert done.err.splitlines()[-1] == "github.com/owner/name: 3 requests."
    assert asked(clone, "SELECT number, state FROM change WHERE number IS NOT NULL ORDER BY 1") == [
        *((1, "landed"), (2, "closed"), (3, "undecided")),
    ]
    world.requests[3].state, world.requests[3].minutes = "CLOSED", 60
    assert sync(clone).err.splitlines()[-1] == "github.com/owner/name: 1 request, 1 decided since last time."
    assert asked(clone, "SELECT state FROM change WHERE number = 3") == [("closed",)]
    assert sync(clone, "--full").err.splitlines()[-1].startswith("github.com/owner/name: 3 requests, 0 decided")
    assert sync(clone, "--since", "2026-03-02").err.splitlines()[-1].startswith("github.com/owner/name: 0 requests")


def test_a_request_that_is_gone_is_counted_and_named(clone: Path, world: World) -> None:
    sync(clone)
    del world.requests[3]
    assert sync(clone).err.splitlines()[-1].endswith("0 decided since last time; 1 could not be told (#3).")


def test_the_repository_is_known_by_its_number_from_then_on(clone: Path, world: World) -> None:
    sync(clone)
    aliases = asked(clone, "SELECT alias FROM repository_alias WHERE kind <> 'root' ORDER BY 1")
    assert aliases == [("github.com/#1000",), ("github.com/owner/name",)]
    assert asked(clone, "SELECT COUNT(*) FROM repository") == [(1,)]


def test_the_token_is_in_nothing_that_stays_or_is_printed(clone: Path, world: World, tmp_path: Path) -> None:
    world.requests[1].changed = {"createdAt": TOKEN, "title": f"key {TOKEN}", "headRefName": TOKEN}
    world.requests[2].changed = {"title": f"key {TOKEN}", "headRefName": TOKEN}
    said = sync(clone).err
    world.faults = [forges.status(401)]
    failed = sync(clone)
    assert failed.code == 1
    assert "refused the token of GITHUB_TOKEN (401)" in failed.err
    said += failed.err + run("-C", str(clone), "report").out + run("-C", str(clone), "export", "--entries").out
    assert world.tokens == {f"Bearer {TOKEN}"}, "it was sent"
    assert TOKEN not in said
    kept = [path for path in (clone / ".git").rglob("*") if path.is_file()]
    assert len(kept) > 5
    assert not [path for path in kept if TOKEN.encode() in path.read_bytes()]
    assert not list(tmp_path.rglob("ledger-bug-*"))


def test_what_was_read_before_an_error_counts(clone: Path, world: World) -> None:
    world.largest = 2
    world.faults = [None, None, None, forges.status(403)]
    done = sync(clone)
    assert done.code == 1
    assert "it needs the rights contents" in done.err
    assert asked(clone, "SELECT number FROM change WHERE number IS NOT NULL ORDER BY 1") == [(2,), (3,)]
    assert sync(clone).code == 0
    assert asked(clone, "SELECT number FROM change WHERE number IS NOT NULL ORDER BY 1") == [(1,), (2,), (3,)]


def test_without_a_token_it_says_how_to_give_one(clone: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    done = sync(clone)
    assert done.code == 1
    assert done.err == (
        "ledger: There is no token for github.com; set GITHUB_TOKEN, or log in with gh auth login, then run ledger ci "
        "sync again.\n"
    )
    git(clone, "remote", "set-url", "origin", "https://github.evil.example/owner/name")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    assert "GITHUB_TOKEN is not sent to github.evil.example" in sync(clone).err
    assert world.asked == []


def test_a_remote_that_cannot_be_asked_is_said(clone: Path, world: World) -> None:
    git(clone, "remote", "set-url", "origin", "https://git.example.org/owner/name")
    assert "its remote is git.example.org/owner/name" in sync(clone).err
    git(clone, "remote", "remove", "origin")
    assert "it has no remote" in sync(clone).err


def test_githubs_own_tool_is_asked_for_a_token(
    clone: Path, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\n[ "$*" = "auth token --hostname github.com" ] && [ -z "$GH_TOKEN" ] && echo {TOKEN}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("GH_TOKEN", " ")
    assert sync(clone).code == 0
    assert world.tokens == {f"Bearer {TOKEN}"}
    program.write_text("#!/bin/sh\nexit 4\n")
    assert "There is no token for github.com" in sync(clone).err


def test_gitlab_is_asked_by_its_own_token(clone: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    git(clone, "remote", "set-url", "origin", "https://gitlab.example.org/owner/name.git")
    monkeypatch.setenv("CI_API_V4_URL", f"{world.url}/api/v4")
    monkeypatch.setenv("CI_SERVER_URL", "https://gitlab.example.org")
    monkeypatch.setenv("CI_JOB_TOKEN", TOKEN)
    done = sync(clone)
    assert done.code == 0, done.err
    assert done.err.splitlines()[-1] == "gitlab.example.org/owner/name: 3 requests."
    assert world.tokens == {TOKEN}, "in the header of a job's token"


def test_an_organisation_goes_into_one_database_without_clones(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.others = {"owner/second": 2, "owner/silent": 0}
    monkeypatch.chdir(tmp_path)
    database = tmp_path / "org.db"
    done = run("--database", str(database), "ci", "sync", "--org", "owner")
    assert done.code == 0, done.err
    assert done.err.splitlines()[-3:] == [
        "github.com/owner/name: 3 requests.",
        "github.com/owner/second: 2 requests.",
        "github.com/owner: 2 repositories.",
    ]
    sql = "SELECT r.name, COUNT(*) FROM repository r JOIN change c ON c.repository_id = r.id GROUP BY 1 ORDER BY 1"
    done = run("--database", str(database), "query", "--format", "csv", sql)
    assert [line.split(",") for line in done.out.splitlines()[1:]] == [["owner/name", "3"], ["owner/second", "2"]]
    assert "claude-opus-4-8" in run("--database", str(database), "report").out


def test_an_organisation_needs_a_database_and_one_name(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Name the database" in run("ci", "sync", "--org", "owner").err
    assert "--org and --group" in run("ci", "sync", "--org", "owner", "--group", "owner").err
    assert "names no organisation" in run("--database", "a.db", "ci", "sync", "--org", "owner/name").err


def test_a_repository_of_an_organisation_that_fails_does_not_stop_the_others(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.others = {"owner/second": 2}
    monkeypatch.chdir(tmp_path)
    world.faults = [None, forges.status(403)]
    done = run("--database", "org.db", "ci", "sync", "--org", "owner")
    assert done.code == 1
    assert "github.com/owner/second: 2 requests." in done.err
    assert done.err.splitlines()[-1].startswith("ledger: github.com does not let the token")


def test_only_a_sync_loads_what_speaks_to_a_forge(clone: Path) -> None:
    done = run_process("update", cwd=clone, python=("-X", "importtime"))
    assert done.code == 0
    assert "ledger.posting.update" in done.err
    assert "httpx" not in done.err


def test_who_has_no_token_learns_by_pulling_what_another_clone_was_told(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job's clone is gone when it ends: what it asked for goes to the others."""
    server = bare(tmp_path)
    jobs, reader = (
        [clone_of(server, tmp_path / name) for name in ("job-1", "job-2")],
        clone_of(server, tmp_path / "ann"),
    )
    for path in (*jobs, reader):
        git(path, "remote", "set-url", "origin", "https://github.com/owner/name.git")
        git(path, "config", f"url.file://{server}.insteadOf", "https://github.com/owner/name.git")
    world.requests[2].reviews = 1
    done = sync(jobs[0], "--push")
    assert done.code == 0, done.err
    assert " entries pushed to refs/ledger/ci/" in done.err
    assert len(refs(server)) == 1
    monkeypatch.delenv("GITHUB_TOKEN")
    assert run("-C", str(reader), "share", "pull").code == 0
    states = "SELECT number, state FROM change WHERE number IS NOT NULL ORDER BY 1"
    assert asked(reader, states) == [(1, "landed"), (2, "closed"), (3, "undecided")]
    assert "octocat" not in "".join(git(server, "show", f"{name}:entries.jsonl") for name in refs(server))

    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    assert run("-C", str(jobs[1]), "share", "pull").code == 0
    world.requests[1].state = "CLOSED"  # as nobody can tell who asks for nothing that was told
    assert sync(jobs[1], "--push").err.splitlines()[-1] == "Nothing of it is new to those who pull."
    world.requests[3].state, world.requests[3].minutes = "CLOSED", 60
    assert " pushed to refs/ledger/ci/" in sync(jobs[1], "--push").err
    run("-C", str(reader), "share", "pull")
    assert asked(reader, states)[2] == (3, "closed")


def test_what_has_no_clone_cannot_be_pushed(clone: Path) -> None:
    done = sync(clone, "--push", "--org", "acme")
    assert done.code == 1
    assert "--push goes to the remote of a clone" in done.err
