"""A user's own SQL: read-only by the engine, limited in time, and unable to reach other files."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import text

from ledger.errors import LedgerError
from ledger.store.engine import Ledger

_READS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_STEPS = 10_000
"""Virtual machine steps between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns and rows as the engine gave them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def query(ledger: Ledger, sql: str, values: Mapping[str, str] | Sequence[str] = (), seconds: float = 30) -> Answer:
    """The answer to one statement; raises LedgerError with what the engine says is wrong."""
    if ledger.engine.dialect.name != "sqlite":
        return _on_server(ledger, sql, values, seconds)
    connection = sqlite3.connect(f"file:{quote(str(ledger.engine.url.database))}?mode=ro", uri=True, timeout=seconds)
    connection.set_authorizer(_allow)
    until = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        found = connection.execute(sql, values)
        if found.description is None:
            raise LedgerError("The statement returns no rows; only a SELECT can be asked.")
        return Answer(tuple(column[0] for column in found.description), tuple(found.fetchall()))
    except sqlite3.Error as error:
        raise LedgerError(_sentence(error, seconds)) from error
    finally:
        connection.close()


def _allow(action: int, _first: str | None, second: str | None, *_: object) -> int:
    """SQLite asks this for everything that a statement would do: reading is all that is allowed."""
    is_load = action == sqlite3.SQLITE_FUNCTION and second == "load_extension"
    return sqlite3.SQLITE_OK if action in _READS and not is_load else sqlite3.SQLITE_DENY


def _sentence(error: sqlite3.Error, seconds: float) -> str:
    said = str(error)
    if said == "interrupted":
        return f"The query took longer than {seconds:g} seconds; narrow it down, or allow more with --seconds."
    if "not authorized" in said or "prohibited" in said:
        return "The query was refused: it may only read the ledger's own tables and views."
    return f"The query is not valid: {said.rstrip('.')}."


def _on_server(ledger: Ledger, sql: str, values: Mapping[str, str] | Sequence[str], seconds: float) -> Answer:
    """On a server: in a read-only transaction with a time limit, and as a cursor's query.

    A cursor takes one SELECT and nothing else, so no second statement can end the transaction and begin another.
    """
    compiled = text(sql).compile(dialect=ledger.engine.dialect)
    bound = dict(values) if isinstance(values, Mapping) else {}
    with ledger.read() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        driver: Any = connection.connection.driver_connection
        try:
            with driver.cursor(name="ledger_query") as cursor:
                cursor.execute(str(compiled), {name: bound.get(name) for name in compiled.params})
                rows = tuple(tuple(row) for row in cursor.fetchall())
                return Answer(tuple(column.name for column in cursor.description), rows)
        except driver.Error as error:
            raise LedgerError(_server_sentence(error, seconds)) from error
        finally:
            driver.rollback()  # a function may write even so


def _server_sentence(error: Any, seconds: float) -> str:
    if error.sqlstate == "57014":
        return f"The query took longer than {seconds:g} seconds; narrow it down, or allow more with --seconds."
    said = " ".join(str(error.diag.message_primary or error).split()).rstrip(".")
    return f"The query is not valid, or not a single SELECT: {said}."
