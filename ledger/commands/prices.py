"""`ledger prices`: what a model costs here and from where, and what has no price."""

from __future__ import annotations

from datetime import datetime

import click

from ledger.commands.options import Moment, Options, Words, now, screen


@click.command(name="prices")
@click.argument("model", required=False, type=Words())
@click.option("--at", type=Moment(), metavar="DATE", help="The price on this day.  [default: today]")
@click.option("--unpriced", "is_unpriced", is_flag=True, help="List the models in the ledger that have no price.")
@click.option("--json", "is_json", is_flag=True, help="Write it for a program, as JSON format 1.")
@click.pass_obj
def command(options: Options, model: str | None, at: datetime | None, is_unpriced: bool, is_json: bool) -> None:
    """What a model costs here, and what has no price.

    Shows the rates that calls of MODEL are priced with, per token bucket, long-context tier and way of calling, and
    where they come from: your own file, or the table and its version. Changes nothing.
    """
    from ledger.posting.kept import has_ledger
    from ledger.posting.pricelist import list_unpriced, model_price
    from ledger.reports import prices

    if is_unpriced == (model is not None):
        raise click.UsageError("Name a MODEL, or ask for --unpriced.")
    workplace = options.workplace()
    if model is not None:
        ledger = options.ledger(workplace) if has_ledger(workplace) else None
        found = model_price(workplace, ledger, model, (at or now()).date().isoformat())
        text = prices.price_json(found) if is_json else prices.price_text(found, int(screen()["width"]))
    else:
        rows = list_unpriced(workplace, options.ledger(workplace))
        text = prices.unpriced_json(rows) if is_json else prices.unpriced_text(rows)
    click.echo(text, nl=False)
