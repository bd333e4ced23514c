"""What a shared ledger is not told: the paths of this machine.

In a file of one's own, directories are kept as they are. On a server they are keyed hashes: no path leaves the
machine, and `/workspace` here is not taken for `/workspace` on another machine. What the hashes stand for is kept in
the user's own state directory, so that a directory can be recognised when its repository is posted later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ledger.domain.facts import Fact, Place
from ledger.domain.reading import Cursor, Settled, Skip

Row = Fact | Skip | Cursor | Settled
_NAMED = frozenset({"directory", "worktree"})
_PATHS = ("/", "\\", "sha256:")
"""How a path begins, or what an agent wrote in its place: a hash that anybody could try paths against."""


class Open:
    """Nothing is concealed: the ledger is a file of the user's own."""

    def row(self, row: Row) -> Row:
        """The row as it is kept."""
        return row

    def known(self, cursors: Mapping[str, str]) -> Mapping[str, str]:
        """What a source remembered, by the names it knows."""
        return cursors

    def revealed(self, places: Iterable[Place]) -> list[Place]:
        """Places with their real directories, as far as this machine knows them."""
        return list(places)


class Concealed(Open):
    """Paths become keyed hashes; `state` is the file that tells them apart again."""

    def __init__(self, key: Callable[[str], str], state: Path) -> None:
        self._key, self._state = key, state
        self._real = {key(path): path for path in _lines(state)}

    def row(self, row: Row) -> Row:
        """The row with hashes for its paths."""
        if isinstance(row, Cursor):
            return replace(row, name=self._key(row.name), text=_within(row.text, self._hidden))
        if isinstance(row, Settled):
            return replace(row, where=self._where(row.where))
        if isinstance(row, Skip):
            return replace(row, where=self._where(row.where), why=row.why.replace(row.where, "it"))
        named = [field.name for field in fields(row) if field.name in _NAMED]
        changed: dict[str, Any] = {name: self._hash(getattr(row, name)) for name in named}
        return replace(row, **changed) if changed else row

    def known(self, cursors: Mapping[str, str]) -> Mapping[str, str]:
        """What a source remembered, looked up by the hash of the name."""
        return _Hashed(cursors, self._key, lambda word: self._real.get(word, word))

    def revealed(self, places: Iterable[Place]) -> list[Place]:
        """Places whose hash this machine can tell the directory of."""
        return [
            replace(place, directory=self._real.get(place.directory, place.directory),
                    worktree=self._real.get(place.worktree or "", place.worktree))
            for place in places
            if place.directory in self._real
        ]  # fmt: skip

    def _hash(self, path: str | None) -> str | None:
        if not path or not (path.startswith(_PATHS) or path[1:2] == ":"):
            return path
        hashed = self._key(path)
        if hashed not in self._real:
            self._real[hashed] = path
            self._state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._state.open("a", encoding="utf-8", errors="surrogateescape") as file:
                file.write(path.replace("\n", " ") + "\n")
        return hashed

    def _hidden(self, word: str) -> str:
        return self._hash(word) or word

    def _where(self, where: str) -> str:
        """The name of the file stays: it tells the user which one it was."""
        path, blank, rest = where.partition(" ")
        return f"{self._key(path)[:8]}/{Path(path).name}{blank}{rest}" if path.startswith(_PATHS) else where


class _Hashed(Mapping[str, str]):
    def __init__(self, hashed: Mapping[str, str], key: Callable[[str], str], revealed: Callable[[str], str]) -> None:
        self._hashed, self._key, self._revealed = hashed, key, revealed

    def __getitem__(self, name: str) -> str:
        return _within(self._hashed[self._key(name)], self._revealed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._hashed)

    def __len__(self) -> int:
        return len(self._hashed)


def _within(text: str, change: Callable[[str], str]) -> str:
    """A cursor's text with each word in it changed: what a source remembers of a log may name a directory."""
    try:
        before = json.loads(text)
    except ValueError:
        return text
    after = _changed(before, change)
    return text if after == before else json.dumps(after, separators=(",", ":"))


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_changed(item, change) for item in value]
    if isinstance(value, dict):
        return {name: _changed(item, change) for name, item in value.items()}
    return value


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
