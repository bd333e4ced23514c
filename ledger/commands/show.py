"""`ledger show`: one change, explained end to end."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Moment, Options, Words, folded, now
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.domain.conclusions import Change
    from ledger.domain.git_facts import Commit
    from ledger.posting.workplace import Workplace

_MOST = 20
_WRITERS = {
    "text": "ledger.reports.change",
    "json": "ledger.reports.change_json",
    "markdown": "ledger.reports.change_markdown",
}


@click.command(name="show")
@click.argument("change", type=Words())
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_WRITERS)),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--as-of", type=Moment(at_end=True), metavar="DATE", help="Judge the outcome as on this day.  [default: now]"
)
@click.pass_obj
def command(options: Options, change: str, form: str, as_of: datetime | None) -> None:
    """Explain one change: commits, calls, cost, verdict.

    CHANGE is a request's number, a branch, a commit as git names it, or a change's id. Every figure is shown with what
    is behind it, how that is known, and what is uncertain.
    """
    from ledger.domain.conclusions import Change
    from ledger.posting.explaining import explain

    workplace = options.workplace()
    ledger = options.ledger(workplace)
    writer = import_module(_WRITERS[form])
    with ledger.read() as connection:
        found, meant = _find(workplace, connection, change)
        if isinstance(found, Change):
            text = writer.render(explain(connection, found, as_of or now(), meant))
        else:
            text = writer.render_plain(found)
    click.echo(folded(text) if form == "text" else text, nl=False)
    options.say_if_behind(ledger)


def _find(workplace: Workplace, connection: Connection, name: str) -> tuple[Change | Commit, str]:
    """The change of a name, or the commit that is in none, and which commit was meant. Raises LedgerError."""
    from ledger.domain.screen import plain
    from ledger.store.changes import find_changes, find_commit

    found = find_changes(connection, name)
    oid = "" if found else workplace.git.commit_of(name)
    found = found or find_changes(connection, oid)
    if len(found) > 1:
        names = "\n".join(f"  {plain(each.id)}  {plain(each.title, 60)}" for each in found[:_MOST])
        raise LedgerError(f"{len(found)} changes are known as {plain(name, 80)}; give the id of one:\n{names}")
    if found:
        return found[0], oid or name
    commit = find_commit(connection, oid or name)
    if commit is None:
        raise LedgerError(
            f"No change is known as {plain(name, 80)}; give a request's number, a branch or a commit's id."
        )
    return commit, commit.oid
