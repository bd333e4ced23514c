"""What the ledger's database tells of how far it is behind, read without making, migrating or waiting for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.domain.diagnosis import ADVICE, BROKEN, Finding
from ledger.errors import DatabaseLocked, DatabaseUnusable
from ledger.posting.workplace import Workplace, veil_of
from ledger.sources.journal import count_waiting
from ledger.store import known_commits, reads
from ledger.store.engine import Ledger, database_url, open_unchanged
from ledger.store.schema import HEAD


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger's database tells; nothing where it cannot be read."""

    schema: str = ""
    posted_at: datetime | None = None
    logs_read_at: datetime | None = None
    lines_waiting: int | None = None
    hooked: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


def read_kept(workplace: Workplace, oids: list[str]) -> Kept:
    """What the ledger tells, and which of the commits a hook told it of; a database that is unusable is a finding."""
    where = shown(workplace.database)
    try:
        if is_missing(workplace.database):
            says = f"There is no ledger at {where} yet; run ledger init to make it and post this repository's history."
            waiting = count_waiting(workplace.git.ledger_dir, {})
            return Kept(lines_waiting=waiting, findings=(Finding("no-database", ADVICE, says),))
        ledger, schema = open_unchanged(workplace.database)
        try:
            if schema == HEAD:
                return _ask(workplace, ledger, oids)
        finally:
            ledger.close()
        says = f"{where} is of an older version of git-ledger; run ledger update, which brings it up to date."
        return Kept(schema, findings=(Finding("old-database", ADVICE, says),))
    except DatabaseLocked:
        says = f"{where} is locked by another process just now and was not looked into; run this again later."
        return Kept(findings=(Finding("database-locked", ADVICE, says),))
    except DatabaseUnusable as error:
        return Kept(findings=(Finding("database-unusable", BROKEN, str(error)),))


def has_ledger(workplace: Workplace) -> bool:
    """Whether the database is there already; raises DatabaseUnusable for a URL that is none."""
    return not is_missing(workplace.database)


def is_missing(database: str) -> bool:
    """It is a file that is still to be made; an empty one is what an interrupted creation leaves."""
    url = database_url(database)
    path = Path(url.database or "")
    return url.get_backend_name() == "sqlite" and (not path.exists() or (path.is_file() and not path.stat().st_size))


def shown(database: str) -> str:
    """A URL without its password, or a path."""
    try:
        url = database_url(database)
    except DatabaseUnusable:
        return "The database"
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _ask(workplace: Workplace, ledger: Ledger, oids: list[str]) -> Kept:
    ledger_dir = workplace.git.ledger_dir
    with ledger.read() as connection:
        times = reads.times(connection)
        # Asking the workplace would make an id where there is none, and a clone without one was never posted.
        has_id = (ledger_dir / "clone-id").is_file()
        here = reads.repository_of_clone(connection, workplace.clone_id()) if has_id else None
        cursors = reads.cursors(connection, "journal") if here else {}
        hooked = known_commits.hooked(connection, here, oids) if here else set()
    known = veil_of(ledger, workplace.environ).known(cursors) if here else {}
    return Kept(
        HEAD,
        times.get("posted_at"),
        times.get("logs_read_at"),
        count_waiting(ledger_dir, known),
        frozenset(hooked),
    )
