"""First post of a long history against one bare `git log`, and a post with nothing new, as ratios within one run.

python bench/commits.py [COMMITS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_ROUNDS = 3


def main(commits: int) -> None:
    """Make a repository of that many commits and print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        repository = Path(folder) / "repo"
        make(repository, commits)
        bare = best(lambda: log(repository))
        database = Path(folder) / "ledger.db"
        first = best(lambda: post(repository, database), before=lambda: remove(database))
        again = best(lambda: post(repository, database))
        opened = best(lambda: run(repository, database, "db", "schema"))
    print(f"{commits:,} commits")
    print(f"git log with trailers      {bare:6.2f} s   1.0")
    print(f"first post                 {first:6.2f} s   {first / bare:.1f}")
    print(f"post with nothing new      {again:6.2f} s   {again / opened:.1f} times a command that opens the database")


def make(repository: Path, commits: int) -> None:
    """A linear history with a trailer on 60 % of the commits, as fast as git can import it."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
    lines = []
    for number in range(commits):
        trailer = "\n\nSigned-off-by: Ann <ann@example.org>\n" if number % 5 < 3 else "\n"
        message = f"fix: change {number}{trailer}"
        who = f"Ann <ann@example.org> {1_600_000_000 + number * 60} +0000"
        lines.append(f"commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata {len(message)}\n{message}\n")
        lines.append(f"M 100644 inline f{number % 100}\ndata {len(str(number))}\n{number}\n")
    subprocess.run(["git", "fast-import", "--quiet"], input="".join(lines).encode(), cwd=repository, check=True)


def log(repository: Path) -> None:
    """The bare pass that any reader needs."""
    form = "--format=%H%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%ct%x1f%s%x1f%(trailers:only,unfold)"
    subprocess.run(["git", "log", "-z", form, "main"], cwd=repository, stdout=subprocess.DEVNULL, check=True)


def post(repository: Path, database: Path) -> None:
    """`ledger update`."""
    run(repository, database, "update")


def run(repository: Path, database: Path, *arguments: str) -> None:
    """A command of ours, as a whole process."""
    command = [sys.executable, "-m", "ledger", "-q", "-C", str(repository), "--database", str(database), *arguments]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def remove(database: Path) -> None:
    """Forget the database."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()


def best(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The fastest of a few rounds, in seconds."""
    times = []
    for _ in range(_ROUNDS):
        before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
