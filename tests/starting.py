"""Processes of the program that begin with its modules loaded: loading takes longer than most of what they do.

A server process loads everything once and is forked for each of them. So many that are started at once work at once,
one that is killed is killed at work, and none costs half a second before it begins. How a process begins by itself,
and what it loads, is for tests.commands.running.run_process to show.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.commands.running import process_environment

_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.loaded"])


def starting(
    work: Callable[..., object], *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> ForkServerProcess:
    """A process that was just started and calls `work`, with this test's environment; its exit code is that of `work`.

    `work` and its arguments are pickled, so it is a function of a module.
    """
    process = _SERVER.Process(target=_begin, args=(process_environment(env), cwd, work, arguments))
    process.start()
    return process


def ended(*processes: ForkServerProcess, seconds: float = 120) -> list[int | None]:
    """The exit codes, once all have ended; None where one has not in that time."""
    for process in processes:
        process.join(seconds)
    return [process.exitcode for process in processes]


def command(*arguments: str) -> None:
    """`ledger` with these arguments; what it prints to standard output goes nowhere."""
    from ledger.commands import main

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    main(list(arguments))


def _begin(
    environment: dict[str, str], cwd: Path | None, work: Callable[..., object], arguments: tuple[object, ...]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    if cwd:
        os.chdir(cwd)
    work(*arguments)
