"""`ledger doctor` as a person and a program run it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from ledger.hooking.marks import EVENTS, hook_text
from tests.commands.running import run
from tests.gitting import commit, git


@pytest.fixture
def hooked(committed: Path) -> Path:
    """The hooks in their places, and nothing else of the ledger."""
    for event in EVENTS:
        path = committed / ".git/hooks" / event
        path.write_text(hook_text())
        path.chmod(0o755)
    return committed


def test_advice_alone_ends_well(committed: Path) -> None:
    done = run("-C", str(committed), "doctor")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Hooks: git ")
    assert "\nAdvice:\n- No hook of the ledger is " in done.out


def test_something_broken_ends_with_3_and_a_sentence(hooked: Path) -> None:
    (hooked / ".git/hooks/post-commit").chmod(0o644)
    done = run("-C", str(hooked), "doctor", "--rounds", "0")
    assert (done.code, done.err) == (3, "ledger: 1 thing is broken; the list above says what to do.\n")
    assert "\nBroken:\n- post-commit: git does not run the ledger's hook in" in done.out


def test_the_json_tells_the_same(hooked: Path) -> None:
    (hooked / ".git/hooks/post-commit").unlink()
    done = run("-C", str(hooked), "doctor", "--json", "--rounds", "0")
    told = json.loads(done.out)
    assert (done.code, told["format"], told["broken"]) == (3, 1, 1)
    assert told["findings"][0]["code"] == "missing"
    assert [event["event"] for event in told["hooks"]["events"]] == list(EVENTS)
    assert told["repository"] == str(hooked)


def test_as_many_commits_as_asked_are_looked_at(hooked: Path) -> None:
    for name in "abc":
        commit(hooked, name)

    def looked_at(*options: str) -> int:
        count = json.loads(run("-C", str(hooked), "doctor", "--json", "--rounds", "0", *options).out)["commits"]
        assert isinstance(count["looked_at"], int)
        return count["looked_at"]

    assert looked_at() == 4
    assert looked_at("--commits", "2") == 2
    assert looked_at("--commits", "0") == 0


def test_a_commit_is_timed_as_often_as_asked(hooked: Path) -> None:
    told = json.loads(run("-C", str(hooked), "doctor", "--json", "--rounds", "1").out)
    assert told["commit_time"]["rounds"] == 1
    assert "An empty commit takes " in run("-C", str(hooked), "doctor", "--rounds", "1").out


@pytest.mark.parametrize("options", [["--commits", "-1"], ["--rounds", "x"], ["--rounds", "-1"]])
def test_a_number_that_is_none_is_a_usage_error(committed: Path, options: list[str]) -> None:
    assert run("-C", str(committed), "doctor", *options).code == 2


def test_outside_of_a_repository_it_says_so(tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), "doctor")
    assert (done.code, done.out) == (1, "")
    assert "not in a git repository" in done.err


def test_it_works_in_an_empty_repository_and_from_a_directory_within(repository: Path) -> None:
    (repository / "deep").mkdir()
    done = run("-C", str(repository / "deep"), "doctor")
    assert done.code == 0, done.err
    assert "Commits: none yet." in done.out


def test_nothing_is_written_where_nothing_may_be_written(hooked: Path) -> None:
    before = {str(path): path.stat().st_mtime_ns for path in hooked.rglob("*")}
    assert run("-C", str(hooked), "doctor").code == 0
    assert {str(path): path.stat().st_mtime_ns for path in hooked.rglob("*")} == before
    assert git(hooked, "status", "--porcelain") == ""


def test_it_runs_inside_of_a_hook(hooked: Path) -> None:
    hook = hooked / ".git/hooks/pre-commit"
    hook.write_text(f"#!/bin/sh\n{_python()} -m ledger doctor --rounds 1 >doctor.txt 2>&1\n")
    hook.chmod(0o755)
    before = git(hooked, "rev-list", "--count", "HEAD")
    (hooked / "new").write_text("x")
    git(hooked, "add", "new")
    done = subprocess.run(["git", "commit", "-qm", "x"], cwd=hooked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + (hooked / "doctor.txt").read_text()
    assert "An empty commit takes" in (hooked / "doctor.txt").read_text().replace("\n", " ")
    assert int(git(hooked, "rev-list", "--count", "HEAD")) == int(before) + 1


def _python() -> str:
    import sys

    from tests.commands.running import ROOT

    return f"PYTHONPATH='{ROOT}' '{sys.executable}'"
