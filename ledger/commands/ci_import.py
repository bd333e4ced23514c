"""`ledger ci import`: requests from files, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, Words
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.posting.update import Posted

_SOURCE = "requests"


@click.command(name="import")
@click.option(
    "--repository",
    "also_here",
    multiple=True,
    type=Words(),
    metavar="HOST/OWNER/NAME",
    help="This repository under another name: as it was called before, or where its requests are.",
)
@click.argument("files", nargs=-1, required=True, type=Words(), metavar="FILE...")
@click.pass_obj
def command(options: Options, files: tuple[str, ...], also_here: tuple[str, ...]) -> None:
    """Bring in requests from FILEs, without a network.

    A FILE, - for standard input, is a list of gh (gh pr list --state all --json FIELDS > FILE; docs/sources.md has the
    whole line), of GitHub's or GitLab's API, a payload of GitHub's webhooks, or a table with a header: they are told
    apart by their form. The newest description of a request counts, in whatever order they come. Titles, dates, labels,
    branches and commits are kept, of people a keyed hash, and nothing else.
    """
    from ledger.commands.update import post
    from ledger.domain.reading import Named

    workplace = options.workplace()
    ledger = options.ledger(workplace, create=True)
    posted = post(options, workplace, ledger, ("commits",), {_SOURCE: Named(files, also_here=also_here)})
    options.say(f"Posted {posted.new:,} new facts, {posted.changed:,} changed.")
    _tell_left_out(options, posted)


def _tell_left_out(options: Options, posted: Posted) -> None:
    """Say what was left out; raises LedgerError for files of which nothing could be read."""
    skips = sorted(posted.left_out.get(_SOURCE, ()), key=lambda skip: (skip.what == "file", skip.where, skip.what))
    for skip in skips:
        if skip.what != "file":
            options.say(f"{skip.where}: {skip.why}")
    unread = [f"{skip.where}: {skip.why}" for skip in skips if skip.what == "file"]
    if unread:
        raise LedgerError("\n".join(unread))
