"""Short ways to read files as a person names them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ledger.domain.merging import merge_calls
from ledger.domain.reading import Cursor, Named, Reading, Skip
from ledger.domain.session_facts import Call

Read = Callable[[Named], Reading]


def named(
    *paths: Path | str, known: Mapping[str, str] | None = None, columns: Mapping[str, str] | None = None
) -> Named:
    """What a person named."""
    return Named(tuple(map(str, paths)), known=known or {}, columns=columns or {})


def written(folder: Path, name: str, content: Any) -> Path:
    """A file with bytes, a text, or JSON."""
    path = folder / name
    raw = content if isinstance(content, bytes | str) else json.dumps(content)
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return path


def lines(rows: Iterable[Any]) -> str:
    """JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def merged(rows: Iterable[Any]) -> dict[str, Call]:
    """The calls by key, copies merged as the ledger does."""
    found: dict[str, Call] = {}
    for row in rows:
        if isinstance(row, Call):
            found[row.event_key] = merge_calls(found[row.event_key], row) if row.event_key in found else row
    return found


def calls(read: Read, *paths: Path) -> list[Call]:
    """The calls of files, by key."""
    found = merged(read(named(*paths)))
    return [found[key] for key in sorted(found)]


def skips(read: Read, *paths: Path) -> list[str]:
    """Why things were left out."""
    return [row.why for row in read(named(*paths)) if isinstance(row, Skip)]


def cursors(rows: Iterable[Any]) -> dict[str, str]:
    """Where a reading stopped."""
    return {row.name: row.text for row in rows if isinstance(row, Cursor)}
