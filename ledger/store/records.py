"""Records made of very many rows, column by column.

The constructor of a frozen record sets one field after the other through a call of its own, so that a record of thirty
fields takes longer to make than to read from the database. Here one loop in C fills a field of a thousand records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import CursorResult

AT_ONCE = 1000


def records(
    record: type[Any], found: CursorResult[Any], blank: Mapping[str, Any], alike: Collection[str] = ()
) -> Iterator[Any]:
    """The rows as records, whose other fields are those of `blank`.

    A text of the columns in `alike` that many rows have, a session or a model, is held once and not once a row.
    """
    names = tuple(found.keys())
    held: dict[Any, Any] = {}
    for rows in found.partitions(AT_ONCE):
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        for name in alike:
            columns[name] = tuple(map(held.setdefault, columns[name], columns[name]))
        yield from _made(record, len(rows), columns, blank)


def _made(
    record: type[Any], count: int, columns: Mapping[str, Sequence[Any]], blank: Mapping[str, Any]
) -> Sequence[Any]:
    """What `record(**row)` would make, as long as the record checks nothing: its slots, filled."""
    made = [object.__new__(record) for _ in range(count)]
    for name in record.__slots__:
        values = columns[name] if name in columns else repeat(blank[name])
        deque(map(getattr(record, name).__set__, made, values), maxlen=0)
    return made
