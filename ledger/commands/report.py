"""`ledger report`: what may be said, with its doubt."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ledger.commands.options import Options, folded, now, screen, slice_options
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.store.engine import Ledger


class By(click.ParamType[str]):
    """task_type, area, stakes, package, or label:KEY."""

    name = "key"
    _WORDS = ("task_type", "area", "stakes", "package")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The key as it was given; a usage error for another one."""
        kind, _, key = str(value).partition(":")
        if value not in self._WORDS and not (kind == "label" and key.replace("_", "a").isalnum()):
            self.fail(f"{value!r} is none of {', '.join(self._WORDS)} and no label such as label:team.", param, ctx)
        return str(value)


@click.command(name="report")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--by",
    type=By(),
    metavar="KEY",
    default="task_type",
    show_default=True,
    help="Tell models apart by task_type, area, stakes, package, or by a label: label:team.",
)
@click.option(
    "--credit",
    type=click.Choice(["lead", "own", "first", "lineup"]),
    default="lead",
    show_default=True,
    help="Whose a change's cost is: the leading model's, each model's own, the first one's, or its line-up's.",
)
@click.option(
    "--cost",
    type=click.Choice(["list", "billed", "effective"]),
    help="Count this kind of cost alone: at list price, as bills and gateways said, or as paid for seats and by bills.",
)
@click.option(
    "--unattributed",
    "is_unattributed",
    is_flag=True,
    help="List what reached no change instead: the largest sums, the reason for each, and what to do about it.",
)
@slice_options
@click.pass_obj
def command(
    options: Options,
    form: str,
    by: str,
    credit: str,
    cost: str | None,
    is_unattributed: bool,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
) -> None:
    """Cost per accepted change, by model and task type.

    Counts what is in the ledger and changes nothing; `ledger update` brings in what is new.
    """
    from ledger.posting.reporting import make_report
    from ledger.reports import render

    ledger, config = options.reading()
    if is_unattributed:
        if since or until or as_of or cost or by != "task_type":
            raise LedgerError(
                "--unattributed lists all that the report's bucket holds, whenever it was spent: leave the other "
                "options out."
            )
        text = _unattributed(ledger, form)
        click.echo(text if form == "json" else folded(text), nl=False)
        options.say_if_behind(ledger)
        return
    seats = config.seats
    report = make_report(ledger, as_of or now(), since=since, until=until, by=by, credit=credit, seats=seats, cost=cost)
    click.echo(render(report, form, **screen()), nl=False)


def _unattributed(ledger: Ledger, form: str) -> str:
    from ledger.posting.leftovers import find_unattributed
    from ledger.reports.unattributed import render

    return render(find_unattributed(ledger), form)
