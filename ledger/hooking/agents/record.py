"""What was put into which file, so that it can be taken out to the byte.

Kept in the person's state directory and beside nothing that is shared: for each file the hash of its text after our
insertion, the places of what was inserted, and what was made for it. No text of anyone's settings is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ledger.hooking.agents import files
from ledger.hooking.agents.splice import Insertion, cut


@dataclass(frozen=True, slots=True)
class Put:
    """One insertion into a file, the last of them on top of those before."""

    part: str
    """hooks, tags, plugin …"""
    digest: str
    """Of the whole text, after."""
    spans: tuple[tuple[int, int], ...]
    """What was inserted, in the text after."""
    made: tuple[str, ...] = ()
    """The lists and members that were made to hold it."""
    is_new: bool = False
    """The file was made for it."""
    folders: tuple[str, ...] = ()
    """The directories that were made for it."""


def digest(text: str) -> str:
    """The hash that a text is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


def spans_of(insertions: Iterable[Insertion]) -> tuple[tuple[int, int], ...]:
    """Where insertions stand afterwards."""
    spans: list[tuple[int, int]] = []
    grown = 0
    for at, piece in sorted(insertions, key=lambda pair: pair[0]):
        spans.append((at + grown, at + grown + len(piece)))
        grown += len(piece)
    return tuple(spans)


def undo(text: str, puts: Sequence[Put], part: str | None = None) -> tuple[str, tuple[Put, ...]]:
    """The text before our last insertions, as far as nobody else has touched it, and what is left to undo.

    With `part`, only insertions of that part that stand on top.
    """
    left = tuple(puts)
    while left and left[-1].digest == digest(text) and part in (None, left[-1].part):
        text = cut(text, left[-1].spans)
        left = left[:-1]
    return text, left


def where(environ: Mapping[str, str]) -> Path:
    """The file of the records."""
    home = Path(environ.get("HOME") or Path.home())
    return Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "ledger" / "agents.json"


def load(path: Path) -> dict[str, tuple[Put, ...]]:
    """What was put into each file, the last insertion last; an unreadable record knows nothing."""
    try:
        rows = json.loads(files.read(path) or "{}")["files"]
        return {name: tuple(_put(row) for row in puts) for name, puts in rows.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def save(path: Path, puts: Mapping[str, Sequence[Put]]) -> None:
    """Keep it; a record of nothing is no file. Raises LedgerError."""
    kept = {name: [asdict(put) for put in each] for name, each in sorted(puts.items()) if each}
    if kept:
        files.write(path, json.dumps({"version": 1, "files": kept}, indent=1) + "\n")
    else:
        files.remove(path, [path.parent])


def _put(row: Mapping[str, object]) -> Put:
    spans, made, folders = row["spans"], row["made"], row["folders"]
    if not (isinstance(spans, list) and isinstance(made, list) and isinstance(folders, list)):
        raise TypeError("no record of ours")
    pairs = tuple((int(start), int(end)) for start, end in spans)
    return Put(str(row["part"]), str(row["digest"]), pairs, tuple(made), bool(row["is_new"]), tuple(folders))
