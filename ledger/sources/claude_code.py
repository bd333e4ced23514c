"""Claude Code's transcripts: calls, sessions, their `git commit` calls and the files they wrote (usage-formats §1).

A file is read from where it was left: unchanged files are not opened, grown ones are read on, replaced ones are read
anew. Every rule about rows is in `ledger.domain.transcripts`; here are only files, bytes and cursors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from ledger.domain.facts import Fact
from ledger.domain.fields import record, text
from ledger.domain.jsonl import document
from ledger.domain.paths import inside
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.standstill import Watch
from ledger.domain.transcripts import Transcript
from ledger.logs import LogFile, follow_file, unread_files

SOURCE = "claude-code"
LOGS: tuple[str, ...] = ("**/*.jsonl",)
"""Where the logs lie below a root."""


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """The directories that hold transcripts, whichever of the known places exist."""
    roots, desktop = _places(environ)
    roots += [found for base in desktop for found in sorted(base.glob("**/.claude/projects"))]
    return list(dict.fromkeys(root for root in roots if root.is_dir()))


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new."""
    roots, desktop = _places(environ)
    return Watch(trees=tuple(map(str, dict.fromkeys([*roots, *desktop]))))


def _places(environ: Mapping[str, str]) -> tuple[list[Path], list[Path]]:
    """The directories that may hold transcripts, and those in which such directories may lie."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    named = [Path(part.strip()) for part in environ.get("CLAUDE_CONFIG_DIR", "").split(",") if part.strip()]
    usual = [Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "claude", home / ".claude"]
    roots = [path if path.name == "projects" else path / "projects" for path in named or usual]
    desktop = (
        home / ".config/Claude",
        home / "Library/Application Support/Claude",
        Path(environ.get("APPDATA", "/nonexistent")) / "Claude",
    )
    return roots, [] if named else [base / "local-agent-mode-sessions" for base in desktop]


def read(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every transcript under the roots; a file's cursor follows its facts.

    Written files are named from the top of the worktree they lie in, through `path_key`.
    """
    for file in unread(roots, known):
        yield from read_file(file, path_key, worktrees)


def unread(roots: Sequence[Path], known: Mapping[str, str]) -> Iterator[LogFile]:
    """The transcripts under the roots that changed since the known cursors."""
    found = {path for root in roots for path in root.rglob("*.jsonl")}
    return unread_files(((path, None) for path in sorted(found)), known)


def read_file(
    file: LogFile, path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Iterator[Fact | Skip | Cursor]:
    """The facts of one transcript, then its cursor."""

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    log_of = partial(Transcript, file.path.stem, key, agent_name=_agent_name(file.path))
    return follow_file(file.path, file.known, SOURCE, log_of)


def _agent_name(path: Path) -> str:
    """What the note beside a subagent's transcript calls it (`agent-ID.meta.json`); '' for other transcripts."""
    if "subagents" not in path.parts[-4:]:
        return ""
    try:
        return text(record(document(path.with_suffix(".meta.json").read_bytes())).get("agentType"))
    except OSError:
        return ""
