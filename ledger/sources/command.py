"""A command of the user's, run as if nobody stood between: its streams, its signals and its end are its own."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

from ledger.errors import LedgerError

_PASSED_ON = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")
_FROM_KEYS = ("SIGINT", "SIGQUIT")
"""What a terminal sends to everything that runs in front of it when somebody presses a key."""
_STOPPING = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM")


class NotStarted(LedgerError):
    """The command cannot be run; the exit code is the one that a shell gives for it."""

    def __init__(self, command: str, error: OSError) -> None:
        is_there = not isinstance(error, FileNotFoundError)
        super().__init__(f"{command} cannot be run ({error.strerror}); nothing was recorded.")
        self.exit_code = 126 if is_there else 127


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    """Its exit code, or below zero the signal that ended it."""
    was_stopped: bool
    """A signal that asks to end came while it ran."""


def run_command(arguments: Sequence[str], folder: str) -> Ended:
    """Run the command in the folder until it ends; raises NotStarted.

    It inherits every open stream. Signals that come meanwhile are the command's to answer, so they are passed on and
    end nothing here; what a terminal sends by a key has reached it already. Signals that were ignored stay ignored.
    """
    relay = _Relay()
    with relay:
        try:
            # Other open files may be meant for the command too: make hands its job server down like that.
            process = subprocess.Popen(arguments, cwd=folder, close_fds=False)
        except OSError as error:
            raise NotStarted(arguments[0], error) from error
        return Ended(relay.follow(process), relay.was_stopped)


class _Relay:
    """Passes on the signals that come while it is entered.

    Each also rings a bell, a pipe that is waited on: one that came just before a wait would not end it otherwise.
    """

    def __init__(self) -> None:
        self.was_stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._before: dict[int, Any] = {}
        self._bell = (-1, -1)
        self._bell_before = -1

    def __enter__(self) -> None:
        self._bell = os.pipe()
        for end in self._bell:
            os.set_blocking(end, False)
        self._bell_before = signal.set_wakeup_fd(self._bell[1], warn_on_full_buffer=False)
        numbers = [getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)]
        heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._pass_on) for number in heard}
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._bell_before)
        for end in self._bell:
            os.close(end)

    def follow(self, process: subprocess.Popen[bytes]) -> int:
        """Wait until the command ends; returns how. Signals that came before it had started reach it now."""
        self._process = process
        while self._early:
            process.send_signal(self._early.pop(0))
        while (code := process.poll()) is None:
            select.select([self._bell[0]], [], [])
            with suppress(BlockingIOError):
                os.read(self._bell[0], 4096)
        return code

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        self.was_stopped = self.was_stopped or name in _STOPPING
        if self._process is None:
            self._early.append(number)
        elif not (name in _FROM_KEYS and _is_in_front()):
            with suppress(ProcessLookupError):
                self._process.send_signal(number)


def _is_in_front() -> bool:
    """This process is among those that a key on the terminal reaches."""
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def end_alike(code: int) -> int:
    """The exit code to end with; where a signal ended the command, this process ends by the same one.

    Returns only where the signal does not end it.
    """
    if code >= 0:
        return code
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the command's core is the one that is wanted
    with suppress(ValueError, OSError):
        signal.signal(-code, signal.SIG_DFL)
    with suppress(OSError):
        os.kill(os.getpid(), -code)
    return 128 - code
