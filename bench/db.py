"""Reports and posts on large ledgers, as ratios within one run.

python bench/db.py [CHANGES ...]

The demo's repository is posted once and then multiplied inside the database, as a company's many repositories would be:
ten calls for each change. A report is compared with the same GROUP BY over its index by hand; posting a thousand calls
of one repository, and deriving it, with the same on the smallest ledger. Processor time is told.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from ledger.demo.make import make_demo
from ledger.demo.scenario import draw_scenario
from ledger.demo.surroundings import at_home
from ledger.domain.reading import Named
from ledger.domain.session_facts import Call
from ledger.posting.derive import derive_dirty
from ledger.posting.reporting import make_report
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from ledger.store.fragments import JUDGED, as_of, sums

_CHANGES, _CALLS = 200, 2000
_NOW = datetime(2026, 8, 24, tzinfo=UTC)
_OWN = {
    "repository": ("id",),
    "place": ("directory", "repository_id"),
    "change": ("id", "repository_id"),
    "charge": ("id", "repository_id", "change_id"),
    "change_spend": ("change_id",),
    "attempt": ("change_id",),
    "call_sum": ("repository_id",),
    "call": ("event_key", "directory", "session"),
}
"""What tells one repository's rows from another's, table by table."""

_BY_HAND = f"SELECT basis, lead_model, task_type, {sums()} FROM ({JUDGED}) j GROUP BY basis, lead_model, task_type"
"""The same GROUP BY as a report's, as a person would type it."""


def main(sizes: list[int]) -> None:
    """Print a line per size."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("LEDGER_BENCH_DIR")) as folder:
        base = Path(folder) / "base.db"
        post_demo(Path(folder), base)
        first = None
        for size in sizes:
            path = Path(folder) / "large.db"
            multiply(base, path, size // _CHANGES)
            with opened(path) as ledger:
                report = best(partial(make_report, ledger, _NOW))
                hand = best(partial(by_hand, path))
                batch = thousand_calls(ledger)
            first = first or batch
            print(
                f"{size:>9,} changes, {size * 10:>10,} calls, {path.stat().st_size / 1e9:5.1f} GB: "
                f"report {report:6.2f} s, {report / hand:4.1f} times by hand ({hand:.2f} s); "
                f"1,000 calls posted and derived {batch:5.2f} s, {batch / first:4.1f} times the smallest",
                flush=True,
            )
            path.unlink()


def post_demo(folder: Path, database: Path) -> None:
    """The demo's repository, posted."""
    made = make_demo(draw_scenario(1, _CHANGES), folder / "demo")
    with at_home(made.home) as environ:
        workplace = open_workplace(str(made.repository), environ, str(database))
        with opened(database) as ledger:
            update(workplace, ledger, now=_NOW, named={"entries": Named((str(made.entries),))})


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """The ledger, closed afterwards, so that nothing stays beside the file."""
    ledger = open_ledger(str(path))
    yield ledger
    ledger.close()


def multiply(base: Path, path: Path, times: int) -> None:
    """The base's rows so many times, each time as another repository's."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(base)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = WAL")
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute("PRAGMA cache_size = -400000")
        (repository,) = copy.execute("SELECT id FROM repository").fetchone()
        numbers = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?) SELECT k FROM n"
        copy.execute(f"CREATE TEMP TABLE copies AS {numbers}", (max(times - 1, 1),))
        if times > 1:
            for table, own in _OWN.items():
                copy_rows(copy, table, own, repository)
        copy.commit()


def copy_rows(connection: sqlite3.Connection, table: str, own: tuple[str, ...], repository: str) -> None:
    """The rows of a table once for each copy."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    whole = ("directory", "event_key", "session") + (("id",) if table == "charge" else ())

    def part(name: str) -> str:
        if name not in own:
            return name
        return f"{name} || '-' || k" if name in whole else f"REPLACE({name}, '{repository}', '{repository}-' || k)"

    rows = f"(SELECT * FROM {table} ORDER BY 1 LIMIT {_CALLS})" if table == "call" else table
    parts = ", ".join(map(part, names))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {parts} FROM {rows} CROSS JOIN copies ORDER BY 1"
    )


def by_hand(path: Path) -> None:
    """What a person would ask who knows the table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(as_of(_BY_HAND, "'2026-08-24'")).fetchall()


def thousand_calls(ledger: Ledger) -> float:
    """Seconds of processor time for a thousand new calls of one repository, posted and derived."""
    with ledger.read() as connection:
        repository = reads.repositories(connection)[0]
        calls: list[Call] = list(reads.facts(connection, "call", repository))[:1000]
    times = []
    for turn in range(3):
        new = [replace(call, event_key=f"{call.event_key}+{turn}", at=call.at + timedelta(seconds=1)) for call in calls]
        start = time.process_time()
        with ledger.write() as writing:
            writing.post(new)
        derive_dirty(ledger, repository)
        times.append(time.process_time() - start)
    return min(times)


def best(work: Callable[[], object]) -> float:
    """The fastest of three rounds, in seconds of processor time."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
