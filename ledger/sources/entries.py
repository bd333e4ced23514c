"""Entries from JSON Lines files: whole facts from another ledger, or rows that people wrote."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ledger.domain.facts import Fact, RepositoryAlias
from ledger.domain.reading import Named, Reading, Resolve, Settled, Skip
from ledger.entries import decode
from ledger.errors import EntryRefused, LedgerError

SOURCE = "entries"
_MOST_REFUSALS = 100


def read_named(named: Named) -> Reading:
    """The facts of the entries in the files that a person named; what was refused in them before is judged anew."""
    files = [Path(name) for name in named.names]
    yield from (Settled(str(path), is_whole=True) for path in files)
    yield from read_entries(files, named.resolve)


def read_entries(files: Sequence[Path], resolve: Resolve) -> Reading:
    """The facts of every line of the files, `-` being standard input; a refused line is a Skip and the rest goes on.

    A repository that the file itself tells of is known from there on. Raises LedgerError for an unreadable file.
    """
    told: dict[str, str] = {}

    def known(aliases: tuple[str, ...]) -> str | None:
        for alias in aliases:
            found = told.get(alias) or resolve((alias,))
            if found:
                return found
        return None

    for path in files:
        for row in _read(path, known):
            if isinstance(row, RepositoryAlias):
                told[row.alias] = row.repository_id
            yield row


def _read(path: Path, resolve: Resolve) -> Iterator[Fact | Skip]:
    refused, rows = 0, Counter[bytes]()
    for number, line in enumerate(_lines(path), 1):
        text = line.decode(errors="replace").replace("\0", "").strip().removeprefix("\ufeff")
        if not text:
            continue
        where = f"{path} line {number}"
        try:
            yield from decode(text, where, resolve, nth=_nth(text, rows))
        except EntryRefused as error:
            refused += 1
            if refused <= _MOST_REFUSALS:
                yield Skip("entry", where, str(error))
    if refused > _MOST_REFUSALS:
        yield Skip(
            "entry", str(path), f"{refused} lines were refused; the first {_MOST_REFUSALS} are named one by one."
        )


def _nth(text: str, rows: Counter[bytes]) -> int:
    """Which of the equal rows of a spreadsheet this is; facts are told apart by what they say, so always the first."""
    if '"statement"' not in text:
        return 1
    row = hashlib.blake2b(text.encode(errors="replace"), digest_size=16).digest()
    rows[row] += 1
    return rows[row]


def _lines(path: Path) -> Iterator[bytes]:
    if str(path) == "-":
        yield from sys.stdin.buffer
        return
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise LedgerError(
            f"{path} cannot be read ({error.strerror}); name a file of entries, one JSON object a line."
        ) from error
