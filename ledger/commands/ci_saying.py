"""What `ledger ci record` prints: a line for the log, a warning, a part of the job's summary, and outputs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ledger.domain.ci_words import harmless, output, summary, told, verdict, warning
from ledger.domain.forge_facts import Run

if TYPE_CHECKING:
    from ledger.commands.options import Options
    from ledger.domain.ci_context import CiContext
    from ledger.posting.recording import Recorded

_LARGEST_SUMMARY = 1 << 20
"""A step's summary that is larger is thrown away whole."""


def tell(options: Options, environ: Mapping[str, str], context: CiContext, recorded: Recorded) -> None:
    """Say what was recorded and what was not, wherever the CI has a place for it."""
    sentence = harmless(told(recorded.facts, context, recorded.places), 1000)
    options.say(sentence)
    if recorded.problems:
        _warn(environ, recorded.problems)
    _append(environ.get("GITHUB_STEP_SUMMARY"), summary(sentence, recorded.problems), _LARGEST_SUMMARY)
    runs = [fact for fact in recorded.facts if isinstance(fact, Run)]
    number = str(context.request_number or "")
    outputs = (("verdict", verdict(runs)), ("pr-number", number))
    _append(environ.get("GITHUB_OUTPUT"), "".join(output(name, text, _delimiter()) for name, text in outputs))


def _warn(environ: Mapping[str, str], problems: list[str]) -> None:
    """Each problem is a line; where the CI shows annotations, all of them are one."""
    for problem in problems:
        click.echo(f"ledger: {harmless(problem)}", err=True)
    if environ.get("GITHUB_ACTIONS") == "true":
        click.echo(warning(problems), err=True)


def _delimiter() -> str:
    return f"ledger_{secrets.token_hex(16)}"


def _append(path: str | None, text: str, largest: int | None = None) -> None:
    """Add to a file that the CI named; one that cannot be written is none of the job's concern."""
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            if largest is None or file.tell() + len(text.encode()) < largest:
                file.write(text)
    except OSError as error:
        click.echo(f"ledger: {os.path.basename(path)} cannot be written ({error.strerror}).", err=True)
