"""Gemini CLI's chats, as appended lines or as one document each (usage-formats §3.1).

A chat does not say where it was. Its folder is named after the hash of the project's path, or after a short name that
a list beside the chats, or a note in the folder, tells the path of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ledger.domain.facts import Fact
from ledger.domain.fields import record, text
from ledger.domain.following import Mark, unreadable
from ledger.domain.gemini_chats import HASHED, Chat
from ledger.domain.jsonl import document
from ledger.domain.paths import inside
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.screen import counted
from ledger.domain.shell_calls import PathKey
from ledger.domain.standstill import Watch
from ledger.logs import follow_file

SOURCE = "gemini-cli"
LOGS: tuple[str, ...] = ("tmp/**/*.jsonl", "tmp/**/chats/**/*.json")
"""Where the logs lie below a root."""
_HASH = re.compile(r"[0-9a-f]{64}")


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """Gemini CLI's directory: `.gemini` in `$GEMINI_CLI_HOME`, else in the home."""
    return [root for root in (_home(environ),) if (root / "tmp").is_dir()]


def watch(environ: Mapping[str, str]) -> Watch:
    """What tells whether there is anything new."""
    home = _home(environ)
    return Watch((str(home / "projects.json"),), trees=(str(home / "tmp"),))


def _home(environ: Mapping[str, str]) -> Path:
    home = Path(environ.get("GEMINI_CLI_HOME") or environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    return home / ".gemini"


def read(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every chat under the roots; a file's cursor follows its facts. A root may be a folder of chats."""

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    for root in roots:
        names = _names(root / "projects.json")
        base = root / "tmp" if (root / "tmp").is_dir() else root
        for path in sorted({*base.rglob("*.jsonl"), *base.rglob("chats/**/*.json")}):
            if ".unreadable-" not in path.name and path.name != "logs.json":
                yield from _read_file(path, known.get(str(path), ""), _directory(path, names), key)


def _names(path: Path) -> dict[str, str]:
    """Short name → the project's path."""
    try:
        found = record(document(path.read_bytes()))
    except OSError:
        return {}
    return {text(name): place for place, name in record(found.get("projects")).items() if text(name)}


def _directory(chat: Path, names: Mapping[str, str]) -> str:
    folder = next((each.parent for each in chat.parents if each.name == "chats"), chat.parent)
    if _HASH.fullmatch(folder.name):
        return HASHED + folder.name
    try:
        return names.get(folder.name) or (folder / ".project_root").read_text(errors="replace").strip()[:1000]
    except OSError:
        return ""


def _parent(chat: Path) -> str:
    """A subagent's chat lies in a folder named after its parent's session."""
    return chat.parent.name if chat.parent.parent.name == "chats" else ""


def _read_file(path: Path, known: str, directory: str, path_key: PathKey) -> Iterator[Fact | Skip | Cursor]:
    def log_of(state: Mapping[str, Any]) -> Chat:
        return Chat(path.stem, directory, _parent(path), path_key, state)

    if path.suffix == ".json":
        yield from _read_document(path, known, log_of({}))
    else:
        yield from follow_file(path, known, SOURCE, log_of)


def _read_document(path: Path, known: str, chat: Chat) -> Iterator[Fact | Skip | Cursor]:
    """The facts of a chat that is one document, where it changed."""
    try:
        status = path.stat()
        if Mark.of(known).is_current(status):
            return
        content = path.read_bytes()
    except OSError as error:
        yield unreadable(str(path), error.strerror)
        return
    yield from _messages(document(content), path, chat)
    mark = Mark(status.st_ino, status.st_size, status.st_mtime_ns)
    yield Cursor(SOURCE, str(path), mark.text(), is_whole=True)


def _messages(found: Any, path: Path, chat: Chat) -> Iterator[Fact | Skip]:
    if not isinstance(found, dict) or not isinstance(found.get("messages"), list):
        yield Skip("file", str(path), "It is no chat of a form known; upgrade git-ledger.")
        return
    yield from chat.read(found)
    yield from chat.ending()
    if chat.refused:
        yield Skip("row", str(path), f"{counted(chat.refused, 'row')} without a readable time or token count left out.")
