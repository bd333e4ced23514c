"""Cursor: the dashboard's table of usage events and the Admin API's pages; rules: `ledger.domain.cursor`."""

from __future__ import annotations

from ledger.domain.cursor import SOURCE, calls, rows
from ledger.domain.reading import Named, Reading
from ledger.files import Rows, read_files

FORM = Rows(SOURCE, rows, calls)


def read_named(named: Named) -> Reading:
    """The calls of the named files; raises LedgerError for one that cannot be opened."""
    return read_files(named, FORM)
