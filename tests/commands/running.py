"""Runs the command line as a person does: arguments in, two streams and an exit code out."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from ledger.commands import main

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str


def run(*arguments: str) -> Ran:
    """The command line through its only door, in this process."""
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(list(arguments))
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int), "main ends by exiting with a number"
    return Ran(code, out.getvalue(), err.getvalue())


def run_process(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: bytes = b"", python: Sequence[str] = ()
) -> Ran:
    """The command line as a process of its own: exit codes, streams and imports are the real ones."""
    done = subprocess.run(
        [sys.executable, *python, "-m", "ledger", *arguments],
        cwd=cwd,
        env=process_environment(env),
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def process_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The test's own environment, with this package importable from any directory."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}


def heed_signals() -> None:
    """Let this process be ended by what a terminal sends: one started in the background inherits that it is ignored."""
    for ending in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(ending, signal.SIG_DFL)


def statements(changes: int, repository: str) -> str:
    """Entries of two models' decided changes, as a spreadsheet would give them; two in three are accepted."""
    rows = []
    for number in range(1, changes + 1):
        body = {
            "change": str(number),
            "model": ("claude-opus-4-8", "claude-haiku-4-5")[number % 2],
            "agent": "claude-code",
            "role": "implement",
            "task_type": "fix",
            "opened": "2026-03-01",
            "decided": "2026-03-02",
            "outcome": "rejected" if number % 3 == 0 else "accepted",
            "cost": f"{1 + number / 100:.2f}",
        }
        rows.append({"v": 1, "kind": "statement", "repository": [repository], "body": body})
    return "".join(json.dumps(row) + "\n" for row in rows)
