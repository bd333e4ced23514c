"""`ledger ci`: what a forge and CI know of requests; each of its verbs has a file of its own."""

from __future__ import annotations

import click

from ledger.commands import ci_comment, ci_import, ci_record, ci_step, ci_sync


@click.group(name="ci")
def command() -> None:
    """Bring in what a forge and CI know of requests."""


command.add_command(ci_record.command)
command.add_command(ci_step.command)
command.add_command(ci_comment.command)
command.add_command(ci_import.command)
command.add_command(ci_sync.command)
