"""Pi's sessions (usage-formats §11); every rule about entries is in `ledger.domain.pi_sessions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ledger.domain.paths import inside
from ledger.domain.pi_sessions import PiSession
from ledger.domain.reading import Reading
from ledger.domain.standstill import Watch
from ledger.logs import follow_file

SOURCE = "pi"
LOGS: tuple[str, ...] = ("**/*.jsonl",)
"""Where the logs lie below a root."""


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """Pi's directory of sessions in the home."""
    return [root for root in (_root(environ),) if root.is_dir()]


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new."""
    return Watch(trees=(str(_root(environ)),))


def _root(environ: Mapping[str, str]) -> Path:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    return home / ".pi/agent/sessions"


def read(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every session under the roots; a file's cursor follows its facts."""

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    for path in sorted({path for root in roots for path in root.rglob("*.jsonl")}):
        log_of = partial(PiSession, path.stem, key)
        yield from follow_file(path, known.get(str(path), ""), SOURCE, log_of)
