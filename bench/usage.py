"""Agents' logs read cold and with nothing new, against ccusage on the same files: time, processor and memory.

python bench/usage.py [MEGABYTES [ROUNDS]]

`python bench/usage.py 1000` is the tree of the published figures; it needs 2 GB of room in LEDGER_BENCH_DIR.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread

from ccusage import Missing, arguments, asked, by_model, fetch, surroundings
from turns import take_turns
from usage_tree import Tree, write_tree

_MEGABYTES, _ROUNDS = 50, 3
_PAUSE = 0.1
"""Seconds between two looks at memory, each of which takes a few thousandths."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a process took."""

    seconds: float
    processor: float
    """Seconds of processor, user and system: what a busy machine does not stretch."""
    peak: int
    """Most memory at once of the largest process, in bytes."""
    together: int = 0
    """Most memory at once of all its processes, pages that they share counted once; 0 where nobody tells."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the measured programs work."""

    home: Path
    repository: Path

    def update(self, database: Path) -> list[str]:
        """Our command that reads the logs."""
        where = ["-q", "-C", str(self.repository), "--database", str(database)]
        return [sys.executable, "-m", "ledger", *where, "update"]


def main(megabytes: int, rounds: int) -> None:
    """Write the tree, run the programs in turns, and print what they took."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("LEDGER_BENCH_DIR")) as name:
        folder = Path(name)
        place = Place(folder / "home", folder / "repo")
        tree = write_tree(place.home, place.repository, megabytes * 1_000_000)
        prepare(place)
        print(f"{tree.size / 1e6:,.0f} MB in {tree.files:,} files, {tree.calls:,} calls")
        works: dict[str, Callable[[], Used]] = {
            "ledger update, cold": partial(cold, place, folder / "cold.db"),
            "ledger update, nothing new": partial(warm, place, folder / "warm.db"),
        }
        works["ledger update, nothing new"]()
        agree(counted(place, folder / "warm.db"), dict(tree.tokens), "ledger")
        works |= theirs(place, folder, tree)
        print("\n".join(table(measure(works, rounds))))


def prepare(place: Place) -> None:
    """A repository of one commit, whose directory the sessions name."""
    place.repository.mkdir()
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    for command in (["init", "-q", "-b", "main"], [*who, "commit", "-q", "--allow-empty", "-m", "feat: begin"]):
        subprocess.run(["git", *command], cwd=place.repository, check=True)


def theirs(place: Place, folder: Path, tree: Tree) -> dict[str, Callable[[], Used]]:
    """ccusage's work, after it counted the same; none, and a word why, where it cannot be had."""
    try:
        program = fetch(folder / "npm")
    except Missing as error:
        print(f"Not measured: ccusage ({error}).")
        return {}
    sums = {model: sum(row.values()) for model, row in by_model(asked(program, place.home)).items()}
    agree(sums, dict(tree.tokens), "ccusage")
    return {"ccusage": partial(spent, arguments(program), place.home)}


def agree(found: dict[str, int], written: dict[str, int], who: str) -> None:
    """A program that counts something else does other work; raises AssertionError."""
    if found != written:
        raise AssertionError(f"{who} counts {found}, and {written} was written")


def counted(place: Place, database: Path) -> dict[str, int]:
    """Tokens by model in our ledger."""
    sql = (
        "SELECT model, sum(input + cache_read + cache_write_5m + cache_write_1h + output) AS n FROM call GROUP BY model"
    )
    where = ["-C", str(place.repository), "--database", str(database)]
    command = [sys.executable, "-m", "ledger", *where, "query", "--format", "json", sql]
    done = subprocess.run(command, env=surroundings(place.home), capture_output=True, check=True)
    return {row["model"]: int(row["n"]) for row in json.loads(done.stdout)}


def cold(place: Place, database: Path) -> Used:
    """Our first reading, into a database that it makes."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()
    return spent(place.update(database), place.home)


def warm(place: Place, database: Path) -> Used:
    """Our reading of nothing new; two that are not counted come first, since a cold one left a note of its own there.

    After one that posted, an update looks the usual way once more, and notes how everything looked.
    """
    for _ in range(2):
        spent(place.update(database), place.home)
    return spent(place.update(database), place.home)


def spent(command: Sequence[str], home: Path) -> Used:
    """What a command took; raises AssertionError where it failed.

    The system's own figures for the process and those that it started: their parent is small, so that no memory of the
    parent is taken for theirs.
    """
    start = time.perf_counter()
    with subprocess.Popen(command, env=surroundings(home), stdout=subprocess.DEVNULL) as process:
        with watched(process.pid) as seen:
            _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise AssertionError(f"{command[0]} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Used(took, used.ru_utime + used.ru_stime, used.ru_maxrss * unit, max(seen))


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """What a process and those that it started hold together, looked at ten times a second; it begins with 0."""
    seen, is_over = [0], Event()

    def look() -> None:
        while not is_over.wait(_PAUSE):
            seen.append(held(pid))

    thread = Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def held(pid: int) -> int:
    """Bytes that a process and its descendants hold now, by Linux's own sums; 0 for one that is not there."""
    place = Path(f"/proc/{pid}")
    try:
        sums = (place / "smaps_rollup").read_text()
        children = (place / f"task/{pid}/children").read_text().split()
    except OSError:
        return 0
    own = sum(int(line.split()[1]) for line in sums.splitlines() if line.startswith("Pss:"))
    return own * 1024 + sum(held(int(child)) for child in children)


def measure(works: dict[str, Callable[[], Used]], rounds: int) -> dict[str, list[Used]]:
    """What each work took in each round, in turns; the first round, which fills caches, does not count."""
    taken: dict[str, list[Used]] = {name: [] for name in works}

    def run(name: str) -> None:
        taken[name].append(works[name]())

    take_turns(rounds, [partial(run, name) for name in works])
    return {name: each[1:] for name, each in taken.items()}


def table(taken: dict[str, list[Used]]) -> list[str]:
    """Medians, the highest peaks, and ratios to ccusage, or to the first row where that was not measured."""
    base = taken.get("ccusage") or next(iter(taken.values()))
    lines = [f"{'':28} {'time':>8} {'ratio':>6} {'processor':>10} {'ratio':>6} {'peak':>8} {'together':>9}"]
    for name, each in taken.items():
        times = [
            (median(getattr(used, kind) for used in each), median(getattr(used, kind) for used in base))
            for kind in ("seconds", "processor")
        ]
        (took, of), (worked, of_worked) = times
        peak, together = (max(getattr(used, kind) for used in each) / 1e6 for kind in ("peak", "together"))
        lines.append(
            f"{name:28} {took:6.2f} s {took / of:6.2f} {worked:8.2f} s {worked / of_worked:6.2f} {peak:5.0f} MB"
            f" {f'{together:6.0f} MB' if together else '–':>9}"  # what ended before the first look held nothing in it
        )
    return lines


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [_MEGABYTES, _ROUNDS][len(given) :]))
