"""`ledger compare`: two of a kind against each other."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

import click

from ledger.commands.options import (
    Options,
    Words,
    chosen,
    chosen_options,
    cost_option,
    now,
    repository_asked,
    screen,
    slice_options,
)

_PARTS = {"task": "task_type", "area": "area", "stakes": "stakes", "package": "package", "month": "month"}


@click.command(name="compare")
@click.argument("one", type=Words())
@click.argument("other", type=Words())
@click.option(
    "--of",
    "dimension",
    type=click.Choice(["model", "family", "agent", "provider", "line-up"]),
    help="What the names are of.  [default: the first of these that has both]",
)
@click.option(
    "--by",
    type=click.Choice(list(_PARTS)),
    default="task",
    show_default=True,
    help="The kinds of work that they are compared within, and the mix of which they are brought to.",
)
@cost_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@chosen_options
@slice_options
@click.pass_obj
def command(
    options: Options,
    /,
    one: str,
    other: str,
    dimension: str | None,
    by: str,
    cost: str | None,
    form: str,
    is_all: bool,
    repository: str,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    **chosen_by: Any,
) -> None:
    """Two models, agents or line-ups: which costs less per accepted change.

    ONE and OTHER are names as the report has them: of models, families, agents, providers, or line-ups. Both are
    compared within each kind of work, at one mix of it, and as they are; with what would settle what is still open.
    """
    from ledger.config import Config
    from ledger.posting.choosing import choose
    from ledger.posting.contesting import contest
    from ledger.store.figures import Slice

    ledger, workplace = options.reading()
    judged_at = as_of or now()
    asked = repository_asked(workplace, ledger, repository, is_all)
    part = Slice(since, until, asked, choose(ledger, judged_at, chosen(chosen_by)))
    named = {None: "", "line-up": "lineup"}.get(dimension, dimension or "")
    seats = (workplace.config if workplace else Config()).seats
    found = contest(ledger, judged_at, one, other, part=part, by=_PARTS[by], dimension=named, cost=cost, seats=seats)
    writer = import_module("ledger.reports.versus_json" if form == "json" else "ledger.reports.versus")
    click.echo(writer.render(found, **screen()), nl=False)
    options.say_if_behind(ledger)
