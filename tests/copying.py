"""What many tests start from, made once in each process that runs tests and copied: that is faster than to make it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

_MADE: dict[str, Path] = {}


def made_or_copied(factory: pytest.TempPathFactory, name: str, path: Path, make: Callable[[Path], object]) -> Path:
    """A directory at `path`, which is not there yet, as `make` makes it at another; returns the path.

    It is made where the first test asks for it, so under a home of that test's own. Of what git knows of the files only
    their inodes are others.
    """
    if name not in _MADE:
        place = factory.mktemp(name) / path.name
        make(place)
        _MADE[name] = place
    shutil.copytree(_MADE[name], path, symlinks=True)
    return path


def settled(database: Path) -> None:
    """Put what still stands in the log of a database into its file, so that the file alone can be copied."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def moved(database: Path, repository: Path) -> None:
    """Let a copied ledger of one repository say that it was posted in `repository`."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE place SET directory = ?1, worktree = ?1 WHERE worktree <> ''", (str(repository),))
