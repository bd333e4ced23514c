"""The drainer behind real commits: what was jotted is posted, once, by one at a time, and nobody notices."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.install import install
from ledger.posting import drain
from ledger.posting.turns import Turn
from ledger.posting.update import HERE, update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.gitting import commit, git

MODEL = {"LEDGER_MODEL": "claude-opus-4-8", "LEDGER_AGENT": "claude-code"}
DRAINING = {**MODEL, "LEDGER_DRAIN": "1"}
LONG = 90.0
"""Seconds after which a test gives up; what it waits for takes one or two."""


@pytest.fixture
def hooked(repository: Path) -> Path:
    """A repository with the hooks and the interpreter that the drainer is started with."""
    commit(repository, "root")
    install(Git.open(repository), trailers=True)
    interpret(repository, sys.executable)
    return repository


def interpret(repository: Path, program: object) -> None:
    (repository / ".git" / "ledger" / "interpreter").write_text(f"{program}\n")


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def posted(repository: Path, evidence: str = "hook") -> list[str]:
    """The commits that the ledger has by this evidence; none while it is still being made."""
    path = repository / ".git" / "ledger" / "ledger.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        try:
            rows = connection.execute("SELECT oid FROM repository_commit WHERE evidence = ?", (evidence,)).fetchall()
        except sqlite3.OperationalError:
            return []
    return [oid for (oid,) in rows]


def drainers(repository: Path) -> list[int]:
    """The drainers of a repository that are at work."""
    wanted = f"ledger.posting.drain {repository / '.git' / 'ledger'}"
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if wanted in line]


def wait_for(repository: Path, oids: set[str]) -> None:
    """Until every one of these commits has its row and the drainers have ended."""
    end = time.monotonic() + LONG
    while not oids <= set(posted(repository)) or drainers(repository):
        assert time.monotonic() < end, (len(oids - set(posted(repository))), drainers(repository))
        time.sleep(0.05)


# -- seen by nobody ----------------------------------------------------------------------------------------------------


def test_a_commit_is_posted_by_itself(hooked: Path) -> None:
    oid = commit(hooked, "fix: x", {"a": "1"}, env=DRAINING)
    wait_for(hooked, {oid})
    ledger = open_ledger(str(hooked / ".git" / "ledger" / "ledger.db"))
    with ledger.read() as connection:
        sql = "SELECT lead_model FROM change WHERE landed_oid = ?"
        assert connection.exec_driver_sql(sql, (oid,)).scalar() == "claude-opus-4-8"
    ledger.close()
    assert not (hooked / ".git" / "ledger" / "drainer").exists()
    assert not (hooked / ".git" / "ledger" / "drain-error").exists()


def test_git_waits_for_nothing_and_shows_nothing(hooked: Path, tmp_path: Path) -> None:
    """A caller that reads git's output to its end would wait for whoever still holds it open."""
    started = tmp_path / "started"
    interpret(hooked, script(tmp_path / "slow", f"echo loud; echo louder >&2; echo $$ >'{started}'; exec sleep 300"))
    command = ["git", "commit", "--allow-empty", "-q", "-m", "x"]
    done = subprocess.run(
        command, cwd=hooked, env={**os.environ, **DRAINING}, capture_output=True, timeout=LONG, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    end = time.monotonic() + LONG
    while not (started.exists() and started.read_text()):
        assert time.monotonic() < end
        time.sleep(0.01)
    os.kill(int(started.read_text()), signal.SIGKILL)


def test_it_leaves_the_caller_s_session_and_open_files(hooked: Path) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    command = [sys.executable, "-E", "-P", "-m", "ledger.posting.drain", str(hooked / ".git" / "ledger")]
    with Turn(hooked / ".git" / "ledger" / "drain.lock") as turn:
        assert turn.take()
        with subprocess.Popen(command, cwd=hooked, close_fds=False) as process:
            os.close(write)
            assert os.read(read, 1) == b""  # the other end is closed although the drainer still waits for its turn
            assert process.poll() is None
            assert os.getsid(process.pid) == process.pid
            process.kill()
    os.close(read)


@pytest.mark.parametrize("body", [None, "exit 3", "echo broken >&2; kill -9 $$"])
def test_a_program_that_is_gone_or_broken_is_not_noticed(hooked: Path, tmp_path: Path, body: str | None) -> None:
    interpret(hooked, script(tmp_path / "program", body) if body else tmp_path / "gone")
    command = ["git", "commit", "--allow-empty", "-q", "-m", "x"]
    done = subprocess.run(command, cwd=hooked, env={**os.environ, **DRAINING}, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_it_is_not_started_where_it_is_turned_off(hooked: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    interpret(hooked, script(tmp_path / "program", f"touch '{mark}'"))
    for env in ({"LEDGER_DRAIN": "0"}, {"LEDGER_DRAIN": "1", "LEDGER": "0"}):
        commit(hooked, str(env), {"a": str(env)}, env=env)
    time.sleep(0.3)
    assert not mark.exists()
    assert not (hooked / ".git" / "ledger" / "drainer").exists()


def test_a_repository_named_ledger_is_not_run_as_a_program(hooked: Path) -> None:
    """The drainer starts in the worktree, whose files must never be taken for ours."""
    (hooked / "ledger").mkdir()
    (hooked / "ledger" / "__init__.py").write_text("raise SystemExit('the wrong one')\n")
    oid = commit(hooked, "x", {"a": "1"}, env=DRAINING)
    wait_for(hooked, {oid})


def test_an_error_is_kept_for_the_doctor_until_it_is_mended(hooked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hooked)
    folder = hooked / ".git" / "ledger"
    (folder / "ledger.db").write_text("no database at all, but long enough to be looked at as one")
    drain.main(folder)
    assert "DatabaseUnusable: " in (folder / "drain-error").read_text()
    (folder / "ledger.db").unlink()
    drain.main(folder)
    assert not (folder / "drain-error").exists()


# -- one at a time -----------------------------------------------------------------------------------------------------


def test_while_one_waits_no_other_does(hooked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hooked)
    folder = hooked / ".git" / "ledger"
    (folder / "drainer").write_text("1\n")
    with Turn(folder / "drain.next") as waiting:
        assert waiting.take()
        assert not drain.drain(folder)
    assert not (folder / "drainer").exists()  # so that the next hook relies on the one that waits
    assert not (folder / "ledger.db").exists()


def test_a_turn_is_taken_by_one_and_given_back(tmp_path: Path) -> None:
    with Turn(tmp_path / "lock") as one:
        assert one.take()
        with Turn(tmp_path / "lock") as other:
            assert not other.take()
    with Turn(tmp_path / "lock") as again:
        assert again.take(wait=True)


def test_a_hook_starts_none_while_one_will_look_again(hooked: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    command = [sys.executable, "-E", "-P", "-m", "ledger.posting.drain", str(hooked / ".git" / "ledger")]
    with Turn(hooked / ".git" / "ledger" / "drain.lock") as turn:
        assert turn.take()
        with subprocess.Popen(command, cwd=hooked) as process:
            number = hooked / ".git" / "ledger" / "drainer"
            number.write_text(f"{process.pid}\n")
            interpret(hooked, script(tmp_path / "program", f"touch '{started}'"))
            commit(hooked, "x", {"a": "1"}, env=DRAINING)
            assert number.read_text() == f"{process.pid}\n"
            process.kill()
    # Its number alone proves nothing: it may be another program's by now.
    with subprocess.Popen(["sleep", "300"]) as other:
        number.write_text(f"{other.pid}\n")
        commit(hooked, "y", {"a": "2"}, env=DRAINING)
        assert number.read_text() != f"{other.pid}\n"
        other.kill()


@pytest.mark.slow
def test_two_thousand_commits_of_fifty_processes_in_ten_worktrees(hooked: Path, tmp_path: Path) -> None:
    git(hooked, "config", "gc.auto", "0")
    trees = [tmp_path / f"w{number}" for number in range(10)]
    for number, tree in enumerate(trees):
        git(hooked, "worktree", "add", "-q", "-b", f"b{number}", str(tree))
    # Five share a worktree: git mixes up their messages unless they take turns there, which a line in a pipe tells.
    turns = [taking_turns(tree / "turn") for tree in trees]
    commits = "read -r _ <&3; git commit -q --allow-empty -m $0-$n; echo >&3"
    again = f"exec 3<>turn; n=0; while [ $n -lt 40 ]; do {commits}; n=$((n + 1)); done"
    working = [
        subprocess.Popen(["sh", "-c", again, f"{tree.name}-{worker}"], cwd=tree, env={**os.environ, **DRAINING})
        for tree in trees
        for worker in range(5)
    ]
    assert [process.wait() for process in working] == [0] * 50
    for turn in turns:
        os.close(turn)
    made = git(hooked, "rev-list", "--branches", "--not", "main").split()
    assert len(made) == 2000
    journal = b"".join(path.read_bytes() for path in (hooked / ".git/ledger/journal").glob("*.log"))
    assert all(line.startswith(b"v=1\t") and line.count(b"\tsession=") == 1 for line in journal.splitlines())
    assert sorted(line.split(b"new=")[1][:40].decode() for line in journal.splitlines()) == sorted(made)
    wait_for(hooked, set(made))
    assert sorted(posted(hooked)) == sorted(made)
    with closing(sqlite3.connect(hooked / ".git" / "ledger" / "ledger.db")) as connection:
        rows = [oid for (oid,) in connection.execute("SELECT oid FROM git_commit")]
        credited = connection.execute("SELECT subject FROM contribution WHERE evidence = 'journal'").fetchall()
    assert sorted(rows) == sorted([*made, git(hooked, "rev-parse", "main")])
    assert sorted(oid for (oid,) in credited) == sorted(made)


def taking_turns(pipe: Path) -> int:
    """A pipe with one line in it: whoever has read the line is next, and puts it back."""
    os.mkfifo(pipe)
    opened = os.open(pipe, os.O_RDWR)
    os.write(opened, b"\n")
    return opened


# -- killed ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_killed_a_hundred_times_nothing_is_lost_and_nothing_there_twice(hooked: Path) -> None:
    chance = random.Random(4)
    made: list[str] = []
    kills = 0
    while kills < 100:
        made.append(commit(hooked, f"fix: {len(made)}", {"a": str(len(made))}, env=DRAINING))
        time.sleep(chance.uniform(0, 0.9))
        for pid in drainers(hooked):
            with suppress(ProcessLookupError):  # it may have ended since it was listed
                os.kill(pid, signal.SIGKILL)
                kills += 1
    made.append(commit(hooked, "last", {"a": "last"}, env=DRAINING))
    wait_for(hooked, set(made))
    assert sorted(posted(hooked)) == sorted(made)
    assert contents(hooked / ".git" / "ledger" / "ledger.db") == contents(in_one_go(hooked))


def in_one_go(repository: Path) -> Path:
    """A ledger of the same journal and history that nobody disturbed."""
    path = repository.parent / "undisturbed.db"
    ledger = open_ledger(str(path))
    update(open_workplace(str(repository), database=str(path)), ledger, now=datetime.now(UTC), sources=HERE)
    ledger.close()
    return path


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    tables = ("git_commit", "repository_commit", "contribution", "rewrite", "change", "change_commit")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}  # noqa: S608 - names of ours


# -- the agents' logs --------------------------------------------------------------------------------------------------


def test_the_agents_logs_are_read_once_a_day(hooked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hooked)
    folder = hooked / ".git" / "ledger"
    drain.main(folder)
    first = read_at(folder)
    assert first is not None
    drain.main(folder)
    assert read_at(folder) == first
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    os.utime(folder / "agents-read", (yesterday.timestamp(), yesterday.timestamp()))
    drain.main(folder)
    assert read_at(folder) == first  # somebody read them since: `ledger update` counts too
    note(folder, yesterday)
    drain.main(folder)
    last = read_at(folder)
    assert last is not None
    assert last > first


def read_at(folder: Path) -> str | None:
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        row = connection.execute("SELECT noted_at FROM clock WHERE name = 'logs_read_at'").fetchone()
    return row[0] if row else None


def note(folder: Path, at: datetime) -> None:
    ledger = open_ledger(str(folder / "ledger.db"))
    with ledger.write() as writing:
        writing.set_time("logs_read_at", at)
    ledger.close()
