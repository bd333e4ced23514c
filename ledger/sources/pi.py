"""Pi's sessions (usage-formats §11); every rule about entries is in `ledger.domain.pi_sessions`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ledger.domain.facts import Fact
from ledger.domain.following import Mark, begin, follow, unreadable
from ledger.domain.paths import inside
from ledger.domain.pi_sessions import PiSession
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.shell_calls import PathKey

SOURCE = "pi"
LOGS: tuple[str, ...] = ("**/*.jsonl",)
"""Where the logs lie below a root."""


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """Pi's directory of sessions in the home."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    return [root for root in (home / ".pi/agent/sessions",) if root.is_dir()]


def read(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every session under the roots; a file's cursor follows its facts."""

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    for path in sorted({path for root in roots for path in root.rglob("*.jsonl")}):
        yield from _read_file(path, known.get(str(path), ""), key)


def _read_file(path: Path, known: str, path_key: PathKey) -> Iterator[Fact | Skip | Cursor]:
    try:
        status = path.stat()
        mark = Mark.of(known)
        if mark.is_current(status):
            return
        with path.open("rb") as file:
            mark = begin(file, status, mark)
            yield from follow(file, status, mark, PiSession(path.stem, path_key, mark.state), SOURCE, str(path))
    except OSError as error:
        yield unreadable(str(path), error.strerror)
