"""OpenRouter: the activity export, `/activity` and `/generation`; rules: `ledger.domain.openrouter`."""

from __future__ import annotations

from ledger.domain.openrouter import SOURCE, calls, rows
from ledger.domain.reading import Named, Reading
from ledger.files import Rows, read_files

FORM = Rows(SOURCE, rows, calls)


def read_named(named: Named) -> Reading:
    """The calls of the named files; raises LedgerError for one that cannot be opened."""
    return read_files(named, FORM)
