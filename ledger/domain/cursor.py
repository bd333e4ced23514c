"""Cursor's usage events: every generation of the dashboard's table, and the Admin API (usage-formats §9).

The four kinds of tokens are disjoint: input with and without cache write, cache read and output add up to the total.
A number beside `Included` is what the call is worth at list price; money was paid on demand only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ledger.domain.amounts import Refused, count, moment, nusd, text
from ledger.domain.session_facts import Call
from ledger.domain.tags import Tagged
from ledger.domain.told import UNTOLD, Money, Tokens, told_call

SOURCE = AGENT = "cursor"
_REVIEWER = "agent_review"
"""What stands for the model of Cursor's own reviewer."""
_PAID = re.compile(r"on[-_ ]?demand|usage[-_ ]?based", re.I)
_NO_CALL = re.compile(r"not[-_ ]charged|no[-_ ]charge|errored|aborted", re.I)
_FREE = re.compile(r"\bfree\b|_free\b", re.I)

Row = Mapping[str, Any]


def rows(record: Row) -> Iterator[Row]:
    """The events of a page, or the event or the table's row itself."""
    for name in ("usageEventsDisplay", "usageEvents", "data"):
        if isinstance(record.get(name), list):
            yield from (row if isinstance(row, dict) else {} for row in record[name])
            return
    yield record


def calls(row: Row) -> Iterator[Call]:
    """The call of an event, or nothing where none was charged or counted; raises Refused."""
    yield from _event(row) if "timestamp" in row else _line({name.lower(): cell for name, cell in row.items()})


def _event(row: Row) -> Iterator[Call]:
    """An event of the Admin API."""
    usage = row.get("tokenUsage")
    usage = usage if isinstance(usage, dict) else {}
    names = ("inputTokens", "cacheReadTokens", "cacheWriteTokens", "outputTokens")
    parts = [count(usage.get(name), name) for name in names]
    kind = text(row.get("kind"))
    charged, worth = (
        nusd(row.get("chargedCents"), "chargedCents", 100),
        nusd(usage.get("totalCents"), "totalCents", 100),
    )
    is_paid = _PAID.search(kind) is not None or (row.get("isChargeable") is True and bool(charged))
    money = Money(nusd=charged, kind="billed") if is_paid else Money(nusd=worth or None, kind="list")
    yield from _call(row.get("timestamp"), row.get("model"), kind, parts, None, money)


def _line(row: Row) -> Iterator[Call]:
    """A row of the dashboard's table, by the names of its columns in small letters."""
    if "date" not in row or "model" not in row:
        raise Refused("it has no Date and Model")
    names = ("input (w/o cache write)", "cache read", "input (w/ cache write)")
    parts = [count(row.get(name), name) for name in names]
    parts.append(count(row.get("output tokens", row.get("output")), "output"))
    total = count(row.get("total tokens", row.get("tokens")), "total tokens")
    kind, said = text(row.get("kind")), text(row.get("cost", row.get("cost ($)")))
    cost = nusd(said, "cost") if re.search(r"\d", said) else None
    if _PAID.search(kind):
        money = Money(nusd=cost, kind="billed")
    elif cost is None and (_FREE.search(kind) or _FREE.search(said)):
        money = Money(nusd=0, kind="billed")
    else:
        money = Money(nusd=cost, kind="list")
    yield from _call(row.get("date"), row.get("model"), kind, parts, total, money)


def _call(
    at: Any, model_raw: Any, kind: str, parts: list[int | None], total: int | None, money: Money
) -> Iterator[Call]:
    """One event, known by its time, model and total: that is equal in every generation of the table."""
    model = text(model_raw)
    is_split = any(part is not None for part in parts)
    uncached, read, written, output = (part or 0 for part in parts)
    tokens = Tokens(input=uncached, cache_read=read, cache_write_5m=written, output=output)
    whole = tokens.total if is_split else total or 0
    if _NO_CALL.search(kind) or not (whole or money.nusd):
        return
    if not model:
        raise Refused("it names no model")
    moment_at = moment(at, "the time")
    key = f"{int(moment_at.timestamp() * 1000)}/{model}/{whole}"
    call = told_call(
        SOURCE,
        key,
        moment_at,
        model,
        tokens if is_split else UNTOLD,
        money,
        tagged=Tagged(),
        agent=AGENT,
        agent_name="/review" if model == _REVIEWER else "",
        # A total alone cannot be priced: what the row says of its cost is all that is known.
        quality="final" if is_split else "aggregate",
        rank=2 * is_split,
    )
    rank, size, when, _ = call.best_rank
    yield replace(call, best_rank=(rank, size, when, f"{money.nusd or 0:016d}"))
