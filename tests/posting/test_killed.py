"""Killed at any instant: the database is whole, nothing acknowledged is lost, the next run ends in the same report."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from signal import SIGKILL

import pytest
from sqlalchemy import create_engine

from ledger.store.schema import APPLICATION_ID, EPOCH
from tests.posting.test_migrations import EARLIER, fill
from tests.posting.worlds import World, small_world
from tests.starting import command, ended, starting

pytestmark = pytest.mark.slow

KILLS = 50
COUNTED = ("git_commit", "call", "event", "request", "run", "contribution")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Eight changes: what is done with them takes a moment, and is killed in the midst of it all the same."""
    return small_world(tmp_path_factory.mktemp("killed") / "demo", 8)


@pytest.fixture(scope="module")
def wanted(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The report after one post of everything, and its database."""
    database = tmp_path_factory.mktemp("whole") / "ledger.db"
    world.post(database)
    return world.report(database), database


class Killed:
    """Runs one command again and again, killing it at a random moment, until it was left alone to end.

    Its processes begin with the modules loaded, so that what is killed is its work.
    """

    def __init__(self, world: World, database: Path, arguments: list[str], fresh: Callable[[], None]) -> None:
        where = ["-q", "-C", str(world.demo.repository), "--database", str(database)]
        self._arguments, self._home = (*where, *arguments), str(world.demo.home)
        self._database, self._fresh = database, fresh

    def run(self, seed: int) -> int:
        """Returns how often it was killed at work; the last run was not."""
        chance, kills = random.Random(seed), 0
        ended(starting(time.monotonic))  # whoever starts them is there before the first is timed
        self._fresh()
        began = time.monotonic()
        self._end()
        took = time.monotonic() - began
        self._fresh()
        known: dict[str, int] = {}
        while kills < KILLS:
            process = self._start()
            process.join(chance.uniform(0.05, 1.05) * took)
            process.kill()
            process.join()
            if process.exitcode == 0:
                self._fresh()  # it was done: begin again
                known = {}
            else:
                assert process.exitcode == -SIGKILL
                kills += 1
                known = self._check(known)
        self._end()
        return kills

    def _end(self) -> None:
        assert ended(self._start()) == [0]

    def _start(self) -> ForkServerProcess:
        return starting(command, *self._arguments, env={"HOME": self._home})

    def _check(self, known: dict[str, int]) -> dict[str, int]:
        """The file is whole and holds at least what it held."""
        if not self._database.exists() or not self._database.stat().st_size:
            return known
        with closing(sqlite3.connect(self._database, timeout=30)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            counts = {
                name: connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]  # noqa: S608 - names of ours
                for name in COUNTED
                if name in there
            }
        assert all(counts.get(name, 0) >= count for name, count in known.items()), (known, counts)
        return counts


def remove(database: Path) -> None:
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()


def test_while_posting(world: World, wanted: tuple[str, Path], tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    arguments = ["update", *(f"--source={name}" for name in ("commits", "journal", "claude-code", "entries"))]
    killed = Killed(world, database, [*arguments, str(world.demo.entries)], lambda: remove(database))
    assert killed.run(1) == KILLS
    assert world.report(database) == wanted[0]


def test_while_deriving_anew(world: World, wanted: tuple[str, Path], tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"

    def fresh() -> None:
        remove(database)
        shutil.copy(wanted[1], database)

    assert Killed(world, database, ["db", "rebuild"], fresh).run(2) == KILLS
    assert world.report(database) == wanted[0]


def test_while_migrating(world: World, wanted: tuple[str, Path], tmp_path: Path) -> None:
    """From the oldest schema, so that every migration is interrupted."""
    old, database = tmp_path / "old.db", tmp_path / "ledger.db"
    engine = create_engine(f"sqlite:///{old}")
    fill(engine, EARLIER[-1], wanted[1])
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {EPOCH}")
    engine.dispose()

    def fresh() -> None:
        remove(database)
        shutil.copy(old, database)

    assert Killed(world, database, ["update"], fresh).run(3) == KILLS
    assert world.report(database) == wanted[0]


def test_while_copying(world: World, wanted: tuple[str, Path], tmp_path: Path) -> None:
    database = tmp_path / "copy.db"
    killed = Killed(world, database, ["db", "copy", str(wanted[1]), str(database)], lambda: remove(database))
    assert killed.run(4) == KILLS
    assert world.report(database) == wanted[0]
