"""`ledger sources`: what can be read, and what of it is here, in the ledger and how fresh."""

from __future__ import annotations

import click

from ledger.commands.options import Options, screen


@click.command(name="sources")
@click.option("--json", "is_json", is_flag=True, help="Write it for a program, as JSON format 1.")
@click.pass_obj
def command(options: Options, is_json: bool) -> None:
    """List what can be read, and what is here of it.

    The repository's own sources, the agents' logs on this machine, and what reads files that you name: where they are,
    how much, how fresh, and how many calls the ledger has of each. Opens no log and changes nothing.
    """
    from ledger.posting.sources import look_at_sources
    from ledger.reports.sources import as_json, as_text

    found = look_at_sources(options.workplace())
    click.echo(as_json(found) if is_json else as_text(found, screen()["width"]), nl=False)
