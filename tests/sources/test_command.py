"""A command that is run is as it would be alone: streams, signals, terminal, end."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ledger.sources.command import Ended, NotStarted, end_alike, run_command
from tests.commands.running import heed_signals, process_environment

_HELD = (
    "from ledger.sources.command import run_command, end_alike\n"
    "import sys\n"
    "ended = run_command(sys.argv[1:], '.')\n"
    "print('ended', ended.code, ended.was_stopped, flush=True)\n"
    "sys.exit(end_alike(ended.code))\n"
)
TRAPPING = "trap 'echo heard {0}; exit 7' {0}; echo ready; while :; do sleep 0.05; done"


def held(*command: str) -> list[str]:
    return [sys.executable, "-c", _HELD, *command]


def started(*command: str) -> subprocess.Popen[str]:
    """A process that runs the command, once it is ready."""
    process = subprocess.Popen(
        held(*command),
        stdout=subprocess.PIPE,
        text=True,
        env=process_environment(),
        start_new_session=True,
        preexec_fn=heed_signals,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("code", [0, 1, 77, 255])
def test_an_exit_code_is_told(code: int, tmp_path: Path) -> None:
    assert run_command(["sh", "-c", f"exit {code}"], str(tmp_path)) == Ended(code, was_stopped=False)


def test_it_runs_in_the_folder(tmp_path: Path) -> None:
    assert run_command(["sh", "-c", "pwd -P >here"], str(tmp_path)).code == 0
    assert (tmp_path / "here").read_text().strip() == str(tmp_path.resolve())


def test_a_signal_that_ended_it_is_told_and_nobody_asked_for(tmp_path: Path) -> None:
    assert run_command(["sh", "-c", "kill -KILL $$"], str(tmp_path)) == Ended(-signal.SIGKILL, was_stopped=False)


def test_what_cannot_be_run_has_the_shells_exit_code(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("no program")
    with pytest.raises(NotStarted, match=r"^nowhere cannot be run \(No such file or directory\)") as missing:
        run_command(["nowhere"], str(tmp_path))
    with pytest.raises(NotStarted) as refused:
        run_command(["./plain"], str(tmp_path))
    assert (missing.value.exit_code, refused.value.exit_code) == (127, 126)


@pytest.mark.parametrize("name", ["TERM", "HUP", "INT", "QUIT", "USR1"])
def test_a_signal_is_the_commands_to_answer(name: str) -> None:
    process = started("sh", "-c", TRAPPING.format(name))
    process.send_signal(getattr(signal, f"SIG{name}"))
    out, _ = process.communicate(timeout=20)
    assert out == f"heard {name}\nended 7 {name != 'USR1'}\n"
    assert process.returncode == 7


def test_a_signal_that_comes_just_before_the_wait_is_not_slept_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = select.select

    def late(*arguments: Any) -> Any:
        monkeypatch.setattr("select.select", waiting)
        os.kill(os.getpid(), signal.SIGTERM)
        return waiting(*arguments)

    monkeypatch.setattr("select.select", late)
    assert run_command(["sleep", "300"], str(tmp_path)) == Ended(-signal.SIGTERM, was_stopped=True)


def test_nothing_is_left_of_the_handlers(tmp_path: Path) -> None:
    def handlers() -> list[Any]:
        return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)]

    before, files = handlers(), len(os.listdir("/dev/fd"))
    run_command(["true"], str(tmp_path))
    assert (handlers(), len(os.listdir("/dev/fd"))) == (before, files)


def test_a_command_that_a_signal_ends_is_followed_by_the_same() -> None:
    process = started("sh", "-c", "echo ready; exec sleep 60")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=20)
    assert out == "ended -15 True\n"
    assert process.returncode == -signal.SIGTERM


def test_signals_that_were_ignored_stay_ignored(tmp_path: Path) -> None:
    script = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + _HELD
    said = "import signal; print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)"
    done = subprocess.run(
        [sys.executable, "-c", script, sys.executable, "-c", said],
        cwd=tmp_path,
        env=process_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True\nended 0 False\n"


def test_open_files_are_handed_down(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    try:
        assert run_command(["sh", "-c", f"echo there >/dev/fd/{writing}"], str(tmp_path)).code == 0
        assert os.read(reading, 100) == b"there\n"
    finally:
        os.close(reading)
        os.close(writing)


def test_a_key_on_the_terminal_reaches_the_command_once() -> None:
    counting = (
        "import signal, time\n"
        "heard = []\n"
        "signal.signal(signal.SIGINT, lambda *_: heard.append(1))\n"
        "print('ready', flush=True)\n"
        "end = time.monotonic() + 20\n"
        "while not heard and time.monotonic() < end: time.sleep(0.02)\n"
        "time.sleep(0.5)\n"
        "print('heard', len(heard), flush=True)\n"
    )
    child, terminal = pty.fork()
    if child == 0:
        heed_signals()
        os.execve(sys.executable, held(sys.executable, "-c", counting), process_environment())  # noqa: S606
    try:
        shown = _until(terminal, b"ready")
        os.write(terminal, b"\x03")
        shown += _until(terminal, b"ended")
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    assert b"heard 1\r\n" in shown
    assert b"ended 0 True" in shown


def _until(terminal: int, sign: bytes) -> bytes:
    """What the terminal shows until the sign comes with its line, or for half a minute."""
    shown, end = b"", time.monotonic() + 30
    while not (sign in shown and shown.endswith(b"\n")) and time.monotonic() < end:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
    return shown


def test_exit_codes_are_ended_with_as_they_are() -> None:
    assert [end_alike(code) for code in (0, 1, 255)] == [0, 1, 255]
