"""The whole demo in a directory: the repository, the agents' files beside it, and what CI would have sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ledger.demo.history import make_history
from ledger.demo.plan import Scenario
from ledger.demo.requests import write_requests
from ledger.demo.surroundings import at_home
from ledger.demo.transcripts import write_transcripts
from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the parts of a demo lie."""

    directory: Path

    @property
    def repository(self) -> Path:
        """The git repository, with the hooks in it."""
        return self.directory / "ledger-demo"

    @property
    def home(self) -> Path:
        """The home directory with Claude Code's transcripts."""
        return self.directory / "home"

    @property
    def entries(self) -> Path:
        """Requests, reviews and CI runs, one entry a line."""
        return self.directory / "requests.jsonl"


def make_demo(scenario: Scenario, directory: Path, step: Callable[[], None] = lambda: None) -> Demo:
    """The demo made in `directory`, which may hold nothing yet; `step` is called after each git operation.

    Raises LedgerError if something is there, GitFailed if git refuses.
    """
    demo = Demo(directory.resolve())
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise LedgerError(f"{directory} is not an empty directory; name another one with --keep, or remove it.")
    with at_home(demo.home):
        made = make_history(scenario, demo.repository, step)
    write_transcripts(scenario, made.said, demo.repository, demo.home)
    write_requests(scenario, made, demo.entries)
    return demo
