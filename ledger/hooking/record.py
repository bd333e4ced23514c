"""install.json: what was done to this repository, so that it can be undone to the byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.git import Git
from ledger.hooking.steps import Configure, Move, Step, Write, read_text

NAME = "install.json"


@dataclass(slots=True)
class Record:
    """What all installations since the last removal did, the first word on what was there before."""

    mode: str = ""
    """config | files | beside | outside: where git gets our hooks from."""
    files: bool = False
    """Files were asked for, even where git takes hooks from its configuration."""
    written: dict[str, str] = field(default_factory=dict)
    """File → SHA-256 of what we wrote."""
    moved: dict[str, str] = field(default_factory=dict)
    """Foreign hook's first place → where it was put."""
    made: list[str] = field(default_factory=list)
    """Files and directories that were not there before."""
    settings: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    """Key of git's configuration → what it was before our first installation, and what we set last."""

    def add(self, steps: Iterable[Step], made: Iterable[Path]) -> None:
        """Remember steps that were taken."""
        for step in steps:
            if isinstance(step, Write):
                self.written[str(step.path)] = _sha(step.text)
            elif isinstance(step, Move):
                self.moved[str(step.path)] = str(step.target)
        self.made += [str(path) for path in made if str(path) not in self.made]

    def forget_missing(self) -> None:
        """Drop what is no longer there."""
        self.written = {path: sha for path, sha in self.written.items() if Path(path).exists()}
        self.moved = {path: target for path, target in self.moved.items() if Path(target).exists()}

    def remember_setting(self, git: Git, step: Configure) -> None:
        """Keep what a key was before the first installation that set it; to be called before the step is taken."""
        before = self.settings[step.key][0] if step.key in self.settings else local_setting(git, step.key)
        if step.value is not None:
            self.settings[step.key] = before, step.value


def read_record(git: Git) -> Record:
    """The record of this repository; an empty one where there is none that can be read."""
    try:
        told = json.loads(read_text(git.ledger_dir / NAME) or "{}")
        return Record(
            mode=str(told.get("mode", "")),
            files=bool(told.get("files")),
            written=_texts(told.get("written")),
            moved=_texts(told.get("moved")),
            made=[str(path) for path in told.get("made", [])],
            settings={str(key): (before, str(ours)) for key, (before, ours) in told.get("settings", {}).items()},
        )
    except (ValueError, AttributeError, TypeError):
        return Record()


def record_text(record: Record) -> str:
    """The record as it stands in the file."""
    told = {
        "version": 1,
        "mode": record.mode,
        "files": record.files,
        "written": record.written,
        "moved": record.moved,
        "made": record.made,
        "settings": record.settings,
    }
    return json.dumps(told, indent=1, sort_keys=True) + "\n"


def local_setting(git: Git, key: str) -> str | None:
    """A key's value in the repository's own configuration; None where it is not set."""
    said = git.run("config", "--local", "-z", "--get", key, check=False)
    return said.removesuffix("\0") if said else None


def _texts(told: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
