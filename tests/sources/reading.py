"""What the tests of all readers of agents' logs ask of a reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ledger.domain.merging import merge_calls
from ledger.domain.pricing import PriceKey, list_cost, price_key
from ledger.domain.reading import Cursor, Skip
from ledger.domain.retold import retold
from ledger.domain.session_facts import Call, Price, SessionParent
from ledger.sources.prices import read_prices


def merged(rows: Iterable[Any], before: Mapping[str, Call] | None = None) -> dict[str, Call]:
    """The calls as a ledger would keep them, after those of `before`."""
    found = dict(before or {})
    for each in rows:
        if isinstance(each, Call):
            found[each.event_key] = merge_calls(found[each.event_key], each) if each.event_key in found else each
    return found


def counted(rows: Iterable[Any]) -> dict[str, Call]:
    """The calls that count, of everything that was ever read; in whichever order that was."""
    known = list(rows)
    found = merged(known)
    again = retold(list(found.values()), [each for each in known if isinstance(each, SessionParent)])
    return {key: call for key, call in found.items() if key not in again}


def cursors(rows: Iterable[Any], before: Mapping[str, str] | None = None) -> dict[str, str]:
    """Where the reading stopped, over what was known before."""
    return {**(before or {}), **{each.name: each.text for each in rows if isinstance(each, Cursor)}}


def skips(rows: Iterable[Any]) -> list[Skip]:
    """What could not be read."""
    return [each for each in rows if isinstance(each, Skip)]


def buckets(calls: Iterable[Call]) -> dict[str, int]:
    """The token buckets, added up."""
    rows = list(calls)
    return {
        "calls": len(rows),
        "input": sum(call.input or 0 for call in rows),
        "cache_read": sum(call.cache_read for call in rows),
        "cache_write": sum(call.cache_write_5m + call.cache_write_1h for call in rows),
        "output": sum(call.output or 0 for call in rows),
        "reasoning": sum(call.reasoning or 0 for call in rows),
    }


def by_model(calls: Iterable[Call]) -> dict[str, dict[str, int]]:
    """Buckets per model as it was written."""
    rows = list(calls)
    return {model: buckets(row for row in rows if row.model_raw == model) for model in {row.model_raw for row in rows}}


def list_price(calls: Iterable[Call]) -> int | None:
    """The calls at list price in nano-USD; None where one has none."""
    rows = list(calls)
    prices: dict[PriceKey, Price] = {
        PriceKey(*(getattr(price, name) for name in Price.key)): price
        for price in read_prices({price_key(call) for call in rows})
    }
    costs = [list_cost(call, prices[price_key(call)]) for call in rows]
    return None if None in costs else sum(cost or 0 for cost in costs)


def write_rows(path: Path, rows: Iterable[Any]) -> Path:
    """A file of JSON lines; bytes are written as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(row if isinstance(row, bytes) else (json.dumps(row) + "\n").encode() for row in rows))
    return path


def truth(samples: Path) -> dict[str, Any]:
    """The independent count of the real samples."""
    found: dict[str, Any] = json.loads((samples / "usage/ground_truth.json").read_text())
    return found
