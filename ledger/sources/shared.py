"""Entries that other clones and CI jobs left in the shared refs, as they were fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.facts import Entry, Fact
from ledger.domain.reading import Resolve, Skip
from ledger.domain.retractions import KIND as RETRACT
from ledger.domain.retractions import identity
from ledger.domain.sharing import LONGEST, UNCONFIRMED, judge
from ledger.entries import decode
from ledger.errors import EntryRefused

SOURCE = "share"
_MOST_REFUSALS = 20
"""Of one file that are named one by one."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of entries, where it stands and who is said to have written it."""

    where: str
    origin: str
    lines: Sequence[str] | None
    """None: larger than what is read."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact as an origin told it."""

    origin: str
    fact: Fact
    where: str


def read_shared(files: Iterable[SharedFile], resolve: Resolve) -> Iterator[Heard | Skip]:
    """The facts of every line that its origin may say; what is refused, or kept without being counted, is a Skip."""
    for file in files:
        if file.lines is None:
            yield Skip("entry", file.where, "The file is larger than any that the ledger writes; it was not read.")
            continue
        refused = 0
        for row in _read(file, file.lines, resolve):
            refused += isinstance(row, Skip)
            if isinstance(row, Heard) or refused <= _MOST_REFUSALS:
                yield row
        if refused > _MOST_REFUSALS:
            yield Skip("entry", file.where, f"{refused:,} lines were left out; the first {_MOST_REFUSALS} are named.")


def _read(file: SharedFile, lines: Iterable[str], resolve: Resolve) -> Iterator[Heard | Skip]:
    for number, line in enumerate(lines, 1):
        where = f"{file.where} line {number}"
        try:
            yield from _line(line.strip(), where, file.origin, resolve)
        except EntryRefused as error:
            yield Skip("entry", where, str(error))


def _line(line: str, where: str, origin: str, resolve: Resolve) -> Iterator[Heard | Skip]:
    if not line:
        return
    if len(line) > LONGEST:
        raise EntryRefused(f"{where}: the line is longer than {LONGEST:,} characters.")
    verdict = judge(_entry(line, where), origin)
    if verdict.is_refused:
        raise EntryRefused(f"{where}: {verdict.why}.")
    if verdict.is_unconfirmed:
        yield Heard(origin, Entry(id=identity(UNCONFIRMED, line), kind=UNCONFIRMED, text=line), where)
        yield Skip("entry", where, f"{where}: {verdict.why}.")
        return
    for fact in decode(line, where, resolve):
        yield Heard(origin, fact, where)
        if isinstance(fact, Entry) and fact.kind != RETRACT:
            yield Skip("entry", where, f"{where}: a {fact.kind} of a later version; it is kept, and counts once known.")


def _entry(line: str, where: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EntryRefused(f"{where}: this is not JSON.") from error
    if not isinstance(entry, dict):
        raise EntryRefused(f"{where}: an entry is a JSON object.")
    return entry
