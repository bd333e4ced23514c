"""LiteLLM: its spend logs from files or straight from its database, and the payloads of its callbacks.

The rules about rows are in `ledger.domain.litellm`. From the database only named columns are selected, in a
transaction that cannot write; what was read is remembered by time, a day of overlap for rows that came late.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ledger.domain.amounts import Refused
from ledger.domain.facts import Fact
from ledger.domain.litellm import COLUMNS, SOURCE, calls, rows
from ledger.domain.reading import Cursor, Named, Reading, Skip
from ledger.domain.screen import counted
from ledger.errors import LedgerError
from ledger.files import Rows, read_files

if TYPE_CHECKING:
    from sqlalchemy import ColumnClause, Connection

FORM = Rows(SOURCE, rows, calls)
_SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")
_TABLE = "LiteLLM_SpendLogs"
_OVERLAP = timedelta(days=1)
_AT_ONCE = 1000


def read_named(named: Named) -> Reading:
    """The calls of the named files, and of the databases whose URL was named; raises LedgerError."""
    for name in named.names:
        if name.startswith(_SCHEMES):
            yield from _read_database(name, named.known)
        else:
            yield from read_files(replace(named, names=(name,)), FORM)


def _read_database(url: str, known: Mapping[str, str]) -> Iterator[Fact | Skip | Cursor]:
    from sqlalchemy import NullPool, create_engine
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = create_engine("postgresql+psycopg://" + url.partition("://")[2], poolclass=NullPool)
        name = "database " + hashlib.sha256(engine.url.set(password=None).render_as_string().encode()).hexdigest()[:12]
        with engine.connect().execution_options(postgresql_readonly=True) as connection:
            yield from _spend_logs(connection, name, known.get(name, ""))
    except ImportError as error:
        raise LedgerError("A database is read with psycopg; run pip install 'git-ledger[postgresql]'.") from error
    except SQLAlchemyError as error:
        raise LedgerError(
            f"LiteLLM's database cannot be read ({_said(error)}); check the URL, and that its user may select from "
            f'"{_TABLE}".'
        ) from error


def _said(error: Exception) -> str:
    """The first line of what the server said, without the URL: that may hold a password and names a host."""
    inner = getattr(error, "orig", None)
    sqlstate = getattr(inner, "sqlstate", None)
    words = str(inner).strip().splitlines()[0] if inner and sqlstate else type(inner or error).__name__
    return words[:200].rstrip(".")


def _spend_logs(connection: Connection, name: str, known: str) -> Iterator[Fact | Skip | Cursor]:
    from sqlalchemy import column, select, table
    from sqlalchemy.engine import RowMapping

    start: ColumnClause[Any] = column("startTime")
    query: Any = select(*(column(each) for each in _columns(connection))).select_from(table(_TABLE)).order_by(start)
    if known:
        query = query.where(start >= datetime.fromisoformat(known) - _OVERLAP)
    refused: Counter[str] = Counter()
    latest = known
    found: RowMapping
    for found in connection.execution_options(stream_results=True, yield_per=_AT_ONCE).execute(query).mappings():
        row = dict(found) | {"startTime": found["startTime"].isoformat()}
        latest = row["startTime"]
        yield from _row(row, refused)
    if refused:
        why = ", ".join(f"{number:,} because {reason}" for reason, number in sorted(refused.items()))
        left_out = counted(sum(refused.values()), "row")
        yield Skip("row", "LiteLLM's database", f"{left_out} left out: {why}; the rest was read.")
    if latest:
        yield Cursor(SOURCE, name, latest)


def _row(row: dict[str, Any], refused: Counter[str]) -> Iterator[Fact]:
    try:
        yield from calls(row)
    except Refused as error:
        refused[str(error)] += 1


def _columns(connection: Connection) -> list[str]:
    """The wanted columns that this version of LiteLLM has; raises LedgerError where the table is missing."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import NoSuchTableError

    try:
        there = {each["name"] for each in inspect(connection).get_columns(_TABLE)}
    except NoSuchTableError as error:
        raise LedgerError(
            f'The database has no table "{_TABLE}"; name the URL of the database that the LiteLLM proxy writes to.'
        ) from error
    return [name for name in COLUMNS if name in there]
