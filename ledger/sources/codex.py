"""Codex CLI's rollouts, active and archived: calls, sessions, their `git commit` calls and patched files (§2).

Every rule about rows is in `ledger.domain.codex_rollouts`; here are only files. Each is read by itself: what it
repeats of another one is found when conclusions are drawn.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ledger.domain.codex_rollouts import NO_TIER, RECORD, Rollout, Tier, counts_before_records
from ledger.domain.facts import Fact
from ledger.domain.following import Mark, begin, follow, unreadable
from ledger.domain.jsonl import LONGEST, Lines, mentions
from ledger.domain.paths import inside
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.screen import counted
from ledger.domain.shell_calls import PathKey
from ledger.domain.standstill import Watch
from ledger.logs import AT_ONCE, LogFile, unread_files

SOURCE = "codex"
LOGS: tuple[str, ...] = ("sessions/**/*.jsonl", "archived_sessions/**/*.jsonl")
"""Where the logs lie below a root."""
_TIERS = {"priority": "priority", "fast": "priority", "flex": "flex"}
"""A tier as the configuration names it → as prices know it; any other word is the usual one."""
_FOLDERS = ("sessions", "archived_sessions")


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """Codex's homes that hold sessions: `$CODEX_HOME`, several by commas, else `~/.codex`."""
    return [root for root in _homes(environ) if any((root / folder).is_dir() for folder in _FOLDERS)]


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new."""
    homes = _homes(environ)
    settings = tuple(str(root / "config.toml") for root in homes)
    return Watch(settings, trees=tuple(str(root / folder) for root in homes for folder in _FOLDERS))


def _homes(environ: Mapping[str, str]) -> list[Path]:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    named = [Path(part.strip()) for part in environ.get("CODEX_HOME", "").split(",") if part.strip()]
    return list(dict.fromkeys(named or [home / ".codex"]))


def read(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every rollout under the homes; a file's cursor follows its facts."""
    for file in unread(roots, known):
        if isinstance(file, Skip):
            yield file
        else:
            yield from read_file(file, path_key, worktrees)


def unread(roots: Sequence[Path], known: Mapping[str, str]) -> Iterator[LogFile | Skip]:
    """The rollouts under the homes that changed since the known cursors; before them, what else lies there."""
    files, others = _files(roots)
    yield from (_unknown(folder, endings) for folder, endings in others.items())
    tiers = {root: read_tier(root / "config.toml") for root in roots}
    yield from unread_files(((path, tiers[root]) for path, root in files.items()), known)


def read_file(
    file: LogFile, path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Iterator[Fact | Skip | Cursor]:
    """The facts of one rollout, then its cursor."""

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    return _read_file(file.path, file.known, key, file.told)


def read_tier(path: Path) -> Tier:
    """The service tier that a configuration names, and since when it does; none where it cannot be read.

    Rollouts do not say in which tier a call was made. A setting held at least since its file was written last.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")).get("service_tier")
        since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return NO_TIER
    return Tier(_TIERS.get(said, "") if isinstance(said, str) else "", since)


def _files(roots: Sequence[Path]) -> tuple[dict[Path, Path], dict[Path, Counter[str]]]:
    """Rollout → its home, an archived one only where no active one has its name; and what else lies beside them."""
    found: dict[str, tuple[Path, Path]] = {}
    others: dict[Path, Counter[str]] = {}
    for root in roots:
        # A directory that has neither folder may hold the rollouts themselves: a copy that somebody kept.
        for folder in [root / name for name in _FOLDERS if (root / name).is_dir()] or [root]:
            for path in sorted(folder.rglob("*")):
                if path.suffix == ".jsonl":
                    found.setdefault(path.name, (path, root))
                elif path.is_file() and not path.name.startswith("."):
                    others.setdefault(folder, Counter())[path.suffix or path.name] += 1
    return dict(found.values()), others


def _unknown(folder: Path, endings: Counter[str]) -> Skip:
    named = ", ".join(f"{counted(count, 'file')} {ending}" for ending, count in sorted(endings.items())[:5])
    return Skip("file", str(folder), f"Of a form not known and left out: {named}; upgrade git-ledger.")


def _read_file(path: Path, known: str, path_key: PathKey, tier: Tier) -> Iterator[Fact | Skip | Cursor]:
    try:
        status, mark = path.stat(), Mark.of(known)
        if mark.is_current(status):
            return
        with path.open("rb", AT_ONCE) as file:
            mark = begin(file, status, mark)
            if not mark.offset and b'"session_meta"' not in file.readline(LONGEST):
                yield Skip("history", str(path), "Its version of Codex logged no usage: its cost is unknown, not 0.")
            file.seek(mark.offset)
            counts_totals = True
            if mentions(file, RECORD):
                file.seek(mark.offset)
                counts_totals = counts_before_records(iter(Lines(file)))
            file.seek(mark.offset)
            log = Rollout(path.stem, path_key, mark.state, counts_totals=counts_totals, tier=tier)
            yield from follow(file, status, mark, log, SOURCE, str(path))
    except OSError as error:
        yield unreadable(str(path), error.strerror)
