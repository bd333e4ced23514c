"""`ledger sources` for a person, as text, and for a program, as JSON format 1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from textwrap import fill

from ledger.domain.screen import counted, plain
from ledger.domain.sources import SourceState, SourceStates
from ledger.reports.rows import as_table

FORMAT = 1
_COLUMNS = ("source", "here", "size", "newest", "calls", "last call", "read")
_UNITS = ("B", "kB", "MB", "GB", "TB")
_ASKED = (
    "Agents' logs were only looked at for presence, size and age; ledger update reads them. "
    "The last {} read the files that you name, and nothing else: ledger update --source litellm FILE."
)


def as_text(states: SourceStates, width: int) -> str:
    """A table of all sources, where they were found, and what is read when."""
    table = as_table(_COLUMNS, [_row(state) for state in states.sources], width)
    named = sum(state.kind == "named" for state in states.sources)
    lines = [*(line.rstrip() for line in table.splitlines()), "", *_places(states)]
    lines += ["", fill(_ASKED.format(named), max(width, 60))]
    if states.notice:
        lines += ["", fill(plain(states.notice, 1000), max(width, 60))]
    return "\n".join(lines) + "\n"


def _row(state: SourceState) -> tuple[str | int | None, ...]:
    present, kept = state.present, state.counted
    here = "when named" if present is None else _here(state.name, present.files, bool(present.where))
    size, newest = (None, None) if present is None or not present.files else (_size(present.size), _day(present.newest))
    calls, latest = (None, None) if kept is None or not kept.calls else (kept.calls, _day(kept.latest_call))
    read = _day(state.last_read)
    if state.kind == "named" and kept and kept.places:
        read = counted(kept.places, "file")
    return state.name, here, size, newest, calls, latest, read


def _here(name: str, files: int, is_found: bool) -> str:
    if not is_found:
        return "not found"
    return "yes" if name in ("commits", "git-ai") else counted(files, "file")


def _places(states: SourceStates) -> Iterator[str]:
    wide = max(len(state.name) for state in states.sources)
    for state in states.sources:
        for place in state.present.where if state.present else ():
            yield f"{state.name:{wide}}  {plain(place, 400)}"


def _size(count: int) -> str:
    """`512 B`, `1.2 MB`: decimal units, as disks are sold."""
    amount, unit = float(count), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit and amount < 99.95 else f"{amount:.0f} {_UNITS[unit]}"


def _day(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d}" if at else None


def as_json(states: SourceStates) -> str:
    """All of it; times are ISO 8601 in UTC, sizes bytes, null is unknown, and every key is always there."""
    told = {"format": FORMAT, **asdict(states)}
    return json.dumps(told, indent=2, ensure_ascii=False, default=_iso) + "\n"


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
