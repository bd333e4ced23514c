"""Posting what was fetched from the shared refs: each ref from where it was left, and who told what beside it.

Nothing here talks to a remote. Killed anywhere, a ref is read again from where its cursor stands; what is read twice is
posted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.facts import Entry
from ledger.domain.reading import Cursor, Skip
from ledger.domain.retractions import KIND as RETRACT
from ledger.domain.retractions import VERSION
from ledger.domain.sharing import CI, retraction_of
from ledger.entries import fact_id
from ledger.exchange.fetching import Change, changes, fetched, remotes_fetched
from ledger.exchange.objects import lines_of
from ledger.git import Git
from ledger.posting.workplace import Workplace
from ledger.sources.shared import SOURCE, Heard, SharedFile, read_shared
from ledger.store import reads, told
from ledger.store.engine import Ledger
from ledger.store.writes import Writing


@dataclass(frozen=True, slots=True)
class Taken:
    """What was new in the fetched refs."""

    new: int = 0
    changed: int = 0
    skipped: int = 0


def post_fetched(workplace: Workplace, ledger: Ledger, now: datetime) -> Taken:
    """Post what is new in every fetched ref, ref by ref, each with its cursor in one transaction."""
    taken = Taken()
    clone, git = workplace.clone_id(), workplace.git
    with ledger.read() as connection:
        known = reads.cursors(connection, SOURCE)
    for remote in remotes_fetched(git):
        # A later version of the codec understands more, and reads everything again.
        name = f"v{VERSION} {clone} {remote} "
        before = {place.removeprefix(name): at for place, at in known.items() if place.startswith(name)}
        refs = fetched(git, remote)
        for change in changes(git, refs, before):
            taken = _post(ledger, change, _read(git, ledger, remote, change), name, now, taken)
        gone = sorted(before.keys() - {ref.name for ref in refs})
        if gone:
            with ledger.write() as writing:
                told.drop_cursors(writing, SOURCE, [name + each for each in gone])
    return taken


def _read(git: Git, ledger: Ledger, remote: str, change: Change) -> Iterator[Heard | Skip]:
    def resolve(aliases: tuple[str, ...]) -> str | None:
        with ledger.read() as connection:
            return reads.repository_by_alias(connection, aliases)

    return read_shared(_files(git, remote, change), resolve)


def _files(git: Git, remote: str, change: Change) -> Iterator[SharedFile]:
    origins = {stored.path: origin for origin, stored in change.files}
    for stored, lines in lines_of(git, (stored for _, stored in change.files)):
        where = f"{remote} refs/ledger/{change.ref.name}:{stored.path}"
        if origins[stored.path]:
            yield SharedFile(where, origins[stored.path], lines)


def _post(
    ledger: Ledger, change: Change, rows: Iterable[Heard | Skip], name: str, now: datetime, before: Taken
) -> Taken:
    heard, skips = list[Heard](), list[Skip]()
    for row in rows:
        if isinstance(row, Heard):
            heard.append(row)
        else:
            skips.append(row)
    with ledger.write() as writing:
        kept, refused = _allowed(writing, heard)
        done = writing.post(row.fact for row in kept)
        for origin, facts in _by_origin(kept).items():
            told.note_told(writing, origin, facts)
        writing.note_skips(SOURCE, [*skips, *refused], at=now)
        writing.set_cursor(Cursor(SOURCE, name + change.ref.name, change.ref.commit))
    return Taken(before.new + done.new, before.changed + done.changed, before.skipped + len(skips) + len(refused))


def _by_origin(rows: Iterable[Heard]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.origin, []).append(fact_id(row.fact))
    return found


def _allowed(writing: Writing, rows: Sequence[Heard]) -> tuple[list[Heard], list[Skip]]:
    """The rows without retractions of what their origin did not tell; a chain of them is followed to its end."""
    kept = [row for row in rows if not _is_retraction(row)]
    waiting = [row for row in rows if _is_retraction(row)]
    said = {(row.origin, fact_id(row.fact)) for row in kept}
    while waiting:
        sure = [row for row in waiting if _told_itself(writing, row, said)]
        if not sure:
            break
        kept += sure
        said |= {(row.origin, fact_id(row.fact)) for row in sure}
        waiting = [row for row in waiting if row not in sure]
    why = "it takes back what its clone did not tell; it is left out"
    return kept, [Skip("entry", row.where, f"{row.where}: {why}.") for row in waiting]


def _is_retraction(row: Heard) -> bool:
    return isinstance(row.fact, Entry) and row.fact.kind == RETRACT


def _told_itself(writing: Writing, row: Heard, said: set[tuple[str, str]]) -> bool:
    gone = retraction_of(row.fact) if isinstance(row.fact, Entry) else ""
    if not gone or row.origin == CI:
        return False
    return (row.origin, gone) in said or bool(told.told_by(writing.connection, row.origin, [gone]))
