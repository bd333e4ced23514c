"""`ledger query`: plain SQL on the ledger."""

from __future__ import annotations

import click

from ledger.commands.options import Options, Words, screen
from ledger.errors import LedgerError


@click.command(name="query")
@click.argument("sql", type=Words())
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to write the rows.",
)
@click.option(
    "--param", "-p", "params", multiple=True, type=Words(), metavar="NAME=TEXT", help="A value for :NAME in the SQL."
)
@click.option(
    "--seconds", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="Give up after so long."
)
@click.pass_obj
def command(options: Options, sql: str, form: str, params: tuple[str, ...], seconds: float) -> None:
    """Run SQL on the ledger, read-only.

    The views are the contract: changes, cost_per_accepted_change, spend, reconciliation and more; docs/sql.md
    describes each column.
    """
    from ledger.reports import rows
    from ledger.store.query import query

    pairs = [param.partition("=") for param in params]
    if not all(equals for _, equals, _ in pairs):
        raise LedgerError("Write a parameter as NAME=TEXT, as in --param model=claude-opus-4-8.")
    ledger, _ = options.reading()
    answer = query(ledger, sql, {name: text for name, _, text in pairs}, seconds)
    if form == "table":
        click.echo(rows.as_table(answer.columns, answer.rows, int(screen()["width"])), nl=False)
    elif form == "json":
        click.echo(rows.as_json(answer.columns, answer.rows), nl=False)
    else:
        click.echo(rows.as_csv(answer.columns, answer.rows), nl=False)
