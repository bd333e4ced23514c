"""`ledger uninstall`: take the hooks out."""

from __future__ import annotations

import click

from ledger.commands.options import Options


@click.command(name="uninstall")
@click.pass_obj
def command(options: Options) -> None:
    """Take the hooks out and put back what was there.

    The journal and the database stay; they are in the ledger directory under git's own.
    """
    from ledger.git import Git
    from ledger.hooking.install import uninstall

    removed = uninstall(Git.open(options.path))
    for done in removed:
        click.echo(f"{done.event}: {done.what}{f' ({done.why})' if done.why else ''}")
    if not removed:
        click.echo("No hook of the ledger is installed here.")
