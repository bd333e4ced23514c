"""The command line itself: what it lists, what it imports, and which exit code it ends with."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import click
import pytest

import ledger.commands
from ledger import __version__
from ledger.commands import COMMANDS
from tests.commands.running import ROOT, heed_signals, process_environment, run, run_process

_NO_VERBS = {"__init__", "options", "headline", "printing", "syncing"}
_HEAVY = ("sqlalchemy", "alembic", "pydantic", "git", "rich", "genai_prices")
VERBS = {name: line for section in COMMANDS.values() for name, line in section.items()}


def test_every_module_of_a_verb_is_in_the_table_and_no_other() -> None:
    folder = Path(ledger.commands.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - _NO_VERBS
    # `ledger ci record` is ci_record.py, beside the ci.py that lists it.
    assert set(VERBS) == {module if module in VERBS else module.partition("_")[0] for module in modules}


@pytest.mark.parametrize("name", VERBS)
def test_the_table_says_what_the_command_says(name: str) -> None:
    command = import_module(f"ledger.commands.{name}").command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert (command.help or "").splitlines()[0] == VERBS[name]


def test_help_lists_every_verb_and_imports_no_command() -> None:
    code = (
        "import sys\nfrom ledger.commands import main\n"
        "try: main(['--help'])\nexcept SystemExit: print(*sorted(sys.modules), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=process_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    help_text, _, modules = done.stdout.partition("\n__")
    assert all(f"\n  {name} " in help_text for name in VERBS)
    loaded = {line.partition(".")[0] for line in modules.splitlines()}
    assert "click" in loaded
    assert not loaded & set(_HEAVY)
    assert not [name for name in VERBS if f"ledger.commands.{name}" in modules.splitlines()]


@pytest.mark.parametrize("arguments", [["-h"], ["--help"], ["report", "-h"], ["db", "path", "-h"], ["db", "-h"]])
def test_both_forms_of_help_work_everywhere(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: ")
    assert "-h, --help" in done.out


def test_git_finds_it_as_a_subcommand(repository: Path) -> None:
    folder = Path(sys.executable).parent
    if not shutil.which("git-ledger", path=str(folder)):
        pytest.skip("the package is not installed here: there is no git-ledger beside this Python")
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["git", "ledger", "-h"],
        cwd=repository,
        env=process_environment({"PATH": path}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage: git-ledger ")


def test_it_tells_its_version() -> None:
    done = run("--version")
    assert (done.code, done.err) == (0, "")
    assert __version__ in done.out.split()[-1]


@pytest.mark.parametrize(
    "arguments", [["no-such-verb"], ["--no-such-option"], ["report", "--format", "xml"], ["show"], ["db"], ["db", "x"]]
)
def test_wrong_usage_is_2_and_says_so_on_standard_error(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Usage: " in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["init"],
        ["report"],
        ["update"],
        ["show", "1"],
        ["query", "SELECT 1"],
        ["db", "path"],
        ["install"],
        ["use", "m"],
    ],
)
def test_outside_a_repository_is_1_in_one_sentence(arguments: list[str], tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), *arguments)
    assert (done.code, done.out) == (1, "")
    assert (
        done.err == f"ledger: {tmp_path} is not in a git repository; run this inside one, or name one with -C PATH.\n"
    )


def test_the_whole_of_a_process_is_the_same(tmp_path: Path) -> None:
    done = run_process("report", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert done.err == "ledger: . is not in a git repository; run this inside one, or name one with -C PATH.\n"


def test_a_bug_says_where_to_report_it_and_keeps_the_traceback(posted: Path, tmp_path: Path) -> None:
    _break(posted)
    done = run_process("-C", str(posted), "report", cwd=tmp_path, env={"TMPDIR": str(tmp_path)})
    (kept,) = tmp_path.glob("ledger-bug-*.txt")
    assert (done.code, done.out) == (1, "")
    assert "this is a bug" in done.err
    assert str(kept) in done.err
    assert "Traceback" not in done.err
    assert f"ledger {__version__}" in kept.read_text()
    assert "Traceback" in kept.read_text()


def test_verbose_shows_the_traceback_of_a_bug(posted: Path, tmp_path: Path) -> None:
    _break(posted)
    done = run_process("-v", "-C", str(posted), "report", cwd=tmp_path, env={"TMPDIR": str(tmp_path)})
    assert done.code == 1
    assert "Traceback (most recent call last)" in done.err


def _break(repository: Path) -> None:
    """Take a table away behind the program's back: nothing that it could expect."""
    connection = sqlite3.connect(repository / ".git" / "ledger" / "ledger.db")
    connection.executescript("DROP VIEW changes; DROP VIEW change_sums; DROP TABLE call;")
    connection.close()


def test_interrupted_is_130_and_the_next_run_goes_on(committed: Path) -> None:
    database = committed / ".git" / "ledger" / "ledger.db"
    with subprocess.Popen(
        [sys.executable, "-m", "ledger", "update", "--source", "entries", "-"],
        cwd=committed,
        env=process_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_signals,
    ) as process:
        until = time.monotonic() + 60
        while not database.exists() and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "interrupted" in err
    assert "Traceback" not in err
    again = run("-C", str(committed), "update")
    assert again.code == 0, again.err
    count = run("-C", str(committed), "query", "--format", "csv", "SELECT count(*) AS n FROM git_commit")
    assert (count.out, count.err) == ("n\n1\n", "")


@pytest.mark.parametrize("ended", [False, True], ids=["beside it", "after it was killed"])
def test_the_first_post_bars_nobody_from_the_ledger(committed: Path, ended: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ledger", "update", "--source", "entries", "-"],
        cwd=committed,
        env=process_environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        until = time.monotonic() + 60
        while not (committed / ".git" / "ledger" / "secret").exists() and time.monotonic() < until:
            time.sleep(0.01)
        if ended:
            process.kill()
            process.wait()
        found = run("-C", str(committed), "db", "schema")
        process.kill()
    assert (found.code, found.err) == (0, "")


def test_a_reader_that_goes_away_is_no_error(posted: Path) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT i FROM n"
    with subprocess.Popen(
        [sys.executable, "-m", "ledger", "query", "--format", "csv", many],
        cwd=posted,
        env=process_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        process.wait(timeout=60)
    assert said == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_standard_output_is_a_sentence_and_no_bug(posted: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ledger", "report"],
            cwd=posted,
            env=process_environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "bug" not in done.stderr
    assert "No space left" in done.stderr
