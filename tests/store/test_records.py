"""Records that are filled column by column are those that the constructor makes."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger.domain.facts import KINDS
from ledger.domain.session_facts import Call
from ledger.store.engine import Ledger, open_ledger
from ledger.store.records import AT_ONCE, records
from ledger.store.schema import tables
from tests.domain.building import call


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(str(tmp_path / "ledger.db"))


def stored(ledger: Ledger, kind: str, **blank: Any) -> list[Any]:
    columns = [column for column in tables[kind].c if column.name not in blank]
    with ledger.read() as connection:
        return list(records(KINDS[kind], connection.execute(select(*columns)), blank))


def test_many_rows_are_the_records_that_were_posted(ledger: Ledger) -> None:
    rows = [call(f"c{number:05d}", number % 50) for number in range(2 * AT_ONCE + 1)]
    with ledger.write() as writing:
        writing.post(rows)
    found = stored(ledger, "call")
    assert sorted(found, key=lambda row: str(row.event_key)) == rows
    assert [type(row) for row in found[:1]] == [Call]
    assert hash(found[0]) == hash(next(row for row in rows if row.event_key == found[0].event_key))


def test_what_is_not_read_is_what_was_given_for_it(ledger: Ledger) -> None:
    with ledger.write() as writing:
        writing.post([call("a", 1), call("b", 2)])
    found = stored(ledger, "call", best_rank=(), request_id="")
    assert [(row.best_rank, row.request_id) for row in found] == [((), "")] * 2
    assert all(getattr(row, field.name) is not None for row in found for field in fields(Call)[:6])


def test_a_field_that_is_neither_read_nor_given_is_an_error(ledger: Ledger) -> None:
    with ledger.write() as writing:
        writing.post([call("a", 1)])
    with ledger.read() as connection, pytest.raises(KeyError):
        list(records(Call, connection.execute(select(tables["call"].c.event_key)), {}))


def test_no_rows_are_no_records(ledger: Ledger) -> None:
    assert stored(ledger, "call") == []


def test_records_check_nothing_when_they_are_made() -> None:
    assert not any(hasattr(record, "__post_init__") for record in KINDS.values())
