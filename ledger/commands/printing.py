"""Printing where more counts of a command than what it prints: its verdict, its exit code, the work that it is in.

Elsewhere a command ends with its output: once nobody reads an export any more, there is nothing left to do. A gate that
ended so would pass whenever `| head` is done with it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


class _Nowhere(io.StringIO):
    """A stream that forgets what is written to it."""

    def write(self, text: str, /) -> int:
        """As if it had been written."""
        return len(text)


def tell(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print to standard output or error; that nobody reads it any more changes nothing."""
    with unread("stderr" if err else "stdout"):
        click.echo(text, err=err, nl=nl)


@contextmanager
def unread(stream: str) -> Iterator[None]:
    """What is printed to `stdout` or `stderr` in here may have no reader; what comes after is done all the same."""
    try:
        yield
    except BrokenPipeError:
        setattr(sys, stream, _Nowhere())


def open_streams() -> None:
    """Give whoever was started with standard output or error closed a stream to print to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, _Nowhere())
