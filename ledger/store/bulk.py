"""Inserting many rows: what is there already is left alone, and the number of new rows is told (storage.md §6).

SQLite takes tuples straight through its driver, twice as fast as through the compiler. PostgreSQL takes a COPY into a
temporary table for many rows and arrays for few; rows are sorted by key there, so that two posts of the same rows
cannot lock each other out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Double,
    Table,
    and_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.types import NullType

from ledger.domain.screen import storable
from ledger.store.schema import Tuples, UtcTime

_AT_ONCE = 10_000
"""Rows turned into what the driver takes before they are sent, so that memory does not grow with their number."""
_READ_AT_ONCE = 1000
_COPY_FROM = 1000
"""From so many rows on, COPY is faster than arrays."""

Convert = Callable[[Any], Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Any]) -> int:
    """Insert records whose key is not there yet; returns how many were new."""
    return sum(_insert_part(connection, table, rows[at : at + _AT_ONCE]) for at in range(0, len(rows), _AT_ONCE))


def as_kept(connection: Connection, table: Table, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them, and gives them back; but for text that no database holds."""
    return _values(table, rows, _for_sqlite if connection.dialect.name == "sqlite" else _for_postgresql, None)


def kept_rows(connection: Connection, table: Table, where: ColumnElement[bool]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table as the driver gives them."""
    plain = select(*(type_coerce(column, NullType()) for column in table.columns)).where(where)
    for part in connection.execute(plain, execution_options={"yield_per": _READ_AT_ONCE}).partitions():
        yield from map(tuple, part)


def kept_under(table: Table, names: Sequence[str], keys: Sequence[tuple[Any, ...]]) -> ColumnElement[bool]:
    """The rows of these keys, which are as the driver gives them: a date is text in a file."""
    columns = [type_coerce(table.c[name], NullType()) for name in names]
    if len(columns) == 1:
        return columns[0].in_([part for (part,) in keys])
    return or_(*(and_(*(column == part for column, part in zip(columns, parts, strict=True))) for parts in keys))


def _insert_part(connection: Connection, table: Table, rows: Sequence[Any]) -> int:
    try:
        return _insert(connection, table, rows, None)
    except UnicodeEncodeError:  # a name of a file that is no text, say; rare, so it is looked for only now
        return _insert(connection, table, rows, lambda value: storable(value) if isinstance(value, str) else value)


def _insert(connection: Connection, table: Table, rows: Sequence[Any], clean: Convert | None) -> int:
    if connection.dialect.name == "sqlite":
        return _by_driver(connection, table, _values(table, rows, _for_sqlite, clean))
    ordered = sorted(rows, key=attrgetter(*(column.name for column in table.primary_key)))
    values = _values(table, ordered, _for_postgresql, clean)
    return (_by_copy if len(values) >= _COPY_FROM else _by_arrays)(connection, table, values)


def _values(
    table: Table, rows: Sequence[Any], kind: Callable[[Column[Any]], Convert | None], clean: Convert | None
) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them; column by column, so that only a column that needs it is looked at closely."""
    columns = []
    for column in table.columns:
        values = list(map(attrgetter(column.name), rows))
        convert = kind(column)
        if convert:
            values = [None if value is None else convert(value) for value in values]
        columns.append(list(map(clean, values)) if clean else values)
    return list(zip(*columns, strict=True))


def _for_sqlite(column: Column[Any]) -> Convert | None:
    return column.type.to_text if isinstance(column.type, UtcTime | Tuples) else None


def _for_postgresql(column: Column[Any]) -> Convert | None:
    if isinstance(column.type, UtcTime):
        return _naive
    if isinstance(column.type, Tuples):
        return column.type.to_text
    return None if isinstance(column.type, BigInteger | Boolean | Double) else _without_nul


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def _without_nul(text: str) -> str:
    """PostgreSQL's text cannot hold NUL."""
    return text.replace("\0", "") if "\0" in text else text


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _by_driver(connection: Connection, table: Table, values: list[tuple[Any, ...]]) -> int:
    marks = ", ".join("?" * len(table.columns))
    sql = f"INSERT INTO {table.name} ({_names(table)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    return max(connection.exec_driver_sql(sql, values).rowcount, 0)


def _by_arrays(connection: Connection, table: Table, values: list[tuple[Any, ...]]) -> int:
    types = [column.type.compile(connection.dialect).split(" COLLATE")[0] for column in table.columns]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    sql = f"INSERT INTO {table.name} ({_names(table)}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"
    columns = [list(column) for column in zip(*values, strict=True)]
    with _cursor(connection) as cursor:
        cursor.execute(sql, columns)
        return max(int(cursor.rowcount), 0)


def _by_copy(connection: Connection, table: Table, values: list[tuple[Any, ...]]) -> int:
    beside = f"posted_{table.name}"
    with _cursor(connection) as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {beside} (LIKE {table.name}) ON COMMIT DROP")
        cursor.execute(f"TRUNCATE {beside}")
        with cursor.copy(f"COPY {beside} ({_names(table)}) FROM STDIN") as copy:
            for value in values:
                copy.write_row(value)
        names = _names(table)
        cursor.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {beside} ON CONFLICT DO NOTHING")
        return max(int(cursor.rowcount), 0)


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    """psycopg's own cursor, inside the transaction that SQLAlchemy began; its errors are SQLAlchemy's."""
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            yield cursor
    except driver.OperationalError as error:
        raise OperationalError(None, None, error) from error
    except driver.Error as error:
        raise DatabaseError(None, None, error) from error
