"""`ledger db`: the database itself."""

from __future__ import annotations

import click

from ledger.commands.options import Options


@click.group(name="db")
def command() -> None:
    """The database: path, schema, rebuild."""


@command.command(name="path")
@click.pass_obj
def path(options: Options) -> None:
    """Print where the ledger is; a password in a URL is hidden."""
    from ledger.store.engine import database_url

    url = database_url(options.workplace().database)
    click.echo(url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True))


@command.command(name="schema")
@click.pass_obj
def schema(options: Options) -> None:
    """Print the schema version of the ledger and of this program."""
    from ledger.store.schema import EPOCH, HEAD

    ledger = options.ledger(options.workplace())
    click.echo(f"{ledger.where}: schema {HEAD}, epoch {EPOCH}")


@command.command(name="rebuild")
@click.pass_obj
def rebuild(options: Options) -> None:
    """Draw every conclusion anew from the facts.

    Needs neither git nor logs nor a price table; the report is the same afterwards, to the byte.
    """
    from ledger.domain.conclude import DERIVATION_VERSION
    from ledger.posting.derive import derive
    from ledger.store import reads

    workplace = options.workplace()
    ledger = options.ledger(workplace)
    with ledger.read() as connection:
        repositories = reads.repositories(connection)
    for repository in repositories:
        derive(ledger, repository, workplace.config.forge)
    with ledger.write() as writing:
        writing.derived(DERIVATION_VERSION)
    options.say(
        f"Derived {len(repositories)} {'repository' if len(repositories) == 1 else 'repositories'} anew from the facts."
    )
