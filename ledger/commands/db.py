"""`ledger db`: the database itself."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, Words, screen
from ledger.commands.printing import tell
from ledger.errors import CheckFailed, LedgerError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from ledger.posting.workplace import Workplace
    from ledger.store.engine import Ledger


@click.group(name="db")
def command() -> None:
    """The database: check, copy, backup, labels."""


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
@click.option("--reprice", "is_repriced", is_flag=True, help="Ask the price lists anew; shows the difference first.")
@click.option("--yes", is_flag=True, help="Keep the new rates without asking.")
@click.pass_obj
def rebuild(options: Options, is_repriced: bool, yes: bool) -> None:
    """Draw every conclusion anew from the facts.

    Needs neither git nor logs nor a price table; the report is the same afterwards, to the byte. With --reprice the
    rates that are kept are replaced by those of your own prices and the price table of today, if you agree to what
    that changes.
    """
    from ledger.posting.repricing import rebuild as rebuilt

    if yes and not is_repriced:
        raise click.UsageError("--yes is an answer to --reprice.")
    workplace = options.workplace()
    ledger = options.ledger(workplace)
    if is_repriced and not _reprice(workplace, ledger, yes=yes):
        options.say("Nothing was changed.")
        return
    count = rebuilt(ledger)
    options.say(f"Derived {count} {'repository' if count == 1 else 'repositories'} anew from the facts.")


def _reprice(workplace: Workplace, ledger: Ledger, *, yes: bool) -> bool:
    """Show what new rates would change, and keep them if that is wanted; False where it is not."""
    from ledger.posting.repricing import keep, propose
    from ledger.reports.prices import difference_text

    found = propose(workplace, ledger)
    click.echo(difference_text(found, int(screen()["width"])), nl=False)
    if not found.prices:
        return True
    if not yes and not sys.stdin.isatty():
        raise LedgerError("Nothing was changed, because nobody is there to ask; to keep these rates, add --yes.")
    if not yes and not click.confirm("Keep these rates?", default=False, err=True):
        return False
    keep(ledger, found)
    return True


@command.command(name="upgrade")
@click.pass_obj
def upgrade(options: Options) -> None:
    """Bring tables and views to this program's version.

    A file is upgraded whenever it is opened; a server's ledger only by this, run by its owner.
    """
    from ledger.store.engine import upgrade_ledger
    from ledger.store.schema import HEAD

    ledger = upgrade_ledger(options.workplace().database)
    click.echo(f"{ledger.where} is at schema {HEAD}.")


@command.command(name="check")
@click.option("--full", is_flag=True, help="Read every page, also of a large file.")
@click.pass_obj
def check(options: Options, full: bool) -> None:
    """Check that nothing is damaged and every sum agrees.

    Compares the conclusions with those drawn anew from the facts, and changes nothing. Exit code 3 when something is
    wrong.
    """
    from ledger.posting.checking import check as checked

    workplace = options.workplace()
    ledger = options.ledger(workplace)
    wrong = 0
    for what, faults in checked(ledger, whole=full):
        wrong += len(faults)
        tell(f"{what}: {'; '.join(faults) or 'ok'}")
    if wrong:
        raise CheckFailed(f"{wrong} things are wrong with {ledger.where}.")


@command.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(options: Options, file: Path) -> None:
    """Copy the database to FILE while it is in use.

    The copy is one file that opens anywhere, also where nobody may write.
    """
    from ledger.store.backup import backup as write

    size = write(options.ledger(options.workplace()), file)
    options.say(f"Wrote {file}, {size / 1e6:,.1f} MB.")


@command.command(name="copy")
@click.argument("source", metavar="FROM", type=Words())
@click.argument("to", metavar="TO", type=Words())
@click.pass_obj
def copy(options: Options, source: str, to: str) -> None:
    """Copy every fact of a ledger into another.

    FROM and TO are files or URLs, of SQLite or PostgreSQL. What is there already stays, and copying twice changes
    nothing; a copy that was interrupted goes on where it stopped. A server is told no path of this machine.
    """
    from ledger.posting.copying import copy as copied
    from ledger.posting.workplace import veil_of
    from ledger.store.engine import open_ledger

    origin, target = open_ledger(source, create=False), open_ledger(to, say=options.say)
    for each in (origin, target):
        click.get_current_context().call_on_close(each.close)
    watched = sys.stderr.isatty() and not options.quiet

    def step(kind: str, count: int) -> None:
        if watched:
            click.echo(f"\r{kind}: {count:,} copied ", err=True, nl=False)

    done = copied(origin, target, veil_of(target, os.environ), step)
    facts, new = sum(each.facts for each in done), sum(each.new for each in done)
    click.echo(f"Copied {facts:,} facts to {target.where}, {new:,} of them new; all are there.")


@command.command(name="label")
@click.argument("labels", nargs=-1, metavar="[KEY=VALUE]...", type=Words())
@click.pass_obj
def label(options: Options, labels: tuple[str, ...]) -> None:
    """Label this repository, or print its labels.

    As in: ledger db label team=payments cost_centre=4711. KEY= takes a label away. The views changes and spend have
    team and cost_centre; every label is in the table repository_label.
    """
    from ledger.domain.screen import plain
    from ledger.posting.update import repository_here
    from ledger.store import reads

    pairs = [each.partition("=") for each in labels]
    if not all(equals and key.strip() == key and key.replace("_", "a").isalnum() for key, equals, _ in pairs):
        raise LedgerError("Write a label as KEY=VALUE, the key in letters, digits and underscores: team=payments.")
    workplace = options.workplace()
    ledger = options.ledger(workplace)
    here = repository_here(workplace, ledger)
    with ledger.write() as writing:
        for key, _, words in pairs:
            writing.set_label(here, key, words)
    with ledger.read() as connection:
        for row in reads.facts(connection, "repository_label", here):
            click.echo(f"{plain(row.label, 80)}={plain(row.text, 200)}")


@command.command(name="shell")
@click.pass_obj
def shell(options: Options) -> None:
    """Open the database in sqlite3 or psql, to read it.

    Where the program is not installed, prints how to open it.
    """
    from ledger.store.engine import database_url

    workplace = options.workplace()
    options.ledger(workplace)
    url = database_url(workplace.database)
    words, environment = _shell(url)
    if shutil.which(words[0]) is None:
        click.echo(f"{words[0]} is not installed. With it: {' '.join(words)}")
        return
    sys.stdout.flush()
    os.execvpe(words[0], words, {**os.environ, **environment})  # noqa: S606 - the user asked for that program


def _shell(url: URL) -> tuple[list[str], dict[str, str]]:
    """The command, and what it is told by the environment: a password is no argument, which others could read."""
    if url.get_backend_name() == "sqlite":
        return ["sqlite3", "-readonly", str(url.database)], {}
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    parts = url.set(drivername="postgresql")._asdict() | {"password": None}
    return ["psql", type(url)(**parts).render_as_string()], {
        "PGOPTIONS": "-c default_transaction_read_only=on",
        **password,
    }
