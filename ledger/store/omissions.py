"""What could not be read, as it was noted: one named function per question."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from ledger.domain.reading import Skip
from ledger.store.schema import skipped


def skips_by_source(connection: Connection) -> list[tuple[str, Skip]]:
    """What could not be read, with the source that could not."""
    rows = connection.execute(select(skipped).order_by("source", "what", "place"))
    return [(row.source, Skip(row.what, row.place, row.why)) for row in rows]


def skips_of(connection: Connection, source: str) -> list[tuple[Skip, datetime | None]]:
    """What a source could not read, and when that was seen last."""
    rows = connection.execute(select(skipped).where(skipped.c.source == source).order_by("what", "place"))
    return [(Skip(row.what, row.place, row.why), row.noted_at) for row in rows]


def skips_with_times(connection: Connection) -> list[tuple[Skip, datetime | None]]:
    """What could not be read, and when that was seen last; whichever source could not."""
    rows = connection.execute(select(skipped).order_by("source", "what", "place"))
    return [(Skip(row.what, row.place, row.why), row.noted_at) for row in rows]


def skips(connection: Connection) -> list[tuple[str, str, str]]:
    """What could not be read: (what, where, why), sorted."""
    rows = connection.execute(select(skipped.c.what, skipped.c.place, skipped.c.why).order_by("what", "place"))
    return [(what, place, why) for what, place, why in rows]
