"""What `codex exec --json` printed, kept in a file; rules: `ledger.domain.codex_exec`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ledger.domain.codex_exec import SIGNS, SOURCE, Printed
from ledger.domain.reading import Named, Reading
from ledger.files import Rows, read_files


def read_named(named: Named) -> Reading:
    """The calls of the named files; raises LedgerError for one that cannot be opened.

    A file's time stands for its calls'. It is read whole each time, since its first line names the thread.
    """
    for name in named.names:
        form = Rows(SOURCE, lambda record: (record,), Printed(_written(name)).calls, SIGNS)
        yield from read_files(replace(named, names=(name,), known={}), form)


def _written(name: str) -> datetime:
    """When the file was written last; now, where that cannot be told or it is standard input."""
    try:
        return datetime.fromtimestamp(Path(name).stat().st_mtime, UTC)
    except OSError:
        return datetime.now(UTC)
