"""A small demo that many tests post: made once for all of them, since that takes longer than most of them do."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.demo.make import Demo, make_demo
from ledger.demo.plan import Scenario
from ledger.demo.scenario import draw_scenario
from ledger.demo.surroundings import at_home
from ledger.domain.reading import Named
from ledger.posting.reporting import make_report
from ledger.posting.update import SOURCES, Posted, update
from ledger.posting.workplace import open_workplace
from ledger.reports import render
from ledger.store.engine import open_ledger

NOW = datetime(2026, 8, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """A small demo that nobody has posted yet."""

    demo: Demo
    scenario: Scenario

    def post(self, database: Path, sources: tuple[str, ...] = SOURCES, files: tuple[Path, ...] | None = None) -> Posted:
        """One update; without `files` the demo's entries are read too."""
        with at_home(self.demo.home) as environ:
            workplace = open_workplace(str(self.demo.repository), environ, str(database))
            ledger = open_ledger(str(database))
            entries = (self.demo.entries,) if files is None else files
            named = {"entries": Named(tuple(map(str, entries)))}
            posted = update(workplace, ledger, now=NOW, sources=sources, named=named)
            ledger.close()
        return posted

    def report(self, database: Path) -> str:
        """The JSON report, byte for byte."""
        ledger = open_ledger(str(database))
        text = render(make_report(ledger, NOW), "json")
        ledger.close()
        return text


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A path for all processes that run tests, made by the first that asks; nobody may change what is there."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    path, done = base / f"{name}-for-all", base / f"{name}-done"
    with (base / f"{name}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(path)
            done.touch()
    return path


def small_world(directory: Path, changes: int = 30) -> World:
    """A world of a test's own."""
    scenario = draw_scenario(3, changes)
    return World(make_demo(scenario, directory), scenario)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world that all tests share; they post it and leave it as it is."""
    return World(Demo(made_once(tmp_path_factory, "world", small_world)), draw_scenario(3, 30))


@pytest.fixture(scope="module")
def wanted(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The report after one post of everything, and its database: a copy of the module's own."""
    database = tmp_path_factory.mktemp("whole") / "ledger.db"
    shutil.copy(made_once(tmp_path_factory, "whole.db", world.post), database)
    return world.report(database), database
