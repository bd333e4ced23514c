"""Claude Code's transcripts: calls, sessions, their `git commit` calls and the files they wrote (usage-formats §1).

A file is read from where it was left: unchanged files are not opened, grown ones are read on, replaced ones are read
anew. Every rule about rows is in `ledger.domain.transcripts`; here are only files, bytes and cursors.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from ledger.domain.facts import Fact
from ledger.domain.paths import inside
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.screen import counted, storable
from ledger.domain.transcripts import PathKey, Transcript, may_matter

SOURCE = "claude-code"
_HEAD = 4096
_LONGEST = 64 * 1024 * 1024
"""A line beyond this is no row that Claude Code writes; it is skipped without being held."""


def find_roots(environ: Mapping[str, str]) -> list[Path]:
    """The directories that hold transcripts, whichever of the known places exist."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nonexistent")
    named = [Path(part.strip()) for part in environ.get("CLAUDE_CONFIG_DIR", "").split(",") if part.strip()]
    usual = [Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "claude", home / ".claude"]
    roots = [path if path.name == "projects" else path / "projects" for path in named or usual]
    desktop = (
        home / ".config/Claude",
        home / "Library/Application Support/Claude",
        Path(environ.get("APPDATA", "/nonexistent")) / "Claude",
    )
    if not named:
        roots += [
            found
            for base in desktop
            for found in sorted((base / "local-agent-mode-sessions").glob("**/.claude/projects"))
        ]
    return list(dict.fromkeys(root for root in roots if root.is_dir()))


def read_claude_code(
    roots: Sequence[Path], known: Mapping[str, str], path_key: Callable[[str], str], worktrees: Sequence[str] = ()
) -> Reading:
    """Facts of every transcript under the roots; a file's cursor follows its facts.

    Written files are named from the top of the worktree they lie in, through `path_key`.
    """

    def key(path: str, directory: str) -> str:
        return path_key(inside(path, directory, worktrees))

    for path in _files(roots):
        yield from _read_file(path, known.get(str(path), ""), key)


def _files(roots: Sequence[Path]) -> list[Path]:
    found = {path for root in roots for path in root.rglob("*.jsonl")}
    return sorted(found)


def _read_file(path: Path, known: str, path_key: PathKey) -> Iterator[Fact | Skip | Cursor]:
    try:
        status = path.stat()
        mark = _Mark.of(known)
        if mark.is_current(status):
            return
        with path.open("rb") as file:
            head = _digest(file, min(_HEAD, status.st_size))
            if not mark.continues(file, status):
                mark = _Mark()
            file.seek(mark.offset)
            transcript = Transcript(path.stem, mark.state)
            reader = _Lines(file)
            yield from _facts(reader, transcript, path, path_key)
            offset = mark.offset + reader.consumed
    except OSError as error:
        yield Skip("file", str(path), f"It could not be read ({error.strerror}); make it readable and update again.")
        return
    size = min(_HEAD, status.st_size)
    yield Cursor(
        SOURCE,
        str(path),
        _Mark(status.st_ino, status.st_size, status.st_mtime_ns, head, size, offset, transcript.state()).text(),
    )


def _facts(reader: _Lines, transcript: Transcript, path: Path, path_key: PathKey) -> Iterator[Fact | Skip]:
    broken = 0
    for line in reader:
        if not may_matter(line):
            broken += not _looks_whole(line)
            continue
        for row in _objects(line):
            if row is None:
                broken += 1
            else:
                yield from transcript.read(row, path_key)
    yield from transcript.sessions()
    broken += reader.too_long
    if broken:
        yield Skip("line", str(path), f"{counted(broken, 'broken line')} left out; nothing else of the file was.")
    if transcript.refused:
        yield Skip(
            "row", str(path), f"{counted(transcript.refused, 'row')} without a readable time or token count left out."
        )


class _Lines:
    """Complete lines of an open file; a torn last one is left for the next reading."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.consumed = 0
        self.too_long = 0

    def __iter__(self) -> Iterator[bytes]:
        while line := self._file.readline(_LONGEST):
            if not line.endswith(b"\n"):
                if len(line) < _LONGEST and not _is_whole(line):
                    return
                if len(line) >= _LONGEST:
                    self.too_long += 1
                    self._skip(len(line))
                    continue
            self.consumed += len(line)
            yield line

    def _skip(self, read: int) -> None:
        while rest := self._file.readline(_LONGEST):
            read += len(rest)
            if rest.endswith(b"\n"):
                break
        self.consumed += read


def _looks_whole(line: bytes) -> bool:
    """A line that is not parsed still tells whether it was cut: an object ends with a brace."""
    text = line.strip(b"\0 \r\t\n")
    return not text or (text.startswith(b"{") and text.endswith(b"}"))


def _is_whole(line: bytes) -> bool:
    """A last line without a newline that is nevertheless a whole object: the session may be over."""
    return line.rstrip(b"\0 \r\t").endswith(b"}") and None not in list(_objects(line))


def _objects(line: bytes) -> Iterator[dict[str, Any] | None]:
    """The objects on a line: usually one, two where a newline was lost; None for what cannot be parsed."""
    text = line.replace(b"\0", b"").decode(errors="replace").strip()
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        try:
            row, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            yield None
            return
        if isinstance(row, dict):
            yield _storable(row) if "\\u" in text else row
        else:
            yield None
        while place < len(text) and text[place].isspace():
            place += 1


def _storable(value: Any) -> Any:
    """An escape in JSON can write what no text is: an agent that cuts a text in two does."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else storable(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


class _Mark:
    """How far a file was read, and how to tell that it is still the same file."""

    def __init__(
        self,
        inode: int = 0,
        size: int = -1,
        mtime: int = 0,
        head: str = "",
        head_size: int = 0,
        offset: int = 0,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        self.inode, self.size, self.mtime = inode, size, mtime
        self.head, self.head_size, self.offset = head, head_size, offset
        self.state: Mapping[str, Any] = state or {}

    @classmethod
    def of(cls, text: str) -> _Mark:
        return cls(*json.loads(text)) if text else cls()

    def text(self) -> str:
        return json.dumps(
            [self.inode, self.size, self.mtime, self.head, self.head_size, self.offset, self.state],
            separators=(",", ":"),
        )

    def is_current(self, status: os.stat_result) -> bool:
        return (self.inode, self.size, self.mtime) == (status.st_ino, status.st_size, status.st_mtime_ns)

    def continues(self, file: BinaryIO, status: os.stat_result) -> bool:
        return 0 <= self.size <= status.st_size and self.head == _digest(file, self.head_size)


def _digest(file: BinaryIO, size: int) -> str:
    file.seek(0)
    return hashlib.sha256(file.read(size)).hexdigest()[:16]
