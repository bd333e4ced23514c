"""`ledger report`: what may be said, with its doubt."""

from __future__ import annotations

from datetime import datetime

import click

from ledger.commands.options import Options, now, screen, slice_options


@click.command(name="report")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@slice_options
@click.pass_obj
def command(
    options: Options, form: str, since: datetime | None, until: datetime | None, as_of: datetime | None
) -> None:
    """Cost per accepted change, by model and task type.

    Counts what is in the ledger and changes nothing; `ledger update` brings in what is new.
    """
    from ledger.posting.reporting import make_report
    from ledger.reports import render

    workplace = options.workplace()
    ledger = options.ledger(workplace)
    report = make_report(ledger, as_of or now(), since=since, until=until)
    click.echo(render(report, form, **screen()), nl=False)
