"""The tables: one per fact and per conclusion, a column per field of the record.

The records in `ledger.domain` say what there is; this says how it is stored. Times are UTC, tuples are JSON, money is
BIGINT nano-USD, key columns are NOT NULL with '' for unknown.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_type_hints

import orjson
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Dialect, Double, Index, MetaData, Table, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

from ledger.domain.conclusions import DERIVED
from ledger.domain.facts import KINDS
from ledger.domain.jsonl import loads
from ledger.store.comments import TABLES, column_comment

HEAD = "0021"
"""The newest migration, compiled in so that a database at head is recognised without importing Alembic."""

EPOCH = 1
"""Raised when older programs must not touch the database at all; kept in SQLite's user_version."""

APPLICATION_ID = 0x4C454447
"""`LEDG` in SQLite's application_id: no other program's database is taken for ours."""


_WITHOUT_ZONE = len("2026-03-01 09:00:00.000000")


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime, stored without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To naive UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    @staticmethod
    def to_text(value: datetime) -> str:
        """As SQLite keeps it; equal to what SQLAlchemy writes."""
        at = value if value.tzinfo is UTC else value.astimezone(UTC)
        return at.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


_TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Ordered by its bytes on every engine: ranges of ids and sorted answers are the same everywhere."""


class Tuples(TypeDecorator[tuple[Any, ...]]):
    """A tuple, of tuples or not, stored as JSON text."""

    impl = _TEXT
    cache_ok = True

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To JSON."""
        return None if value is None else self.to_text(value)

    @staticmethod
    def to_text(value: tuple[Any, ...]) -> str:
        """As JSON in ASCII; the quicker encoder leaves other characters as they are, so it writes ASCII only."""
        if not value:
            return "[]"
        try:
            text = orjson.dumps(value)
        except TypeError:  # half of a pair of surrogates, an integer of more than 64 bits
            text = b"\xff"
        return text.decode() if text.isascii() else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Any, ...] | None:  # noqa: ARG002
        """From JSON, lists as tuples all the way down."""
        if value is None:
            return None
        return () if value == "[]" else _tuples(loads(value))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TYPES: dict[Any, TypeEngine[Any]] = {
    str: _TEXT,
    int: BigInteger(),
    bool: Boolean(),
    float: Double(),
    datetime: UtcTime(),
}


def _column(table: str, name: str, hint: Any, key: tuple[str, ...]) -> Column[Any]:
    options = getattr(hint, "__args__", ())
    is_optional = type(None) in options
    plain = next((kind for kind in options if kind is not type(None)), hint) if is_optional else hint
    return Column(
        name,
        _TYPES.get(plain, Tuples()),
        primary_key=name in key,
        nullable=is_optional,
        autoincrement=False,
        comment=column_comment(table, name),
    )


def _table(name: str, record: type[Any]) -> Table:
    hints = get_type_hints(record)
    columns = [_column(name, field.name, hints[field.name], record.key) for field in fields(record)]
    return Table(name, metadata, *columns, comment=TABLES[name])


tables: dict[str, Table] = {name: _table(name, record) for name, record in (KINDS | DERIVED).items()}
"""Fact and derived tables by name, parents before children."""


def _own_table(name: str, *columns: tuple[str, bool]) -> Table:
    made = [
        Column(column, _TEXT, primary_key=is_key, nullable=False, comment=column_comment(name, column))
        for column, is_key in columns
    ]
    return Table(name, metadata, *made, comment=TABLES[name])


dirty = _own_table("dirty", ("repository_id", True), ("token", True))
cursor = _own_table("cursor", ("source", True), ("name", True), ("text", False))
told = _own_table("told", ("fact_id", True), ("origin", True))
skipped = _own_table("skipped", ("source", True), ("what", True), ("place", True), ("why", False))
skipped.append_column(Column("noted_at", UtcTime(), nullable=True, comment=column_comment("skipped", "noted_at")))
ledger_meta = _own_table("ledger_meta", ("name", True), ("text", False))
clock = Table(
    "clock",
    metadata,
    Column("name", _TEXT, primary_key=True, comment=column_comment("clock", "name")),
    Column("noted_at", UtcTime(), nullable=False, comment=column_comment("clock", "noted_at")),
    comment=TABLES["clock"],
)

REPORTED = (
    *("basis", "lead_model", "task_type", "repository_id", "state", "decided_at", "stale_at", "abandoned_at"),
    *("opened_at", "has_model", "cost_known", "nusd", "cost_sq", "is_forge_known", "is_verified", "durable_at"),
    *("reverted_at", "first_pass", "attempts", "type_source", "calls", "lead_agent", "reverted_after", "is_draft"),
    "lead_evidence",
)
"""What a report asks of a change, in its order: the index answers without the rows, which are four times as long."""

BOOKED = ("repository_id", "rule", "nusd")
"""What a report asks of a charge: the sums by rule come from the index, without sorting."""

Index(None, tables["call"].c.directory)
Index(None, tables["call"].c.session)
Index(None, tables["call"].c.request_id)
Index(None, tables["repository_commit"].c.oid)
Index(None, tables["session_parent"].c.parent)
Index(None, tables["charge"].c.change_id)
Index(None, tables["change"].c.repository_id)
Index(None, tables["call_sum"].c.occurred_on)
Index(None, tables["place"].c.repository_id)
Index(None, tables["repository_alias"].c.repository_id)
Index(None, tables["rewrite"].c.repository_id)
Index(None, tables["session_commit"].c.directory)
Index(None, tables["session_review"].c.directory)
Index(None, tables["change_alias"].c.change_id)
Index(None, tables["change_before"].c.until_at)
Index("ix_charge_booked", *(tables["charge"].c[name] for name in BOOKED))
Index("ix_change_dearest", tables["change"].c.nusd.desc(), tables["change"].c.id)
Index(
    "ix_change_report",
    *(tables["change"].c[name] for name in REPORTED),
)
