"""What an installation does to files and to git's configuration, as steps that can be told before they are taken."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.errors import LedgerError
from ledger.git import Git


@dataclass(frozen=True, slots=True)
class Write:
    """A file gets this text; it is replaced at once, so that a commit at the same moment sees the old or the new."""

    path: Path
    text: str
    mode: int | None = 0o755
    """None: as it is, for a new file 0644."""


@dataclass(frozen=True, slots=True)
class Move:
    """A file gets another name, in place of whatever has it."""

    path: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Remove:
    """A file goes away."""

    path: Path


@dataclass(frozen=True, slots=True)
class Configure:
    """A key of the repository's own configuration gets a value; None takes the key away."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True)
class DropSection:
    """A section leaves the repository's own configuration at once: half a `hook.<name>` would stop every commit."""

    name: str


Step = Write | Move | Remove | Configure | DropSection


@dataclass(frozen=True, slots=True)
class Done:
    """What happened to one hook: written, kept, chained, removed, restored, left."""

    event: str
    what: str
    why: str = ""


@dataclass(slots=True)
class Plan:
    """Steps, and what to say about them."""

    steps: list[Step] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a person should know or still do."""

    def tell(self, event: str, what: str, why: str = "") -> None:
        """Say what happens to an event's hook."""
        self.done.append(Done(event, what, why))

    def note(self, sentence: str) -> None:
        """Say something once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def write(self, path: Path, text: str, mode: int | None = 0o755) -> None:
        """Write a file, unless that is what it holds already."""
        if not holds(path, text, mode):
            self.steps.append(Write(path, text, mode))

    @property
    def written(self) -> set[Path]:
        """The files that the steps write."""
        return {step.path for step in self.steps if isinstance(step, Write)}


def described(step: Step) -> str:
    """A step in words, as it would be taken."""
    match step:
        case Write(path):
            return f"write {path}"
        case Move(path, target):
            return f"move {path} to {target.name}"
        case Remove(path):
            return f"remove {path}"
        case Configure(key, value):
            return f"unset {key}" if value is None else f"set {key} to {value}"
        case DropSection(name):
            return f"drop the section {name}"


def read_text(path: Path) -> str | None:
    """A file's text, every byte of it recoverable; None where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None


def holds(path: Path, text: str, mode: int | None) -> bool:
    """The file has this text already, and may be run if it should."""
    return read_text(path) == text and (mode is None or os.access(path, os.X_OK) == bool(mode & 0o100))


def carry_out(git: Git | None, steps: Iterable[Step], made: list[Path] | None = None) -> list[Path]:
    """Take the steps; returns the files and directories that were made. Raises LedgerError where one is refused.

    What was made until then is in the list that was given. Without a repository the steps are about files only.
    """
    made = [] if made is None else made
    for step in steps:
        try:
            _take(git, step, made)
        except OSError as error:
            where = error.filename or getattr(step, "path", "The configuration")
            raise LedgerError(
                f"{where} cannot be written ({error.strerror}); make it writable and run this again."
            ) from error
    return made


def _take(git: Git | None, step: Step, made: list[Path]) -> None:
    match step:
        case Write():
            _write(step, made, git.ledger_dir if git else None)
        case Move(path, target):
            path.replace(target)
        case Remove(path):
            path.unlink(missing_ok=True)
        case _ if git:
            _configure(git, step)


def _configure(git: Git, step: Configure | DropSection) -> None:
    match step:
        case Configure(key, None):
            git.run("config", "--local", "--unset-all", key, check=False)
        case Configure(key, str() as value):
            git.run("config", "--local", "--replace-all", key, value)
        case DropSection(name):
            git.run("config", "--local", "--remove-section", name, check=False)


def _write(step: Write, made: list[Path], private: Path | None) -> None:
    """A link stays one: what it leads to is written."""
    path = step.path.resolve() if step.path.is_symlink() else step.path
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700 if folder == private else 0o777)
        made.append(folder)
    if not path.exists():
        made.append(path)
    mode = step.mode if step.mode is not None else (path.stat().st_mode & 0o777 if path.exists() else 0o644)
    draft = path.with_name(f".{path.name}.ledger")
    draft.write_bytes(step.text.encode("utf-8", "surrogateescape"))
    draft.chmod(mode)
    draft.replace(path)
