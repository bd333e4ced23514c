"""What a commit costs on this machine, measured in repositories made for it.

Only the ledger's own hook runs there: somebody else's may do anything, and nobody asked it to.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

from ledger.domain.diagnosis import CommitTime
from ledger.git import Git
from ledger.hooking import owners
from ledger.hooking.effective import Effective
from ledger.hooking.marks import HOOK, hook_text
from ledger.hooking.owners import read_hook
from ledger.hooking.use import declare

_FLAGS = ("trailers", "require-model")
_WHO = ("user.name=ledger", "user.email=ledger@localhost", "commit.gpgSign=false", "gc.auto=0")


def time_commit(git: Git, found: Effective, *, rounds: int, now: datetime) -> CommitTime | None:
    """The median of so many empty commits with the hooks that are reached here and without, taking turns.

    None where no hook is reached. Raises GitFailed where a commit fails. The drainer is not started: it works after
    the commit.
    """
    reached = [event.event for event in found.events if event.is_reached]
    if not reached or not rounds:
        return None
    with tempfile.TemporaryDirectory(prefix="ledger-doctor-") as folder:
        plain, hooked = (_make(git, Path(folder) / name) for name in ("plain", "hooked"))
        hooks = _install(git, hooked, reached)
        declare(hooked, "measured", now=now)
        without, with_hooks = _settings(plain, Path(folder) / "none"), _settings(hooked, hooks)
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 1):
            took = (_commit(plain, without), _commit(hooked, with_hooks))
            if turn:  # the first fills caches
                for taken, seconds in zip(times, took, strict=True):
                    taken.append(seconds * 1000)
    return CommitTime(rounds, median(times[0]), median(times[1]))


def _make(git: Git, path: Path) -> Git:
    git.run("init", "-q", "--template=", "-b", "main", str(path))
    return Git.open(path)


def _install(git: Git, target: Git, events: Sequence[str]) -> Path:
    """Our hook and its flags as they are here, below the target's own git directory."""
    copy = read_hook(git.ledger_dir / HOOK)
    text = copy.text if copy.owner == owners.LEDGER and not copy.is_edited else hook_text()
    hooks = target.common_dir / "hooks"
    hooks.mkdir()
    for event in events:
        (hooks / event).write_text(text, encoding="utf-8", newline="\n")
        (hooks / event).chmod(0o755)
    target.ledger_dir.mkdir(mode=0o700)
    for flag in _FLAGS:
        if (git.ledger_dir / flag).is_file():
            shutil.copyfile(git.ledger_dir / flag, target.ledger_dir / flag)
    return hooks


def _settings(target: Git, hooks: Path) -> list[str]:
    """Options for git that leave no hook but those in a directory, whatever the user's own configuration sets."""
    said = target.run("config", "-z", "--name-only", "--get-regexp", r"^hook\..*\.event$", check=False)
    names = {key.removeprefix("hook.").removesuffix(".event") for key in said.split("\0") if key}
    settings = [*_WHO, f"core.hooksPath={hooks}", *(f"hook.{name}.enabled=false" for name in sorted(names))]
    return [word for setting in settings for word in ("-c", setting)]


def _commit(target: Git, settings: Sequence[str]) -> float:
    start = time.perf_counter()
    target.run(*settings, "commit", "-q", "--allow-empty", "-m", "measured")
    return time.perf_counter() - start
