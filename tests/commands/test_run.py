"""`ledger run` as a person uses it: the command is as it would be alone, and its run counts at once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.store import engine
from tests.commands.running import Ran, heed_signals, process_environment, run, run_process
from tests.gitting import commit, git

MADE = "feat: begin\n\nAssisted-by: claude-code:claude-opus-4-8"
GREEN = '<testsuite><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuite>'
RED = '<testsuite><testcase name="a"><failure/></testcase></testsuite>'


@pytest.fixture
def work(repository: Path) -> Path:
    """A ledger about one commit on trunk by a model."""
    commit(repository, MADE, {"a.py": "a\n", ".gitignore": "*.log\n"})
    assert run("-C", str(repository), "update").code == 0
    return repository


def ran(repository: Path, *arguments: str) -> Ran:
    return run("-C", str(repository), "run", *arguments)


def asked(repository: Path, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("-C", str(repository), "query", "--format", "json", sql).out)
    return found


def runs(repository: Path) -> list[dict[str, Any]]:
    return asked(repository, "SELECT * FROM run ORDER BY at, attempt")


def change(repository: Path) -> dict[str, Any]:
    (found,) = asked(repository, "SELECT verified, first_pass, failed_runs, attempts FROM changes")
    return found


def test_a_run_of_the_tests_verifies_the_commit(work: Path) -> None:
    assert change(work) == {"verified": None, "first_pass": None, "failed_runs": 0, "attempts": 1}
    done = ran(work, "--name", "tests", "--", "true")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert change(work) == {"verified": 1, "first_pass": 1, "failed_runs": 0, "attempts": 1}
    (row,) = runs(work)
    assert (row["name"], row["conclusion"], row["evidence"]) == ("tests", "passed", "exit-code")
    assert (row["oid"], row["attempt"], row["is_dirty"]) == (git(work, "rev-parse", "HEAD"), 1, 0)
    assert (row["tests"], row["reported"]) == (None, "")
    assert "tests: passed on" in run("-C", str(work), "show", "HEAD").out


def test_a_failing_run_counts_against_it_and_the_same_commit_passing_later_is_flaky(work: Path) -> None:
    assert ran(work, "--name", "tests", "sh", "-c", "exit 3").code == 3
    assert change(work) == {"verified": 0, "first_pass": 0, "failed_runs": 1, "attempts": 1}
    assert ran(work, "--name", "tests", "true").code == 0
    assert [(row["attempt"], row["conclusion"]) for row in runs(work)] == [(1, "failed"), (2, "passed")]
    assert change(work) == {"verified": 1, "first_pass": 1, "failed_runs": 0, "attempts": 1}


def test_a_new_commit_begins_anew(work: Path) -> None:
    ran(work, "--name", "tests", "false")
    commit(work, "fix: it", {"a.py": "b\n"})
    ran(work, "--name", "tests", "true")
    assert [(row["attempt"], row["conclusion"]) for row in runs(work)] == [(1, "failed"), (1, "passed")]


def test_with_changes_in_the_worktree_a_run_tells_nothing_of_the_commit(work: Path) -> None:
    (work / "a.py").write_text("changed\n")
    done = ran(work, "--name", "tests", "true")
    assert done.code == 0
    assert done.err == "ledger: the worktree has changes (a.py), so this run tells nothing of the commit.\n"
    (row,) = runs(work)
    assert (row["is_dirty"], row["conclusion"]) == (1, "passed")
    assert change(work)["verified"] is None
    assert "with changes in the worktree" in run("-C", str(work), "show", "HEAD").out


def test_a_new_file_is_a_change_and_an_ignored_one_is_none(work: Path) -> None:
    (work / "b.log").write_text("x")
    assert ran(work, "true").err == ""
    (work / "b.py").write_text("x")
    assert "changes (b.py)" in ran(work, "true").err


def test_a_commit_or_change_made_meanwhile_leaves_the_run_without_a_commit(work: Path) -> None:
    assert "changes (a.py)" in ran(work, "sh", "-c", "echo more >>a.py").err
    git(work, "checkout", "-q", "a.py")
    assert "changes (HEAD)" in ran(work, "git", "commit", "-q", "--allow-empty", "-m", "more").err
    first = git(work, "rev-parse", "HEAD~1")
    assert [(row["oid"], row["is_dirty"]) for row in runs(work)] == [(first, 1), (first, 1)]


def test_reports_give_counts_and_what_they_say(work: Path) -> None:
    done = ran(work, "--report", "out/**/*.xml", "--", "sh", "-c", f"mkdir out; echo '{GREEN}' >out/r.xml")
    assert (done.code, done.err) == (0, "")
    (row,) = runs(work)
    told = [row[name] for name in ("tests", "failures", "errors", "skipped", "flaky", "reported")]
    assert told == [2, 0, 0, 1, 0, "passed"]
    assert row["duration_ms"] >= 0


def test_a_report_of_an_earlier_run_is_no_change_and_not_read_again(work: Path) -> None:
    (work / "r.xml").write_text(RED)
    done = ran(work, "--report", "*.xml", "true")
    assert done.err == (
        "ledger: No report was written at *.xml (what is there was not written by this run), "
        "so only the exit code tells how it ended.\n"
    )
    (row,) = runs(work)
    assert (row["conclusion"], row["reported"], row["tests"], row["is_dirty"]) == ("passed", "unknown", None, 0)


def test_a_report_that_says_otherwise_is_kept_beside_the_exit_code(work: Path) -> None:
    assert ran(work, "--report", "r.xml", "sh", "-c", f"echo '{RED}' >r.xml").code == 0
    (row,) = runs(work)
    assert (row["conclusion"], row["reported"]) == ("passed", "failed")
    assert "though its reports say failed" in run("-C", str(work), "show", "HEAD").out


def test_a_broken_report_is_a_sentence_and_its_counts_are_unknown(work: Path) -> None:
    done = ran(work, "--report", "r.xml", "sh", "-c", "echo '<testsuite>' >r.xml; exit 1")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "r.xml is broken at line 2 (no element found)" in done.err
    (row,) = runs(work)
    assert (row["conclusion"], row["reported"], row["tests"]) == ("failed", "unknown", None)


def test_streams_and_arguments_are_the_commands_own(work: Path) -> None:
    script = "import sys; print(sys.argv[1:]); print(sys.stdin.read(), file=sys.stderr); sys.exit(9)"
    done = run_process("run", sys.executable, "-c", script, "--report", "-v", "--", cwd=work, stdin=b"said")
    assert (done.code, done.out, done.err) == (9, "['--report', '-v', '--']\n", "said\n")


def test_without_a_ledger_or_a_repository_the_command_is_only_run(repository: Path, tmp_path: Path) -> None:
    done = ran(repository, "sh", "-c", "exit 4")
    assert done.code == 4
    assert done.err.startswith("ledger: this run is not recorded: There is no ledger at ")
    assert done.err.count("\n") == 1
    assert not (repository / ".git/ledger/ledger.db").exists()
    assert "is not in a git repository" in ran(tmp_path, "sh", "-c", "exit 4").err


def test_a_ledger_that_cannot_be_used_never_fails_the_command(work: Path) -> None:
    (work / ".git/ledger/ledger.db").write_bytes(b"no database at all, and quite certainly no SQLite\n" * 100)
    done = ran(work, "sh", "-c", "exit 5")
    assert done.code == 5
    assert done.err.startswith("ledger: this run is in the journal, and the next ledger update counts it: ")
    assert done.err.count("\n") == 1


def test_a_run_that_ends_while_the_ledger_is_locked_is_counted_by_the_next_update_once(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = engine._sqlite_engine
    monkeypatch.setattr(engine, "_sqlite_engine", lambda url, wait=0.05: patient(url, min(wait, 0.05)))
    with sqlite3.connect(work / ".git/ledger/ledger.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = ran(work, "--name", "tests", "true")
        other.execute("ROLLBACK")
    assert done.code == 0
    assert "is in the journal, and the next ledger update counts it: " in done.err
    assert change(work)["verified"] is None
    for _ in range(2):
        assert run("-C", str(work), "update").code == 0
        assert [(row["name"], row["conclusion"], row["attempt"]) for row in runs(work)] == [("tests", "passed", 1)]
    assert change(work)["verified"] == 1
    ran(work, "--name", "tests", "true")
    assert [row["attempt"] for row in runs(work)] == [1, 2]


def test_a_bug_never_fails_the_command(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("\x1b[2Jodd\nand long")

    monkeypatch.setattr("ledger.posting.running.note", broken)
    done = ran(work, "sh", "-c", "exit 6")
    assert done.code == 6
    assert "this is a bug (RuntimeError: ·[2Jodd), please report it." in done.err
    monkeypatch.setattr("ledger.posting.running.look_before", broken)
    assert ran(work, "sh", "-c", "exit 6").code == 6


def test_turned_off_it_only_runs(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER", "0")
    assert (ran(work, "sh", "-c", "exit 8").code, runs(work)) == (8, [])


def test_a_command_that_is_not_there_is_127_and_not_recorded(work: Path) -> None:
    done = ran(work, "no-such-command")
    assert (done.code, done.out) == (127, "")
    assert "no-such-command cannot be run" in done.err
    assert runs(work) == []


def test_a_run_that_is_interrupted_is_cancelled_and_no_failure(work: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ledger", "run", "--name", "tests", "sh", "-c", "echo ready; exec sleep 300"],
        cwd=work,
        env=process_environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_signals,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, signal.SIGINT)
    assert process.returncode == -signal.SIGINT
    assert [row["conclusion"] for row in runs(work)] == ["cancelled"]
    assert change(work)["verified"] is None


def test_without_a_command_it_is_wrong_usage(work: Path) -> None:
    assert ran(work).code == 2
    assert ran(work, "--name", "tests").code == 2


def test_quietly_it_says_nothing(work: Path) -> None:
    (work / "a.py").write_text("changed\n")
    assert run("-q", "-C", str(work), "run", "true").err == ""
