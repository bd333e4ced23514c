"""`ledger export`: the facts, portable."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from ledger.commands.options import Options
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.store.engine import Ledger


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

    `ledger update --source entries FILE` brings them into another ledger, which then says the same. What was
    forgotten is not among them, only that it is to be forgotten.
    """
    if schema:
        from ledger.entries import schema as entry_schema

        click.echo(json.dumps(entry_schema(), indent=2))
        return
    if entries is None:
        raise LedgerError("Say where to: ledger export --entries FILE, with - for standard output.")
    workplace = options.workplace()
    ledger = options.ledger(workplace)
    by = workplace.clone_id()
    count = _write(ledger, sys.stdout, by) if str(entries) == "-" else _write_file(ledger, entries, by)
    options.say(f"Wrote {count:,} entries.")


def _write_file(ledger: Ledger, path: Path, by: str) -> int:
    """Beside the file first, so that an export that fails leaves the earlier one as it was."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as out:
            count = _write(ledger, out, by)
        draft.replace(path)
    except OSError as error:
        raise LedgerError(
            f"{path} cannot be written ({error.strerror}); name a file in a directory that is there."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return count


def _write(ledger: Ledger, out: IO[str], by: str) -> int:
    from ledger.domain.facts import KINDS
    from ledger.domain.retractions import withdrawn
    from ledger.entries import encode
    from ledger.posting.withdrawing import handed_on
    from ledger.store import reads

    count = 0
    with ledger.read() as connection:
        names = {repository: reads.aliases(connection, repository) for repository in reads.repositories(connection)}
        gone = withdrawn(reads.retractions(connection))
        for kind in KINDS:
            for fact in handed_on(reads.facts(connection, kind), gone):
                owner = str(getattr(fact, "repository_id", None) or getattr(fact, "id", ""))
                out.write(encode(fact, names.get(owner, []), by) + "\n")
                count += 1
    return count
