"""Events as they happened: what several sources tell of one of them, with and without whose it was, is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ledger.domain.forge_facts import Event
from ledger.domain.grouping import group


def distinct(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events, each once, in their order in time.

    People may review at one moment, but nothing merges, closes or opens twice at once: of a list that names nobody and
    a webhook that does, both tell of one event. A review that names nobody is that of whoever is named then, unless
    they say different things.
    """
    found = list[Event]()
    for (_, kind, _), rows in group(events, lambda row: (row.subject, row.kind, row.at)).items():
        found += _reviews(rows) if kind == "reviewed" else [_one(rows)]
    return tuple(sorted(found, key=lambda row: (row.at, row.subject, row.kind, row.actor)))


def _one(rows: list[Event]) -> Event:
    """What any of them knows; of two names the greater, which is the same in every order."""
    known = {name: max(getattr(row, name) for row in rows) for name in ("actor", "verdict", "oid")}
    return replace(rows[0], **known)


def _reviews(rows: list[Event]) -> list[Event]:
    named = [row for row in rows if row.actor]
    said = {(row.verdict, row.oid) for row in named}
    bare = [row for row in rows if not row.actor and not any(_may_be(row, *words) for words in said)]
    return [*named, *bare]


def _may_be(row: Event, verdict: str, oid: str) -> bool:
    """Nothing that the row says differs."""
    return row.verdict in ("", verdict) and row.oid in ("", oid)
