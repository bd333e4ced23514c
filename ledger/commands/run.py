"""`ledger run`: run a command, and record what became of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, Words, now
from ledger.commands.printing import unread
from ledger.domain.screen import plain
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.posting.running import Before
    from ledger.posting.workplace import Workplace
    from ledger.sources.command import Ended

_LONGEST = 400
"""Letters of a notice: a path and a sentence."""


@click.command(name="run", context_settings={"allow_interspersed_args": False})
@click.option(
    "--report",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Reports of tests that the command writes: JUnit XML, CTRF, go test -json or pytest's report log.",
)
@click.option(
    "--name", type=Words(), metavar="NAME", help="What the run is called.  [default: the command's first words]"
)
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
@click.pass_context
def command(ctx: click.Context, patterns: tuple[str, ...], name: str | None, arguments: tuple[str, ...]) -> None:
    """Run a command and record on HEAD how it ended.

    Its input, output, signals and exit code are its own: ledger run -- pytest ends as pytest does, whatever becomes of
    the record. With changes in the worktree the run is recorded, but tells nothing of the commit. Of one name the last
    run on a commit counts, so give a part of the tests a --name of its own. LEDGER=0 only runs it.
    """
    from ledger.sources.command import end_alike, run_command

    options: Options = ctx.obj
    recording = None if os.environ.get("LEDGER") == "0" else _Recording(options, patterns, name, arguments)
    started = time.monotonic()
    ended = run_command(arguments, options.path)
    if recording:
        recording.keep(ended, round((time.monotonic() - started) * 1000))
    with unread("stdout"):
        sys.stdout.flush()
    ctx.exit(end_alike(ended.code))


class _Recording:
    """The record of one run; whatever goes wrong with it is a sentence, and never the command's."""

    def __init__(
        self, options: Options, patterns: tuple[str, ...], name: str | None, arguments: tuple[str, ...]
    ) -> None:
        self._options, self._patterns = options, patterns
        self._folder = Path(options.path)
        self._begun: tuple[Workplace, Before, str] | None = None
        with self._told():
            self._begun = self._begin(name, arguments)

    def keep(self, ended: Ended, took_ms: int) -> None:
        """Record how it ended."""
        if self._begun:
            with self._told():
                self._record(*self._begun, ended, took_ms)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What ends in an error is told in a sentence, and the command is not bothered."""
        try:
            yield
        except LedgerError as error:
            self._options.say(f"ledger: this run is not recorded: {error}")
        except KeyboardInterrupt:
            self._options.say("ledger: this run is not recorded: it was interrupted.")
        except Exception as error:
            bug = f"{type(error).__name__}: {error}".splitlines()[0]
            self._options.say(f"ledger: this run is not recorded: this is a bug ({plain(bug)}), please report it.")

    def _begin(self, name: str | None, arguments: tuple[str, ...]) -> tuple[Workplace, Before, str]:
        from ledger.posting.running import check_ledger, look_before, name_of, said_name

        shown = said_name(name) if name is not None else name_of(arguments)
        workplace = self._options.workplace()
        check_ledger(workplace)
        return workplace, look_before(workplace.git, self._folder, self._patterns), shown

    def _record(self, workplace: Workplace, before: Before, name: str, ended: Ended, took_ms: int) -> None:
        from ledger.posting.running import Told, note, post, read_reports

        results, notices = read_reports(self._folder, self._patterns, before)
        for notice in notices:
            self._options.say(f"ledger: {plain(notice, _LONGEST)}")
        noted = note(workplace, before, Told(name, ended, took_ms, results), now())
        if noted.changed:
            where = plain(noted.changed, 80)
            self._options.say(f"ledger: the worktree has changes ({where}), so this run tells nothing of the commit.")
        try:
            ledger = self._options.ledger(workplace)
            post(workplace, ledger, now())
            ledger.close()
        except LedgerError as error:
            self._options.say(f"ledger: this run is in the journal, and the next ledger update counts it: {error}")
