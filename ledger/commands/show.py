"""`ledger show`: one change, explained end to end."""

from __future__ import annotations

from datetime import datetime

import click

from ledger.commands.options import Moment, Options, Words, now
from ledger.errors import LedgerError

_MOST = 20
_PEOPLE_S = "No change: no model is known to have had a part in it. Such commits are counted, not judged."


@click.command(name="show")
@click.argument("change", type=Words())
@click.option(
    "--as-of", type=Moment(at_end=True), metavar="DATE", help="Judge the outcome as on this day.  [default: now]"
)
@click.pass_obj
def command(options: Options, change: str, as_of: datetime | None) -> None:
    """Explain one change: commits, calls, cost, verdict.

    CHANGE is a request's number, a branch, a commit as git names it, or a change's id.
    """
    from ledger.domain.screen import plain
    from ledger.reports.change import render
    from ledger.store.changes import explain, find_changes, find_commit

    workplace = options.workplace()
    ledger = options.ledger(workplace)
    with ledger.read() as connection:
        found = find_changes(connection, change)
        oid = "" if found else workplace.git.commit_of(change)
        found = found or find_changes(connection, oid)
        commit = None if found else find_commit(connection, oid or change)
        if commit:
            click.echo(f"{commit.oid[:10]} {plain(commit.subject, 100)}\n  {_PEOPLE_S}")
            return
        if not found:
            raise LedgerError(
                f"No change is known as {plain(change, 80)}; give a request's number, a branch or a commit's id."
            )
        if len(found) > 1:
            names = "\n".join(f"  {each.id}  {plain(each.title, 60)}" for each in found[:_MOST])
            raise LedgerError(f"{len(found)} changes are known as {plain(change, 80)}; give the id of one:\n{names}")
        click.echo(render(explain(connection, found[0], as_of or now())), nl=False)
