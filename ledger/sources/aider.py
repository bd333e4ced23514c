"""Aider's analytics log, and the chat histories in the worktrees (usage-formats §8)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.domain.aider_log import RULES, Analytics, History
from ledger.domain.facts import Fact
from ledger.domain.following import Mark, begin, end, unreadable
from ledger.domain.jsonl import Lines
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.standstill import Watch
from ledger.logs import follow_file

SOURCE = "aider"
LOGS: tuple[str, ...] = ("*.jsonl",)
"""Where the logs lie below a root."""
HISTORY = ".aider.chat.history.md"
"""The chats' name in a worktree."""
_CONFIGURATION = ".aider.conf.yml"
_CONFIGURED = re.compile(r"^\s*analytics-log:\s*[\"']?([^\"'#\n]+?)[\"']?\s*(?:#.*)?$", re.M)


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """The analytics logs that `$AIDER_ANALYTICS_LOG` or the home's `.aider.conf.yml` names."""
    return [path for path in _named(environ) if path.is_file()]


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new, but for what is in the worktrees (`watched_in`)."""
    return Watch(files=tuple(map(str, (_home(environ) / _CONFIGURATION, *_named(environ)))))


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")


def _named(environ: Mapping[str, str]) -> list[Path]:
    """The logs that are named, there or not; a relative name is meant where one works, as Aider takes it."""
    home = _home(environ)
    named = [environ["AIDER_ANALYTICS_LOG"]] if environ.get("AIDER_ANALYTICS_LOG") else []
    named += _configured(home)
    paths = [home / name.removeprefix("~/") if name.startswith("~/") else Path(name).absolute() for name in named]
    return list(dict.fromkeys(paths))


def _configured(directory: Path) -> list[str]:
    """The analytics logs that the `.aider.conf.yml` of a directory names, as written there."""
    with contextlib.suppress(OSError):  # most have no such file
        return _CONFIGURED.findall((directory / _CONFIGURATION).read_text(errors="replace"))
    return []


def _own(worktree: Path) -> list[Path]:
    """The analytics logs that a worktree's own configuration names, there or not."""
    return [worktree / name for name in _configured(worktree) if not name.startswith("~")]


def kept_in(worktree: Path) -> list[Path]:
    """What a worktree has of Aider's, there or not: its chats, and the logs that its configuration names."""
    return [worktree / HISTORY, *_own(worktree)]


def watched_in(worktree: Path) -> list[Path]:
    """What tells whether a worktree has anything new."""
    return [worktree / _CONFIGURATION, *kept_in(worktree)]


def read(
    roots: Sequence[Path],
    known: Mapping[str, str],
    path_key: Callable[[str], str],  # noqa: ARG001 - Aider's logs name no files; every source is asked alike
    worktrees: Sequence[str] = (),
) -> Reading:
    """Facts of the analytics logs, then of the worktrees' histories as far as no log in the same one covers them.

    A log that lies elsewhere does not tell where its chats were: it is no reason to pass over what tells it.
    """
    covered: dict[str, float] = {}
    for path in _logs(roots, worktrees):
        place = _around(path, worktrees)
        first = yield from _read_log(path, known.get(str(path), ""), place)
        if place and first is not None:
            covered[place] = min(first, covered.get(place, first))
    for worktree in worktrees:
        path = Path(worktree) / HISTORY
        if path.is_file():
            yield from _read_history(path, known.get(str(path), ""), worktree, covered.get(worktree))


def _logs(roots: Sequence[Path], worktrees: Sequence[str]) -> list[Path]:
    """The logs below the roots, then those that a worktree's own configuration names; each once."""
    found = [path for root in roots for path in ([root] if root.is_file() else sorted(root.glob("*.jsonl")))]
    own = [path for top in worktrees for path in _own(Path(top))]
    return list(dict.fromkeys([*found, *(path for path in own if path.is_file())]))


def _around(path: Path, worktrees: Sequence[str]) -> str:
    """The worktree that a log lies in, over links too: a log for one repository says by that where it was."""
    real = path.resolve()
    return max((top for top in worktrees if real.is_relative_to(Path(top).resolve())), key=len, default="")


def _read_log(path: Path, known: str, directory: str) -> Generator[Fact | Skip | Cursor, None, float | None]:
    """The facts of a log; returns the seconds that it covers from."""
    mark = Mark.of(known)
    first: float | None = mark.state.get("first")
    log: Analytics | None = None

    def log_of(state: Mapping[str, Any]) -> Analytics:
        nonlocal log
        log = Analytics(directory, state)
        return log

    yield from follow_file(path, known, SOURCE, log_of)
    return log.first if log else first


def _read_history(path: Path, known: str, directory: str, covered: float | None) -> Iterator[Fact | Skip | Cursor]:
    try:
        status = path.stat()
        mark = Mark.of(known)
        if mark.state.get("rules") != RULES:  # what those rules passed over may count by these
            mark = Mark()
        if mark.is_current(status):
            return
        with path.open("rb") as file:
            mark = begin(file, status, mark)
            history, lines = History(directory, covered, mark.state), Lines(file)
            for line in lines:
                words = line.decode(errors="replace").rstrip()
                if started := history.begins(words):
                    if at := _universal(started):
                        history.begin(at)
                else:
                    yield from history.read(words)
            yield from history.ending()
            whole, stand = mark.offset == 0, mark.offset + lines.consumed
            yield end(file, status, stand, history.state(), SOURCE, str(path), is_whole=whole)
    except OSError as error:
        yield unreadable(str(path), error.strerror)


def _universal(local: str) -> datetime | None:
    """A local time without a zone, in UTC by this machine's zone: Aider wrote it here; None for a time that is none."""
    try:
        return datetime.fromisoformat(local).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
