"""Deriving one repository looks at its own rows only: the cost does not grow with the ledger (EXPLAIN)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger.posting.derive import derive
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from tests.posting.worlds import wanted, world

__all__ = ["wanted", "world"]  # fixtures

OF_ALL = {"price", "entry"}
"""Kinds that belong to no repository: rates by day, and retractions, of which there are few."""


@pytest.fixture
def ledger(wanted: tuple[str, Path]) -> Iterator[Ledger]:
    opened = open_ledger(str(wanted[1]))
    yield opened
    opened.close()


def statements(ledger: Ledger) -> list[tuple[str, tuple[object, ...]]]:
    """Everything that is asked to derive the demo's repository."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_c: object, _cursor: object, sql: str, values: object, *_: object) -> None:
        if isinstance(values, tuple) and sql.lstrip().startswith(("SELECT", "DELETE", "UPDATE")):
            asked.append((sql, values))

    event.listen(ledger.engine, "before_cursor_execute", note)
    with ledger.read() as connection:
        (repository,) = reads.repositories(connection)
    derive(ledger, repository)
    event.remove(ledger.engine, "before_cursor_execute", note)
    return asked


def test_no_fact_or_conclusion_is_searched_by_reading_all_of_its_table(ledger: Ledger) -> None:
    asked = statements(ledger)
    assert len(asked) > 20
    with ledger.read() as connection:
        scans = {
            step[3]
            for sql, values in asked
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            if str(step[3]).startswith("SCAN")
        }
    read_whole = {scan.split()[1] for scan in scans} - OF_ALL - {"repository"}
    assert read_whole == set()
