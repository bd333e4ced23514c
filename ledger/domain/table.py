"""A table of calls whose columns a person names: any gateway's or provider's export, as CSV or JSON Lines.

A field that is not named is looked for under its own name. Rows that are equal in everything are one call, unless a
column with ids tells them apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ledger.domain.amounts import Refused, count, moment, nusd, text
from ledger.domain.session_facts import Call
from ledger.domain.tags import joined, read_pairs, read_tags
from ledger.domain.told import Circumstances, Money, Tokens, inclusive, plain_word, told_call

SOURCE = "table"
_COUNTS = ("input", "prompt", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning")
_TAGS = ("repo", "branch", "role", "task", "commit", "request", "session", "agent")
FIELDS = {
    "at": "when the call was made",
    "model": "the model",
    "input": "input tokens without the cache",
    "prompt": "input tokens with the cache, instead of input",
    "cache_read": "tokens read from the cache",
    "cache_write": "tokens written to the cache",
    "cache_write_1h": "those of them that are kept for an hour",
    "output": "output tokens, reasoning included",
    "reasoning": "reasoning tokens",
    "cost": "what was paid, USD",
    "id": "the call's id, unique in all tables",
    "request_id": "the provider's id of the request",
    "speed": "fast, where that has a price of its own",
    "service_tier": "priority, flex or batch",
    "tags": "a list of tags",
    **{name: f"as the tag {name}:" for name in _TAGS},
}
"""Field → what it is."""

Row = Mapping[str, Any]


def rows(record: Row) -> Iterator[Row]:
    """The rows of a page under `data`, or the row itself."""
    page = record.get("data")
    yield from (row for row in (page if isinstance(page, list) else [record]) if isinstance(row, dict))


def calls(columns: Mapping[str, str]) -> Callable[[Row], Iterator[Call]]:
    """What makes calls of rows whose fields stand in these columns; a dot goes into nested objects."""

    def read(row: Row) -> Iterator[Call]:
        yield _call({name: _cell(row, name, columns) for name in FIELDS})

    return read


def _cell(row: Row, name: str, columns: Mapping[str, str]) -> Any:
    """What a field holds; raises Refused where the column that was named is not there."""
    column = columns.get(name, name)
    if column in row:
        return row[column]
    inner: Any = row
    for part in column.split("."):
        if not isinstance(inner, dict) or part not in inner:
            if name in columns:
                raise Refused(f"it has no column {text(column, 60)}")
            return None
        inner = inner[part]
    return inner


def _call(cells: Row) -> Call:
    model = text(cells["model"])
    if not model:
        raise Refused("it names no model")
    numbers = {name: count(cells[name], name) for name in _COUNTS}
    money = Money(nusd=nusd(cells["cost"], "cost"), kind="billed")
    is_counted = any(number is not None for number in numbers.values())
    if not is_counted and money.nusd is None:
        raise Refused("it has neither tokens nor a cost")
    at = moment(cells["at"], "at")
    tagged = joined(read_pairs({name: cells[name] for name in _TAGS}), read_tags(cells["tags"]))
    return told_call(
        SOURCE,
        text(cells["id"]) or _digest(at.isoformat(), model, money.nusd, *numbers.values(), *map(text, cells.values())),
        at,
        model,
        _tokens(numbers),
        money,
        tagged=tagged,
        circumstances=Circumstances(
            speed=plain_word(text(cells["speed"])), service_tier=plain_word(text(cells["service_tier"]))
        ),
        request_id=text(cells["request_id"]) or text(cells["id"]),
        quality="final" if is_counted else "aggregate",
    )


def _tokens(numbers: Mapping[str, int | None]) -> Tokens:
    """Disjoint buckets, whether the input was given with the cache or without; None where it was not given."""
    read, written_1h = numbers["cache_read"] or 0, numbers["cache_write_1h"] or 0
    written = max(numbers["cache_write"] or 0, written_1h)
    given = numbers["input"]
    whole = None if given is None else given + read + written
    return inclusive(
        whole if numbers["prompt"] is None else numbers["prompt"],
        numbers["output"],
        read=read,
        written=written,
        written_1h=written_1h,
        reasoning=numbers["reasoning"],
    )


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode(errors="replace")).hexdigest()[:24]
