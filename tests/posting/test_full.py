"""No room left: what was posted stays, a sentence says so, and with room again the next run ends in the same report.

A limit on the size of files stands for a full disk: the write fails in the same place.
"""

from __future__ import annotations

import os
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.posting.worlds import World, wanted, world
from tests.starting import command, ended, starting

__all__ = ["wanted", "world"]  # fixtures


def limited(kilobytes: int, said: str, *arguments: str) -> None:
    """The command line where no file may grow beyond that, and what it says."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 2)
    command(*arguments)


@pytest.mark.parametrize("kilobytes", [8, 200, 600, 1200])
def test_without_room_it_ends_in_words_and_goes_on_later(
    world: World, wanted: tuple[str, Path], tmp_path: Path, kilobytes: int
) -> None:
    database, said = tmp_path / "ledger.db", tmp_path / "said"
    arguments = ["-q", "-C", str(world.demo.repository), "--database", str(database), "update"]
    arguments += [f"--source={name}" for name in ("commits", "journal", "claude-code", "entries")]
    arguments.append(str(world.demo.entries))
    home = {"HOME": str(world.demo.home)}
    assert ended(starting(limited, kilobytes, str(said), *arguments, env=home)) == [1], said.read_text()
    sentence = said.read_text()
    assert sentence.startswith(f"ledger: {database} ")
    assert "Traceback" not in sentence
    assert "bug" not in sentence
    if database.exists() and database.stat().st_size:
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    assert ended(starting(command, *arguments, env=home)) == [0]
    assert world.report(database) == wanted[0]
