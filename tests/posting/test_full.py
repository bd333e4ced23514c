"""No room left: what was posted stays, a sentence says so, and with room again the next run ends in the same report.

A limit on the size of files stands for a full disk: the write fails in the same place.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.running import process_environment
from tests.posting.worlds import World, wanted, world

__all__ = ["wanted", "world"]  # fixtures


def limited(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("kilobytes", [8, 200, 600, 1200])
def test_without_room_it_ends_in_words_and_goes_on_later(
    world: World, wanted: tuple[str, Path], tmp_path: Path, kilobytes: int
) -> None:
    database = tmp_path / "ledger.db"
    command = [sys.executable, "-m", "ledger", "-q", "-C", str(world.demo.repository), "--database", str(database)]
    command += ["update", *(f"--source={name}" for name in ("commits", "journal", "claude-code", "entries"))]
    command.append(str(world.demo.entries))
    environment = process_environment({"HOME": str(world.demo.home)})
    full = subprocess.run(
        command,
        env=environment,
        preexec_fn=limited(kilobytes * 1024),
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 1, full.stderr
    assert full.stderr.startswith(f"ledger: {database} ")
    assert "Traceback" not in full.stderr
    assert "bug" not in full.stderr
    if database.exists() and database.stat().st_size:
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert world.report(database) == wanted[0]
