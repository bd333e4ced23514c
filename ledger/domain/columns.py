"""Records turned into columns, and records made of columns again: very many of them, by loops in C.

The constructor of a frozen record sets one field after the other through a call of its own, so that a record of thirty
fields takes longer to make than to read. Here one loop fills a field of all records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any

Table = tuple[type[Any], int, tuple[Sequence[Any], ...]]
"""A record's type, how many of them there are, and a column for each of its slots."""


def made(
    record: type[Any], count: int, columns: Mapping[str, Sequence[Any]], blank: Mapping[str, Any]
) -> Sequence[Any]:
    """What `record(**row)` would make of each row, as long as the record checks nothing: its slots, filled.

    A slot without a column gets what `blank` has for it.
    """
    records = [object.__new__(record) for _ in range(count)]
    for name in record.__slots__:
        values = columns[name] if name in columns else repeat(blank[name])
        deque(map(getattr(record, name).__set__, records, values), maxlen=0)
    return records


def packed(rows: Iterable[Any]) -> list[Table]:
    """The records as columns, those of a kind together, kinds in the order in which they first come.

    Written to a pipe, columns are a fraction of the records: no name of a field, and a text that repeats only once.
    """
    kinds: dict[type[Any], list[Any]] = {}
    for row in rows:
        kinds.setdefault(type(row), []).append(row)
    return [
        (kind, len(those), tuple(list(map(attrgetter(name), those)) for name in kind.__slots__))
        for kind, those in kinds.items()
    ]


def unpacked(tables: Iterable[Table]) -> Iterator[Any]:
    """The records again, those of a kind together."""
    for record, count, columns in tables:
        yield from made(record, count, dict(zip(record.__slots__, columns, strict=True)), {})
