"""`ledger prices` for a person, as text, and for a program, as JSON format 1."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from ledger.domain.money import exact, usd
from ledger.domain.pricelist import (
    ModelPrice,
    Unpriced,
    Way,
    model_keys,
    remedy,
    way_of,
    why_refused,
    why_unpriced,
)
from ledger.domain.pricing import Quote
from ledger.domain.repricing import ModelChange, Repricing, added
from ledger.domain.screen import counted, plain
from ledger.domain.session_facts import Price
from ledger.reports.rows import as_table

FORMAT = 1
_BUCKETS = ("input", "cache read", "cache write, 5 min", "cache write, 1 h", "output")
_KEYS = ("input_usd", "cache_read_usd", "cache_write_5m_usd", "cache_write_1h_usd", "output_usd")
_MATCHES = {"exact": "the table's model of that name", "override": "your own price"}


def price_text(found: ModelPrice, width: int) -> str:
    """The rates per bucket, tier and way of calling; where they come from, and what has no price."""
    name = plain(found.model_raw, 80)
    standard, priced = found.ways[0], [way for way in found.ways if way.used.price.priced_as is not None]
    lines = [f"{name} on {found.day}: {_said(found, standard)}."]
    if priced:
        table = as_table(("USD per million tokens", *(way.name for way in priced)), list(_rows(priced)), width)
        lines += ["", *(line.rstrip() for line in table.splitlines()), ""]
        lines += [f"From {_from(standard if standard in priced else priced[0])}."]
    lines += _notes(found)
    return "\n".join(lines) + "\n"


def _said(found: ModelPrice, standard: Way) -> str:
    price = standard.used.price
    if price.priced_as is None:
        return f"no price, because {why_refused(model_keys(found.model_raw, found.day)['standard'], standard.used)}"
    return f"priced as {plain(price.priced_as, 80)}, {_MATCHES.get(price.match, price.match)}"


def _from(way: Way) -> str:
    words = plain(way.used.price.table_version, 80)
    place = f" ({plain(way.used.where, 300)})" if way.used.where else ""
    return f"{words}{place}{', kept in the ledger' if way.is_kept else ''}"


def _rows(ways: Sequence[Way]) -> Iterator[tuple[str, ...]]:
    """A line per bucket, tier by tier; then web searches."""
    starts = sorted({tier[0] for way in ways for tier in way.used.price.tiers})
    for start in starts:
        if start:
            yield (f"above {start:,} input tokens", *("" for _ in ways))
        for place, bucket in enumerate(_BUCKETS):
            yield (bucket, *(_rate(way.used.price, start, place) for way in ways))
    yield ("1,000 web searches", *(_searches(way.used.price) for way in ways))


def _searches(price: Price) -> str:
    is_known = price.web_search_nusd or price.match == "override"
    return f"{usd(price.web_search_nusd * 1000).normalize():f}" if is_known else "unknown"


def _rate(price: Price, start: int, place: int) -> str:
    tier = max(each for each in price.tiers if each[0] <= start)
    return f"{usd(tier[place + 1]).normalize():f}"


def _notes(found: ModelPrice) -> Iterator[str]:
    missing = [way.name for way in found.ways[1:] if way.used.price.priced_as is None]
    if found.ways[0].used.price.priced_as is None:
        yield "Put a price into the file that ledger.prices names: docs/prices.md."
    elif missing:
        yield f"No price for {', '.join(missing)}: such calls are unpriced."
    others = [way.name for way in found.ways if way.is_other_now]
    if others:
        yield (
            f"The price lists say otherwise now ({', '.join(others)}); "
            "nothing changes until ledger db rebuild --reprice, which shows the difference first."
        )


def price_json(found: ModelPrice) -> str:
    """One object; every way of calling, those without a price with `tiers` empty."""
    return _dumped(
        {
            "format": FORMAT,
            "model": found.model_raw,
            "normalised": found.model,
            "provider": found.provider or None,
            "day": found.day,
            "ways": [_way(way) for way in found.ways],
        }
    )


def _way(way: Way) -> dict[str, Any]:
    price = way.used.price
    is_priced = price.priced_as is not None
    return {
        "way": way.name,
        "priced_as": price.priced_as,
        "match": price.match,
        "similar": way.used.similar or None,
        "table": price.table_version,
        "file": way.used.where or None,
        "is_kept": way.is_kept,
        "is_other_now": way.is_other_now,
        "tiers": [
            {"above_tokens": tier[0], **dict(zip(_KEYS, map(exact, tier[1:]), strict=True))} for tier in price.tiers
        ],
        "web_search_usd": exact(price.web_search_nusd) if is_priced and _searches(price) != "unknown" else None,
    }


def unpriced_text(rows: Sequence[tuple[Unpriced, Quote]]) -> str:
    """A line per model and way of calling, with the reason and the remedy."""
    if not rows:
        return "Every call in the ledger has a price, or a cost that was told.\n"
    total = sum(row.calls for row, _ in rows)
    return "".join([f"{counted(total, 'call')} whose cost is not known:\n", *(_line(row, now) for row, now in rows)])


def _line(row: Unpriced, now: Quote) -> str:
    way = f" ({plain(way_of(row.key()), 40)})" if way_of(row.key()) else ""
    days = row.first_on if row.first_on == row.last_on else f"{row.first_on} to {row.last_on}"
    why, what = plain(why_unpriced(row, now), 200), plain(remedy(row, now), 400)
    return (
        f"\n{plain(row.model_raw, 80) or '(no name)'}{way}: {counted(row.calls, 'call')}, {days}\n"
        f"  Why: {why}.\n  Remedy: {what}.\n"
    )


def unpriced_json(rows: Sequence[tuple[Unpriced, Quote]]) -> str:
    """One object with a list, the most calls first."""
    return _dumped(
        {
            "format": FORMAT,
            "unpriced": [
                {
                    "model": row.model_raw,
                    "provider": row.provider or None,
                    "way": way_of(row.key()) or "standard",
                    "calls": row.calls,
                    "first_on": row.first_on,
                    "last_on": row.last_on,
                    "why": why_unpriced(row, now),
                    "similar": now.similar or None,
                    "remedy": remedy(row, now),
                }
                for row, now in rows
            ],
        }
    )


def _dumped(made: dict[str, Any]) -> str:
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def difference_text(found: Repricing, width: int) -> str:
    """What a repricing would change: old and new sum per model, and calls that have no price before and after."""
    if not found.prices:
        return "The price lists say what the ledger keeps already; no rate changes.\n"
    count, tables = counted(len(found.prices), "rate"), ", ".join(plain(each, 80) for each in found.tables)
    if not found.models:
        return f"{count} would change, from {tables}; no sum does.\n"
    rows = [_difference(row) for row in (*found.models, _total(found))]
    table = as_table(("model", "calls", "now USD", "then USD", "difference", "unpriced now", "then"), rows, width)
    return f"{count} would change, from {tables}:\n\n" + "".join(f"{line.rstrip()}\n" for line in table.splitlines())


def _difference(row: ModelChange) -> tuple[str | int, ...]:
    by = usd(row.new_nusd - row.old_nusd)
    sums = (f"{usd(row.old_nusd):,.2f}", f"{usd(row.new_nusd):,.2f}", f"{by:+,.2f}")
    return (row.model or "(no name)", row.calls, *sums, row.old_unpriced, row.new_unpriced)


def _total(found: Repricing) -> ModelChange:
    return replace(reduce(added, found.models), model="together")
