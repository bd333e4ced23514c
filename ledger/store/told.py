"""Who told what through the shared refs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from ledger.store.bulk import insert_rows
from ledger.store.parts import in_parts
from ledger.store.schema import cursor, told
from ledger.store.writes import Writing


@dataclass(frozen=True, slots=True)
class _Told:
    fact_id: str
    origin: str


def note_told(writing: Writing, origin: str, facts: Iterable[str]) -> None:
    """That the origin told the facts of these ids."""
    insert_rows(writing.connection, told, [_Told(fact, origin) for fact in sorted(set(facts))])


def told_by(connection: Connection, origin: str, facts: Sequence[str]) -> set[str]:
    """Those of the facts of these ids that the origin told."""
    found = set[str]()
    for part in in_parts(facts):
        asked = select(told.c.fact_id).where(told.c.origin == origin, told.c.fact_id.in_(part))
        found.update(connection.execute(asked).scalars())
    return found


def told_elsewhere(connection: Connection, origin: str) -> set[str]:
    """The ids of all facts that another origin told."""
    return set(connection.execute(select(told.c.fact_id).where(told.c.origin != origin)).scalars())


def origins(connection: Connection) -> dict[str, int]:
    """Every origin, and how many facts it told."""
    asked = select(told.c.origin, func.count()).group_by(told.c.origin).order_by(told.c.origin)
    return {row[0]: row[1] for row in connection.execute(asked)}


def drop_cursors(writing: Writing, source: str, names: Sequence[str]) -> None:
    """What is not there any more was read up to nowhere."""
    for part in in_parts(names):
        writing.connection.execute(delete(cursor).where(cursor.c.source == source, cursor.c.name.in_(part)))
