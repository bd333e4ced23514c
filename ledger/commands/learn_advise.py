"""`ledger learn advise`: what the evidence says at the moment of choosing."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

import click

from ledger.commands.options import Options, Words, now, repository_asked, repository_options, screen, slice_options


@click.command(name="advise")
@click.option("--task", required=True, type=Words(), metavar="TYPE", help="The kind of work: fix, feat, docs …")
@click.option("--area", type=Words(), metavar="NAME", help="The part of the code that it is about.")
@click.option(
    "--paths",
    multiple=True,
    type=Words(),
    metavar="PATH",
    help="A file that it will touch, from the top of the worktree, in place of --area; as often as wanted.",
)
@click.option("--json", "is_json", is_flag=True, help="One object for programs in place of the tables.")
@repository_options
@slice_options
@click.pass_obj
def command(
    options: Options,
    /,
    task: str,
    area: str | None,
    paths: tuple[str, ...],
    is_json: bool,
    repository: str,
    is_all: bool,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
) -> None:
    """Tell what past changes say of a kind of work.

    Which models and line-ups did such work, what was accepted and at what cost, how often they tried, and which of them
    cannot be told apart. Where too little is known of the very work, it is widened step by step. The choice is yours.
    """
    from ledger.domain.path_rules import PathRules
    from ledger.posting.advising import advise, ask
    from ledger.posting.ruling import path_rules
    from ledger.store.figures import Slice

    ledger, workplace = options.reading()
    judged_at = as_of or now()
    asked = ask(ledger, judged_at, task, area, paths, path_rules(workplace) if workplace else PathRules())
    part = Slice(since, until, repository_asked(workplace, ledger, repository, is_all))
    found = advise(ledger, judged_at, asked, part)
    writer = import_module("ledger.reports.advice_json" if is_json else "ledger.reports.advice")
    click.echo(writer.render(found, **screen()), nl=False)
    options.say_if_behind(ledger)
