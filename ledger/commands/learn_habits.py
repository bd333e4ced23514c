"""`ledger learn habits`: how acceptance, attempts and cost move with how people work."""

from __future__ import annotations

from datetime import datetime

import click

from ledger.commands.options import Moment, Options, Words, folded, now, screen


@click.command(name="habits")
@click.option("--task", default="", type=Words(), metavar="NAME", help="Only changes of this task type.")
@click.option("--json", "is_json", is_flag=True, help="Write it for programs.")
@click.option(
    "--as-of", type=Moment(at_end=True), metavar="DATE", help="Judge outcomes as on this day.  [default: now]"
)
@click.pass_obj
def command(options: Options, task: str, is_json: bool, as_of: datetime | None) -> None:
    """Say which habits go with cheaper accepted changes.

    Size, files, tests, age, commits, rewrites, review and labels of this repository's decided changes, in bands, within
    task types; and beside them the spread between models: which lever is longer, or that neither can be told. Observed,
    not tried. Changes nothing.
    """
    from ledger.posting.habits import study_here
    from ledger.reports.habits import as_json, as_text

    workplace = options.workplace()
    ledger = options.ledger(workplace)
    found = study_here(workplace, ledger, as_of or now(), task)
    options.say_if_behind(ledger)
    click.echo(as_json(found) if is_json else folded(as_text(found, screen()["width"])), nl=False)
