"""Printing to readers who may be gone: a verdict stands whether it is read or not."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import pytest

from ledger.commands import main
from ledger.commands.printing import tell

GATE = ("report", "--as-of", "2026-03-20", "--fail-if", "spend > 1")


@contextmanager
def nobody() -> Iterator[io.TextIOWrapper]:
    """A pipe of which nobody reads the other end."""
    reader, writer = os.pipe()
    os.close(reader)
    stream = open(writer, "w")  # noqa: SIM115 - closing it is what fails
    try:
        yield stream
    finally:
        with suppress(BrokenPipeError):
            stream.close()


def unread(*arguments: str, also_errors: bool) -> tuple[int, str]:
    """(exit code, what stood on standard error) of a command whose reader is gone, that of its errors too."""
    said = io.StringIO()
    with nobody() as gone, redirect_stdout(gone), redirect_stderr(gone if also_errors else said):
        code = ended(*arguments)
    return code, said.getvalue()


def ended(*arguments: str) -> int:
    """The exit code of the command line, which always ends with one."""
    with pytest.raises(SystemExit) as found:
        main(list(arguments))
    assert isinstance(found.value.code, int)
    return found.value.code


def test_what_nobody_reads_is_dropped_and_the_other_stream_is_not() -> None:
    said = io.StringIO()
    with nobody() as gone, redirect_stdout(gone), redirect_stderr(said):
        tell("first")
        assert sys.stdout is not gone
        tell("second")
        tell("a sentence", err=True)
    assert said.getvalue() == "a sentence\n"


def test_what_is_read_is_printed() -> None:
    said = io.StringIO()
    with redirect_stdout(said):
        tell("one", nl=False)
        tell("two")
    assert said.getvalue() == "onetwo\n"


def test_a_gate_fails_though_nobody_reads_the_report(posted: Path) -> None:
    code, said = unread("-C", str(posted), *GATE, also_errors=False)
    assert code == 3
    assert said.endswith("ledger: Failed: spend > 1.\n"), "errors had a reader, and tell him why"
    assert unread("-C", str(posted), *GATE, also_errors=True)[0] == 3
    assert unread("-C", str(posted), *GATE[:3], also_errors=False) == (0, "")


def test_other_codes_stand_too(tmp_path: Path) -> None:
    assert unread("no-such-verb", also_errors=True)[0] == 2
    assert unread("-C", str(tmp_path), "report", also_errors=True)[0] == 1


def test_a_command_that_is_run_ends_as_it_does(committed: Path) -> None:
    arguments = ("-C", str(committed), "run", "--", sys.executable, "-c", "raise SystemExit(7)")
    assert unread(*arguments, also_errors=True)[0] == 7


def test_standard_output_that_was_closed_before_is_no_bug(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = io.StringIO()
    with redirect_stderr(said):
        monkeypatch.setattr(sys, "stdout", None)
        assert ended("-C", str(tmp_path), "--version") == 0
    assert said.getvalue() == ""
