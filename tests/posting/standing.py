"""A repository, a home of agents and a ledger, updated as `ledger update` does it: at a glance, or the usual way."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.posting.remembering import remember, standing
from ledger.posting.standstill import glance
from ledger.posting.update import Posted, update
from ledger.posting.workplace import open_workplace
from ledger.store import omissions, reads
from ledger.store.engine import open_ledger
from tests.gitting import WHEN, commit, git
from tests.posting.sessions import Session

_LATER_NS = 10_000_000_000
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def later() -> int:
    """A clock by which nothing was touched just now."""
    return time.time_ns() + _LATER_NS


@dataclass
class World:
    """What an update reads; its clock goes on by a minute with each update."""

    repository: Path
    home: Path
    now: datetime = START
    clock: Callable[[], int] = later
    calls: int = -10
    """So that no two calls are one."""

    @classmethod
    def made(cls, folder: Path) -> World:
        """With one commit and one session of an agent in the repository."""
        repository, home = folder / "repo", folder / "home"
        repository.mkdir(parents=True)
        home.mkdir()
        git(repository, "init", "-q", "-b", "main")
        commit(repository, "feat: begin", at=WHEN)
        world = cls(repository, home)
        world.session("s1").call()
        return world

    @property
    def database(self) -> str:
        """The ledger's file."""
        return str(self.home / "ledger.db")

    @property
    def environ(self) -> Mapping[str, str]:
        """Where agents' logs are looked for."""
        return {**os.environ, "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / ".config")}

    def session(self, name: str, place: Path | None = None) -> Session:
        """A session of Claude Code, in the repository unless elsewhere."""
        self.calls += 10
        return Session(self.home, place or self.repository, name, self.now, count=self.calls, branch="main")

    def transcript(self, name: str) -> Path:
        """Where a session is logged."""
        return self.home / ".claude" / "projects" / "p" / f"{name}.jsonl"

    def is_unchanged(self) -> bool:
        """Whether an update would be over at a glance; if so, that it was made is noted."""
        seen = glance(str(self.repository), self.database, self.environ, self.clock)
        return seen.notices(self.now, is_watched=False) is not None

    def update(self, *, is_usual: bool = False) -> Posted | None:
        """One update; None where a glance was enough, unless the usual way is wanted."""
        self.now += timedelta(minutes=1)
        seen = glance(str(self.repository), self.database, self.environ, self.clock)
        if not is_usual and seen.notices(self.now, is_watched=False) is not None:
            return None
        workplace = open_workplace(str(self.repository), self.environ, self.database)
        ledger = open_ledger(workplace.database)
        try:
            before = standing(ledger)
            posted = update(workplace, ledger, now=self.now)
            remember(seen, workplace, ledger, posted, before)
            return posted
        finally:
            ledger.close()

    def settle(self, most: int = 3) -> int:
        """Updates until one is over at a glance; returns how many took the usual way."""
        for count in range(most + 1):
            if self.update() is None:
                return count
        raise AssertionError(f"{most} updates found something, or noted nothing")

    def look(self) -> str:
        """What everything that the note names looks like now."""
        seen = glance(str(self.repository), self.database, self.environ, self.clock)
        assert seen.look is not None
        return seen.look.digest

    def counts(self, *tables: str) -> dict[str, int]:
        """Rows of some of the ledger's tables."""
        with closing(sqlite3.connect(self.database)) as connection:
            return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # noqa: S608 - names of ours

    def stamp(self) -> str:
        """The ledger's."""
        ledger = open_ledger(self.database)
        try:
            return standing(ledger)
        finally:
            ledger.close()

    def times(self) -> dict[str, datetime]:
        """When the ledger was brought up to date, and when logs were read."""
        ledger = open_ledger(self.database)
        try:
            with ledger.read() as connection:
                return reads.times(connection)
        finally:
            ledger.close()

    def skips(self) -> list[str]:
        """The places of what could not be read."""
        ledger = open_ledger(self.database)
        try:
            with ledger.read() as connection:
                return [where for _, where, _ in omissions.skips(connection)]
        finally:
            ledger.close()
