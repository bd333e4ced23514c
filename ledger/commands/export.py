"""`ledger export`: the facts, portable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

import click

from ledger.commands.options import Options
from ledger.errors import LedgerError


@click.command(name="export")
@click.option(
    "--entries",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Write every fact to FILE, one entry a line; - for standard output.",
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of an entry instead.")
@click.pass_obj
def command(options: Options, entries: Path | None, schema: bool) -> None:
    """Write the facts as portable entries.

    `ledger update --source entries FILE` brings them into another ledger, which then says the same.
    """
    if schema:
        from ledger.entries import schema as entry_schema

        click.echo(json.dumps(entry_schema(), indent=2))
        return
    if entries is None:
        raise LedgerError("Say where to: ledger export --entries FILE, with - for standard output.")
    workplace = options.workplace()
    with click.open_file(str(entries), "w", encoding="utf-8", atomic=str(entries) != "-") as out:
        count = _write(options, out, workplace.clone_id())
    options.say(f"Wrote {count:,} entries.")


def _write(options: Options, out: IO[str], by: str) -> int:
    from ledger.domain.facts import KINDS
    from ledger.entries import encode
    from ledger.store import reads

    ledger = options.ledger(options.workplace())
    count = 0
    with ledger.read() as connection:
        names = {repository: reads.aliases(connection, repository) for repository in reads.repositories(connection)}
        for kind in KINDS:
            for fact in reads.facts(connection, kind):
                owner = str(getattr(fact, "repository_id", None) or getattr(fact, "id", ""))
                out.write(encode(fact, names.get(owner, []), by) + "\n")
                count += 1
    return count
