"""Records made of very many rows, column by column (`ledger.domain.columns`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import CursorResult

from ledger.domain.columns import made

AT_ONCE = 1000


def records(
    record: type[Any], found: CursorResult[Any], blank: Mapping[str, Any], alike: Collection[str] = ()
) -> Iterator[Any]:
    """The rows as records, whose other fields are those of `blank`.

    What many rows have alike in the columns `alike`, a session, a model or a count, is held once and not once a row.
    """
    names = tuple(found.keys())
    held: dict[Any, Any] = {}
    for rows in found.partitions(AT_ONCE):
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        for name in alike:
            columns[name] = tuple(map(held.setdefault, columns[name], columns[name]))
        yield from made(record, len(rows), columns, blank)
