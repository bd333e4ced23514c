"""Qwen Code's chats (usage-formats §3.3); every rule about rows is in `ledger.domain.qwen_chats`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ledger.domain.paths import inside
from ledger.domain.qwen_chats import QwenChat
from ledger.domain.reading import Reading
from ledger.domain.standstill import Watch
from ledger.logs import follow_file

SOURCE = "qwen-code"
LOGS: tuple[str, ...] = ("**/*.jsonl",)
"""Where the logs lie below a root."""


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """Qwen Code's directory of projects in the home."""
    return [root for root in (_root(environ),) if root.is_dir()]


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new."""
    return Watch(trees=(str(_root(environ)),))


def _root(environ: Mapping[str, str]) -> Path:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    return home / ".qwen/projects"


def read(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every chat under the roots; a file's cursor follows its facts."""

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    for path in sorted({path for root in roots for path in root.rglob("*.jsonl")}):
        log_of = partial(QwenChat, path.stem, key)
        yield from follow_file(path, known.get(str(path), ""), SOURCE, log_of)
