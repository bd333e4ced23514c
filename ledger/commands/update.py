"""`ledger update`: read what happened and post it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, now
from ledger.errors import LedgerError
from ledger.posting.agents import AGENTS

if TYPE_CHECKING:
    from ledger.posting.update import Posted
    from ledger.posting.workplace import Workplace
    from ledger.store.engine import Ledger


def post(
    options: Options,
    workplace: Workplace,
    ledger: Ledger,
    sources: Sequence[str] = (),
    files: Sequence[Path] = (),
) -> Posted:
    """Post everything new; progress goes to standard error where somebody watches. Notices are said."""
    from ledger.hooking.shared import follow_flags
    from ledger.posting.update import SOURCES, update

    follow_flags(workplace.git, workplace.config)
    watched = sys.stderr.isatty() and not options.quiet

    def step(source: str, count: int) -> None:
        if watched:
            click.echo(f"\r{source}: {count:,} read ", err=True, nl=False)

    posted = update(workplace, ledger, now=now(), sources=tuple(sources) or SOURCES, entry_files=files, step=step)
    if watched:
        click.echo("\r" + " " * 40 + "\r", err=True, nl=False)
    for notice in posted.notices:
        options.say(notice)
    return posted


@click.command(name="update")
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Choice(["commits", "journal", "reflogs", *AGENTS, "entries"]),
    help="Read only this source; may be given more than once.  [default: all but entries]",
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True), metavar="[FILE]...")
@click.pass_obj
def command(options: Options, sources: tuple[str, ...], files: tuple[Path, ...]) -> None:
    """Read what happened and post it to the ledger.

    Reads git and its reflogs, the hooks' journal and the agents' logs; nothing leaves this machine. With --source
    entries, reads FILEs of entries, one JSON object a line, - for standard input. Posting twice changes nothing.
    """
    if ("entries" in sources) != bool(files):
        raise LedgerError("Name the files of entries: ledger update --source entries FILE.")
    workplace = options.workplace()
    ledger = options.ledger(workplace, create=True)
    posted = post(
        options,
        workplace,
        ledger,
        tuple(source for source in sources if source != "entries") or _others(sources),
        files,
    )
    left_out = f", {posted.skipped:,} left out (ledger report names them)" if posted.skipped else ""
    options.say(f"Posted {posted.new:,} new facts, {posted.changed:,} changed{left_out}.")


def _others(sources: tuple[str, ...]) -> tuple[str, ...]:
    """What else to read: nothing but commits, which attribution needs, when only entries were asked for."""
    return ("commits",) if sources else ()
