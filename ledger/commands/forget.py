"""`ledger forget`: a session or an author counts no more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, Words, now
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.posting.forgetting import Loss


@click.command(name="forget")
@click.argument("name", type=Words(), metavar="SESSION|AUTHOR")
@click.option("--undo", is_flag=True, help="Let a session count again.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(options: Options, name: str, undo: bool, yes: bool) -> None:
    """Let a session or an author count no more.

    SESSION is an agent session's id or its beginning: its calls, commits and written files count no more, nor what
    is yet to be read of it. AUTHOR is an address: the name is erased from the commits, no model's part in them
    counts, and the sessions that made nothing but them are forgotten too. Says what that takes away, and asks.
    """
    from ledger.posting.forgetting import find_loss, forget, is_forgotten, remember

    workplace = options.workplace()
    ledger = options.ledger(workplace)
    loss = find_loss(workplace, ledger, name)
    if undo:
        options.say("It counts again." if remember(workplace, ledger, loss, now()) else "It was not forgotten.")
    elif is_forgotten(ledger, loss):
        options.say("It is forgotten already.")
    else:
        _ask(loss, yes)
        forget(workplace, ledger, loss, now())
        options.say(f"Forgotten: {', '.join(_taken(loss))}.")


def _ask(loss: Loss, yes: bool) -> None:
    """Say what it takes away and ask; raises LedgerError where nobody can be asked."""
    what = ", ".join(_taken(loss))
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LedgerError(f"This would take away {what}; say --yes if it is meant.")
    last = " An author's name cannot be brought back." if loss.author else ""
    click.confirm(f"This takes away {what}.{last} Is it meant?", err=True, abort=True)


def _taken(loss: Loss) -> Iterator[str]:
    from ledger.domain.money import shown, usd
    from ledger.domain.screen import counted

    if loss.author:
        yield f"the author of {counted(loss.commits, 'commit')}"
    yield counted(len(loss.sessions), "session")
    yield counted(loss.weight.calls, "call")
    yield f"{shown(usd(loss.weight.nusd))} of cost"
