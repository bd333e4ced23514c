"""OpenTelemetry in JSON, as a collector's file exporter or an agent writes it; rules: `ledger.domain.telemetry`."""

from __future__ import annotations

from functools import partial
from typing import Any

from ledger.domain.reading import Named, Reading
from ledger.domain.running_totals import Totals
from ledger.domain.telemetry import SIGNS, SOURCE, calls, rows
from ledger.files import Rows, read_files


def form_of(state: dict[str, Any]) -> Rows:
    """How a file is taken apart, of which an earlier reading left this."""
    return Rows(SOURCE, partial(rows, totals=Totals(state)), calls, SIGNS)


def read_named(named: Named) -> Reading:
    """The calls of the named files; raises LedgerError for one that cannot be opened."""
    return read_files(named, form_of)
