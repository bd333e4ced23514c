"""A database of an earlier version, full of rows, comes to the newest schema with all of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    MetaData,
    create_engine,
    insert,
    select,
)

from ledger.domain.facts import KINDS
from ledger.store import reads
from ledger.store.engine import open_ledger
from ledger.store.migrate import migrate
from ledger.store.schema import Tuples, metadata
from tests.store.migrating import upgrade_to

Row = dict[str, Any]
EARLIER = "0005"
"""Before this one, columns were named otherwise."""
_REREAD = {("cursor", "claude-code")}
"""Cursors that a migration takes away, so that logs are read once more."""


def filled(engine: Engine) -> dict[str, list[Row]]:
    """The database at an earlier revision, with rows in every table; what they are, by table."""
    with engine.begin() as connection:
        upgrade_to(connection, EARLIER)
        found = MetaData()
        found.reflect(connection)
        rows: dict[str, list[Row]] = {}
        for table in found.sorted_tables:
            if table.name != "alembic_version":
                made = [{column.name: _value(table.name, column, place) for column in table.c} for place in range(3)]
                connection.execute(insert(table), made)
                rows[table.name] = _rows(connection, table.name, list(table.c.keys()))
    return rows


def _value(table: str, column: Column[Any], place: int) -> Any:
    """Something of the column's kind, another one in each row; NULL in the last one where it may be."""
    if column.nullable and place == 2:
        return None
    if isinstance(metadata.tables[table].c[column.name].type, Tuples):
        return "[]"
    if column.name == "source":
        return "claude-code" if table == "cursor" and place == 0 else f"source{place}"
    if isinstance(column.type, Boolean):
        return place == 1
    if isinstance(column.type, DateTime):
        return datetime(2026, 3, 1 + place)  # noqa: DTZ001 - as the database keeps it
    is_text = not isinstance(column.type, BigInteger) and column.type.python_type is str
    name = "repository_id" if (table, column.name) == ("repository", "id") else column.name
    return f"{name}{place}" if is_text else place + 1


def _rows(connection: Connection, table: str, columns: list[str]) -> list[Row]:
    """The rows of these columns as the database keeps them."""
    found = MetaData()
    found.reflect(connection, only=[table])
    query = select(*(found.tables[table].c[name] for name in columns))
    return sorted((dict(row) for row in connection.execute(query).mappings()), key=repr)


def check(url: str) -> None:
    """Fill, migrate and compare: every row is there as it was, and every fact can be read."""
    engine = create_engine(url)
    before = filled(engine)
    migrate(engine)
    with engine.connect() as connection:
        for table, rows in before.items():
            kept = [row for row in rows if (table, row.get("source")) not in _REREAD]
            now = _rows(connection, table, list(rows[0]))
            assert [row for row in now if row.get("name") != "views_hash" or table != "ledger_meta"] == kept, table
    engine.dispose()
    ledger = open_ledger(url)
    with ledger.read() as connection:
        for kind in KINDS.keys() & before.keys():
            assert len(list(reads.facts(connection, kind))) == 3, kind
        assert {row["id"] for row in before["repository"]} == set(reads.repositories(connection))
    ledger.close()


def test_a_full_database_of_an_earlier_version_keeps_all_of_its_rows(tmp_path: Path) -> None:
    check(f"sqlite:///{tmp_path / 'ledger.db'}")


def test_so_does_a_server_s(bare_url: str) -> None:
    check(bare_url)
