"""How long `ledger --help` takes, as a ratio within one run.

python bench/start.py [ROUNDS]
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from turns import take_turns


def main(rounds: int) -> None:
    """Print the medians and their ratio."""
    works = (lambda: python("-c", "import click"), lambda: python("-m", "ledger", "--help"))
    click, help_text = map(median, take_turns(rounds, works))
    print(f"python -c 'import click'   {click * 1000:6.0f} ms   1.0")
    print(f"ledger --help              {help_text * 1000:6.0f} ms   {help_text / click:.1f}")


def python(*arguments: str) -> None:
    """A Python process, its output thrown away."""
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
