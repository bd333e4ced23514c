"""`db check`: whether the database is whole, its sums agree, and its conclusions are those of its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from ledger.domain.conclude import Conclusions, conclude, nothing_but_people
from ledger.domain.derivation import DERIVATION_VERSION
from ledger.posting.derive import load
from ledger.store import checks, known_commits, reads
from ledger.store.engine import Ledger


def check(ledger: Ledger, *, whole: bool) -> Iterator[tuple[str, list[str]]]:
    """(what was checked, what is wrong with it), one after the other; `whole` reads every page of a file."""
    yield "the database's own check", checks.integrity(ledger, whole=whole)
    with ledger.read() as connection:
        yield "views", checks.views(connection)
        behind = reads.to_derive(connection, DERIVATION_VERSION)
        yield "sums of charges, changes and calls", checks.sums(connection)
        repositories = reads.repositories(connection)
    yield "facts waiting to be counted", [f"{len(behind)} repositories; run ledger update"] if behind else []
    for repository in repositories:
        if repository not in behind:
            yield f"conclusions about {repository}", _recomputed(ledger, repository)


def _recomputed(ledger: Ledger, repository_id: str) -> list[str]:
    """What differs between the conclusions in the ledger and those drawn now from its facts."""
    with ledger.read() as connection:
        if reads.has_traces(connection, repository_id):
            drawn = conclude(load(connection, repository_id))
        else:
            drawn = nothing_but_people(known_commits.count_commits(connection, repository_id))
        return [
            f"{kind}: {counted}"
            for kind, rows in _tables(drawn)
            if (counted := _differences(rows, set(reads.derived(connection, kind, repository_id))))
        ]


def _tables(drawn: Conclusions) -> Iterator[tuple[str, set[object]]]:
    for field in fields(drawn):
        rows = getattr(drawn, field.name)
        if isinstance(rows, tuple):
            yield field.name, set(rows)


def _differences(wanted: set[object], stored: set[object]) -> str:
    missing, extra = len(wanted - stored), len(stored - wanted)
    return f"{missing} rows missing or different, {extra} too many; run ledger db rebuild" if missing or extra else ""
