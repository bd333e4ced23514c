"""OpenTelemetry in JSON, as a collector's file exporter or an agent writes it; rules: `ledger.domain.telemetry`."""

from __future__ import annotations

from ledger.domain.reading import Named, Reading
from ledger.domain.telemetry import SIGNS, SOURCE, calls, rows
from ledger.files import Rows, read_files

FORM = Rows(SOURCE, rows, calls, SIGNS)


def read_named(named: Named) -> Reading:
    """The calls of the named files; raises LedgerError for one that cannot be opened."""
    return read_files(named, FORM)
