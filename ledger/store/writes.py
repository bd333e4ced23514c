"""Idempotent writes: a fact that is posted twice is there once, in whichever order its rows come."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter, itemgetter
from secrets import token_hex
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, and_, bindparam, delete, literal, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite

from ledger.domain.conclusions import DERIVED
from ledger.domain.facts import KINDS, Fact, Place
from ledger.domain.git_facts import Tip
from ledger.domain.merging import MERGE
from ledger.domain.reading import Cursor, Settled, Skip
from ledger.domain.screen import storable
from ledger.domain.session_facts import Call, Price
from ledger.store.bulk import as_kept, insert_rows, kept_rows, kept_under
from ledger.store.owners import owners
from ledger.store.parts import in_parts
from ledger.store.reads import about, keyed
from ledger.store.records import records
from ledger.store.schema import (
    APPLICATION_ID,
    clock,
    cursor,
    dirty,
    ledger_meta,
    skipped,
    tables,
)

_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""The two dialects' inserts share ON CONFLICT, which the common one lacks."""
_NAMES = {record: name for name, record in (KINDS | DERIVED).items()}
_FEW_PAGES_KIB = 4096


@dataclass(frozen=True, slots=True)
class Posted:
    """How many facts were new, and how many known ones a better row changed."""

    new: int
    changed: int


class Writing:
    """One write transaction on the ledger."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.mark = uuid4().hex
        """Tells what this transaction leaves dirty from what others do: two posts never wait for each other."""
        self._before = _changes(connection)
        self._times = 0

    def end(self) -> None:
        """Leave this transaction's mark in a file, unless it changed nothing, or noted only times.

        Whoever saw the file before can tell by it that he has not seen what it is now.
        """
        if _changes(self.connection) - self._before > self._times:
            self.set_text("written", self.mark)

    def post(self, facts: Iterable[Fact]) -> Posted:
        """Keep the facts: new ones are inserted, known ones merged by the rule of their kind (domain.merging.MERGE)."""
        by_kind: dict[type[Any], list[Any]] = {}
        for fact in facts:
            by_kind.setdefault(type(fact), []).append(fact)
        new = changed = 0
        touched = set[str]()
        for record in (kind for kind in KINDS.values() if kind in by_kind):
            added, replaced = self._keep(record, by_kind[record])
            if added or replaced:
                touched |= owners(self.connection, record, by_kind)
                touched |= owners(self.connection, record, {record: replaced})  # a call may have moved
            new += added
            changed += len(replaced)
        self._insert(tables["place"], _places(by_kind.get(Call, ())))
        self.mark_dirty(touched)
        return Posted(new, changed)

    def mark_dirty(self, repositories: Iterable[str]) -> None:
        """Facts about these were posted: a row with the mark of this transaction for each."""
        rows = [{"repository_id": each, "token": self.mark} for each in sorted(repositories)]
        if rows:
            statement = _INSERT[self.connection.dialect.name](dirty).on_conflict_do_nothing()
            self.connection.execute(statement, rows)

    def take_dirty(self, repository_id: str) -> set[str]:
        """Begin to derive a repository: nobody else does meanwhile; what is posted from now on stays for later.

        Returns the marks of what was posted until now.
        """
        self.hold(repository_id)
        taken = delete(dirty).where(dirty.c.repository_id == repository_id).returning(dirty.c.token)
        return set(self.connection.execute(taken).scalars())

    def hold(self, repository_id: str) -> None:
        """Wait until nobody else who holds this repository writes; a file has one writer at a time anyway."""
        if self.connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(:application, hashtext(:repository))")
            self.connection.execute(lock, {"application": APPLICATION_ID, "repository": repository_id})

    def keep_few_pages(self) -> None:
        """Give back the memory that a file's pages were kept in, for what needs it more.

        Posted ids are random and touch pages all over the file; conclusions are read and written in order.
        """
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql(f"PRAGMA cache_size = -{_FEW_PAGES_KIB}")
            self.connection.exec_driver_sql("PRAGMA shrink_memory")
            _trim()

    def _keep(self, record: type[Any], facts: Sequence[Any]) -> tuple[int, list[Any]]:
        """How many were new, and the known ones that were replaced by a better row, as they were."""
        if record in MERGE:
            return self._merge(record, facts)
        return self._insert(tables[_NAMES[record]], facts), []

    def replace_tips(self, repository_id: str, clone_id: str, tips: Sequence[Tip]) -> None:
        """Where the clone's refs stand now, instead of where they stood."""
        table = tables["tip"]
        own = (table.c.repository_id == repository_id) & (table.c.clone_id == clone_id)
        known = {Tip(**row) for row in self.connection.execute(select(table).where(own)).mappings()}
        if known != set(tips):
            self.connection.execute(delete(table).where(own))
            self._insert(table, tips)
            self.mark_dirty([repository_id])

    def replace_prices(self, prices: Sequence[Price]) -> None:
        """Keep these rates, instead of those kept under the same keys."""
        table = tables["price"]
        for part in in_parts(prices):
            self.connection.execute(
                delete(table).where(keyed(table, Price.key, [_keying(Price.key)(price) for price in part]))
            )
        self._insert(table, prices)

    def replace_derived(self, kind: str, repository_id: str, rows: Sequence[Any]) -> None:
        """A repository's conclusions of one kind, instead of the earlier ones; rows that are equal stay untouched.

        Nearly all of them do, so they are compared as they are kept: no record is made of what is only looked at.
        """
        table, names = tables[kind], DERIVED[kind].key
        own = about(table, repository_id)
        new = rows
        if self.connection.execute(select(literal(1)).select_from(table).where(own).limit(1)).first():
            missing = dict(zip(as_kept(self.connection, table, rows), rows, strict=True))
            gone = [kept for kept in kept_rows(self.connection, table, own) if missing.pop(kept, None) is None]
            key_of = itemgetter(*(table.columns.keys().index(name) for name in names))
            for part in in_parts(sorted(map(key_of, gone))):
                keys = [key if len(names) > 1 else (key,) for key in part]
                self.connection.execute(delete(table).where(kept_under(table, names, keys)))
            new = list(missing.values())
        self._insert(table, new)

    def set_cursor(self, row: Cursor) -> None:
        """Where a source stopped."""
        self._put(cursor, {"source": row.source, "name": storable(row.name), "text": row.text})

    def forget_cursors(self, source: str) -> None:
        """A source that is done for good."""
        self.connection.execute(delete(cursor).where(cursor.c.source == source))

    def set_label(self, repository_id: str, label: str, words: str) -> None:
        """Give a repository a label, another one than before, or with '' none."""
        table = tables["repository_label"]
        if words:
            self._put(table, {"repository_id": repository_id, "label": label, "text": words})
        else:
            self.connection.execute(delete(table).where(table.c.repository_id == repository_id, table.c.label == label))

    def note_skips(self, source: str, skips: Iterable[Skip], at: datetime | None = None) -> None:
        """What could not be read, once per place; and when that was seen last."""
        for skip in skips:
            words = {"what": skip.what, "place": storable(skip.where), "why": storable(skip.why)}
            self._put(skipped, {"source": source, **words, "noted_at": at})

    def drop_settled(self, source: str, settled: Iterable[Settled], said: set[Skip]) -> None:
        """What was said of these files before they were read, but for what this reading said itself."""
        again = {(skip.what, storable(skip.where)) for skip in said}
        own = skipped.c.source == source
        for row in settled:
            where = storable(row.where)
            # Lines of a file are named after it: "file line 3".
            named = or_(
                skipped.c.place == where,
                and_(skipped.c.place > f"{where} line ", skipped.c.place < f"{where} line!"),
            )
            unread = [] if row.is_whole else [skipped.c.what == "file"]
            for what, place in self.connection.execute(
                select(skipped.c.what, skipped.c.place).where(own, named, *unread)
            ).all():
                if (what, place) not in again:
                    self.connection.execute(
                        delete(skipped).where(own, skipped.c.what == what, skipped.c.place == place)
                    )

    def drop_skips(self, source: str, skips: Iterable[Skip]) -> None:
        """What does not hold any more."""
        for skip in skips:
            mine = (skipped.c.source == source) & (skipped.c.what == skip.what) & (skipped.c.place == skip.where)
            self.connection.execute(delete(skipped).where(mine))

    def set_text(self, name: str, text: str) -> None:
        """A fact about the ledger itself."""
        self._put(ledger_meta, {"name": name, "text": text})

    def secret(self) -> str:
        """The shared ledger's own secret in hex, made on first use."""
        row = {"name": "secret", "text": token_hex(32)}
        self.connection.execute(_INSERT[self.connection.dialect.name](ledger_meta).values(row).on_conflict_do_nothing())
        kept = select(ledger_meta.c.text).where(ledger_meta.c.name == "secret")
        return str(self.connection.execute(kept).scalar_one())

    def set_time(self, name: str, at: datetime) -> None:
        """When something happened to the ledger itself."""
        self._put(clock, {"name": name, "noted_at": at})
        self._times += 1

    def derived(self, version: int) -> None:
        """Every repository's conclusions are drawn by the rules of this version."""
        self.set_text("derivation_version", str(version))

    def _merge(self, record: type[Any], facts: Sequence[Any]) -> tuple[int, list[Any]]:
        """Insert; where a key was there already, compare what is stored with what was to be stored."""
        table, merge, key_of = tables[_NAMES[record]], MERGE[record], _keying(record.key)
        wanted: dict[tuple[Any, ...], Any] = {}
        for fact in facts:
            key = key_of(fact)
            wanted[key] = merge(wanted[key], fact) if key in wanted else fact
        new = self._insert(table, list(wanted.values()))
        if new == len(wanted):
            return new, []
        stored = (row for part in in_parts(sorted(wanted)) for row in self._stored(record, table, part))
        changed = [(row, merged) for row in stored if (merged := merge(row, wanted[key_of(row)])) != row]
        self._update(record, table, [merged for _, merged in changed])
        if record is Call:
            self._drop_costs([row.event_key for row, merged in changed if row.directory != merged.directory])
        return new, [row for row, _ in changed]

    def _drop_costs(self, moved: Sequence[str]) -> None:
        """The costs of calls that moved: whose repository they are in now counts them anew, if they are in one."""
        costs = tables["call_cost"]
        for part in in_parts(moved):
            self.connection.execute(delete(costs).where(costs.c.event_key.in_(part)))

    def _stored(self, record: type[Any], table: Table, keys: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """The rows of these keys."""
        # Locked where rows can be: another post may be about to merge the same ones.
        query = select(table).where(keyed(table, record.key, keys)).with_for_update()
        return records(record, self.connection.execute(query), {})

    def _update(self, record: type[Any], table: Table, rows: Sequence[Any]) -> None:
        if not rows:
            return
        where = [table.c[name] == bindparam(f"key_{name}") for name in record.key]
        values: dict[str, Any] = {field.name: bindparam(field.name) for field in fields(record)}
        bound = [{**_mapping(row), **{f"key_{name}": getattr(row, name) for name in record.key}} for row in rows]
        self.connection.execute(table.update().where(*where).values(values), bound)

    def _insert(self, table: Table, rows: Sequence[Any]) -> int:
        return insert_rows(self.connection, table, rows)

    def _put(self, table: Table, row: dict[str, Any]) -> None:
        keys = [column.name for column in table.primary_key]
        rest = {name: text for name, text in row.items() if name not in keys}
        statement = _INSERT[self.connection.dialect.name](table).values(row)
        self.connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))


def _trim() -> None:
    """Give the system what was freed: an allocator may keep it for more of the same kind, which does not come."""
    import ctypes

    with suppress(AttributeError, TypeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def _places(calls: Iterable[Call]) -> list[Place]:
    """Every directory that a call was made in has its row, whether anybody knows whose it is or not."""
    directories = sorted({call.directory for call in calls})
    return [Place(directory=directory, repository_id=None, worktree=None) for directory in directories]


def _changes(connection: Connection) -> int:
    """Rows that this connection to a file has changed so far; 0 on a server, which does not count."""
    driver = connection.connection.driver_connection
    return driver.total_changes if isinstance(driver, sqlite3.Connection) else 0


def _keying(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What makes of a record its key, asked for very many of them."""
    if len(names) > 1:
        return attrgetter(*names)
    one = attrgetter(*names)
    return lambda fact: (one(fact),)


def _mapping(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}
