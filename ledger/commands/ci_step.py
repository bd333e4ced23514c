"""`ledger ci step`: everything that a job of CI does for the ledger, in one step."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import click

from ledger.commands.ci_telling import SUMMARY, keep_comment, say, tell_request, write_files, write_outputs
from ledger.commands.options import Options, Words
from ledger.domain.ci_step import STEPS, STORES, USUAL, Done, Wanted, harmless, store_for, verbs
from ledger.domain.sticky import MODES
from ledger.errors import LedgerError


class Several(click.ParamType[tuple[str, ...]]):
    """Words of a list, between blanks or commas."""

    name = "steps"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The words; a usage error for one that is no step."""
        words = tuple(value) if isinstance(value, tuple) else tuple(str(value).replace(",", " ").split())
        for word in words:
            if word not in STEPS:
                self.fail(f"{word!r} is none of {', '.join(STEPS)}.", param, ctx)
        return words or USUAL


@click.command(name="step")
@click.option(
    "--steps",
    type=Several(),
    default=" ".join(USUAL),
    show_default=True,
    envvar="LEDGER_STEPS",
    help=f"What to do, of {', '.join(STEPS)}; always in this order.",
)
@click.option(
    "--report",
    "reports",
    default="",
    type=Words(),
    envvar="LEDGER_REPORTS",
    metavar="PATTERNS",
    help="Reports of tests, a pattern a line.",
)
@click.option(
    "--store",
    type=click.Choice(STORES),
    default="auto",
    show_default=True,
    envvar="LEDGER_STORE",
    help="Where a record goes: refs of the remote, the database, or a file for an artifact. auto: the database that is "
    "named, else refs.",
)
@click.option(
    "--comment",
    "mode",
    type=click.Choice(MODES),
    default="off",
    show_default=True,
    envvar="LEDGER_COMMENT",
    help="Keep a comment on the request up to date: never, when its own line changes, or always.",
)
@click.option(
    "--summary/--no-summary", default=True, envvar="LEDGER_SUMMARY", help="Write the report into the job's summary."
)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default=Path("ledger-report"),
    show_default=True,
    envvar="LEDGER_INTO",
    help="Where report.json, report.md and an artifact's record.jsonl go.",
)
@click.option("--strict", is_flag=True, envvar="LEDGER_STRICT", help="Exit with 1 where something could not be done.")
@click.pass_obj
def command(
    options: Options,
    steps: tuple[str, ...],
    reports: str,
    store: str,
    mode: str,
    summary: bool,
    into: Path,
    strict: bool,
) -> None:
    """Do all that a job of CI does for the ledger.

    Pulls what others shared, asks the forge what became of requests, records how the job ended, posts, and reports: by
    the verbs that you could type. The first line names a permission that the job's token lacks, and what to add. Fails
    the job with --strict only. LEDGER_OUTCOME, LEDGER_NEEDS and LEDGER_LEG say how the tests ended, as for ledger ci
    record.
    """
    patterns = tuple(filter(None, map(str.strip, reports.splitlines())))
    has_database = bool(options.database or os.environ.get("LEDGER_DATABASE_URL"))
    wanted = Wanted(
        steps=steps,
        reports=patterns,
        store=store_for(store, has_database=has_database),
        record_file=str(into / "record.jsonl"),
    )
    with _environment(summary):
        done = _all(options, wanted, into, mode)
    if strict and any(each.problem for each in done):
        raise LedgerError("Not all of the step was done, and --strict makes that an error.")


def _all(options: Options, wanted: Wanted, into: Path, mode: str) -> list[Done]:
    """Each part of the step, told in the log, the job's summary and its outputs as far as each of them can be."""
    done: list[Done] = []
    told = None
    try:
        into.mkdir(parents=True, exist_ok=True)
        for step, arguments in verbs(wanted):
            if "entries" not in arguments or Path(wanted.record_file).is_file():
                done.append(_do(options, step, arguments))
        if "report" in wanted.steps:
            told = tell_request(options, done)
            keep_comment(options, mode, done)
        write_files(told, into, done)
        write_outputs(told, into, done)
    except OSError as error:
        done.append(Done("report", 1, harmless(f"{error.filename or 'A file'} cannot be written: {error.strerror}.")))
    except Exception as error:
        done.append(Done("report", 1, harmless(f"This is a bug ({type(error).__name__}: {error}), please report it.")))
    say(done, told)
    return done


@contextmanager
def _environment(summary: bool) -> Iterator[None]:
    """The job's own environment: with git's way to the token, and without the summary if none is wanted."""
    from ledger.exchange.askpass import answering

    before = dict(os.environ)
    with answering(before) as answers:
        os.environ.update(answers)
        if not summary:
            os.environ.pop(SUMMARY, None)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _do(options: Options, step: str, arguments: Sequence[str]) -> Done:
    """One verb through the command line's own door; what it prints is kept for the log."""
    from ledger.commands import main

    base = ["-C", options.path, *(["--database", options.database] if options.database else [])]
    said, code = io.StringIO(), 0
    with redirect_stdout(said), redirect_stderr(said):
        try:
            main([*base, *arguments])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return Done(step, code, harmless(said.getvalue()))
