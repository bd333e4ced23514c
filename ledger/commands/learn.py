"""`ledger learn`: what past changes teach; each of its verbs has a file of its own."""

from __future__ import annotations

import click

from ledger.commands import learn_advise, learn_backtest, learn_habits


@click.group(name="learn")
def command() -> None:
    """What past changes teach: evidence before a choice."""


command.add_command(learn_advise.command)
command.add_command(learn_backtest.command)
command.add_command(learn_habits.command)
