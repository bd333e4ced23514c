"""How long `ledger --help` and a commit with hooks take, as ratios within one run.

python bench/start.py [ROUNDS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median


def main(rounds: int) -> None:
    """Print the medians and their ratios; what is compared takes turns, so that a busy moment hits both."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HOME=folder, GIT_CONFIG_NOSYSTEM="1", LEDGER_MODEL="claude-opus-4-8")
        plain, hooked = (make(Path(folder) / name) for name in ("plain", "hooked"))
        python("-m", "ledger", "-q", "-C", str(hooked), "install", "--trailers")
        click, help_text, bare, with_hooks = take_turns(
            rounds,
            lambda: python("-c", "import click"),
            lambda: python("-m", "ledger", "--help"),
            lambda: commit(plain),
            lambda: commit(hooked),
        )
    print(f"python -c 'import click'   {click * 1000:6.0f} ms   1.0")
    print(f"ledger --help              {help_text * 1000:6.0f} ms   {help_text / click:.1f}")
    print(f"an empty commit            {bare * 1000:6.1f} ms   1.0")
    print(f"with hooks and a trailer   {with_hooks * 1000:6.1f} ms   {with_hooks / bare:.1f}")


def make(path: Path) -> Path:
    """An empty repository with somebody who commits."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    for name, text in (("user.name", "Ann"), ("user.email", "ann@example.org"), ("gc.auto", "0")):
        subprocess.run(["git", "-C", str(path), "config", name, text], check=True)
    return path


def commit(repository: Path) -> None:
    """One empty commit."""
    subprocess.run(["git", "-C", str(repository), "commit", "-q", "--allow-empty", "-m", "fix: x"], check=True)


def python(*arguments: str) -> None:
    """A Python process, its output thrown away."""
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)


def take_turns(rounds: int, *works: Callable[[], None]) -> list[float]:
    """The median seconds of each, after one round that does not count."""
    times: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 1):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            if turn:
                taken.append(time.perf_counter() - start)
    return [median(taken) for taken in times]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
