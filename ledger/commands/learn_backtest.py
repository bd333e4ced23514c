"""`ledger learn backtest`: what static rules would have cost over past changes."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

import click

from ledger.commands.options import Options, Words, now, repository_asked, repository_options, screen, slice_options


@click.command(name="backtest")
@click.argument("rules", type=Words())
@click.option("--json", "is_json", is_flag=True, help="One object for programs in place of the tables.")
@click.option(
    "--fallback-cost",
    metavar="USD",
    help="Tell beside it what the rules cost if a change that is not accepted costs a person so much.  "
    "[default: git config ledger.fallbackCost]",
)
@repository_options
@slice_options
@click.pass_obj
def command(
    options: Options,
    /,
    rules: str,
    is_json: bool,
    fallback_cost: str | None,
    repository: str,
    is_all: bool,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
) -> None:
    """Replay rules of which model starts which work.

    RULES are rules like 'docs -> claude-haiku-4-5; else -> claude-opus-4-8', a file that holds them, or - for standard
    input. A rule goes by task type, area=, stakes= and package=; the first that fits a change counts. What its model
    cost on such work is set beside what happened, where it really began such work. Changes nothing.
    """
    from ledger.config import fallback_of
    from ledger.domain.path_rules import PathRules
    from ledger.domain.static_rules import parse
    from ledger.posting.backtesting import backtest, rules_text
    from ledger.posting.ruling import path_rules
    from ledger.store.figures import Slice

    asked = parse(rules_text(rules))
    ledger, workplace = options.reading()
    configured = workplace.config.fallback_cost if workplace else None
    found = backtest(
        ledger,
        as_of or now(),
        asked,
        Slice(since, until, repository_asked(workplace, ledger, repository, is_all)),
        areas=(path_rules(workplace) if workplace else PathRules()).areas,
        fallback_nusd=fallback_of(fallback_cost) if fallback_cost else configured,
    )
    writer = import_module("ledger.reports.backtest_json" if is_json else "ledger.reports.backtest")
    click.echo(writer.render(found, **screen()), nl=False)
    options.say_if_behind(ledger)
