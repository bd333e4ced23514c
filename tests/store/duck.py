"""A ledger's tables in DuckDB, which runs the same view texts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
from sqlalchemy import BigInteger, Boolean, Double
from sqlalchemy.dialects import postgresql

from ledger.store.schema import UtcTime, clock, tables

READ = ("repository", "repository_label", "change", "charge", "call_sum", "attempt", "review", "change_spend")
"""The tables that views read."""


def fill(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Copy every table that a view reads."""
    with closing(sqlite3.connect(path)) as source:
        for table in [*(tables[name] for name in READ), clock]:
            columns = ", ".join(f"{column.name} {_type(column.type)}" for column in table.columns)
            connection.execute(f"CREATE TABLE {table.name} ({columns})")
            names = ", ".join(column.name for column in table.columns)
            rows = source.execute(f"SELECT {names} FROM {table.name}").fetchall()  # noqa: S608 - names of ours
            if rows:
                marks = ", ".join("?" * len(table.columns))
                connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608 - as above


def _type(kind: object) -> str:
    if isinstance(kind, UtcTime):
        return "TIMESTAMP"
    if isinstance(kind, BigInteger | Boolean | Double):
        return kind.compile(postgresql.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's constructor
    return "VARCHAR"
