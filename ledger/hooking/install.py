"""Installing and removing the hooks of a plain repository.

A hook of ours carries a marker and the hash of its text, so that an edited one is told apart and kept. A foreign hook
is moved aside, still run after ours, and put back by `uninstall`. `core.hooksPath` is never set, and never written
behind (hooks.md §5.3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ledger
from ledger.errors import LedgerError
from ledger.git import Git

EVENTS = (
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "applypatch-msg",
    "post-applypatch",
)
_MARK = "# ledger-hook "
_CHAINED = ".ledger-chained"


@dataclass(frozen=True, slots=True)
class Done:
    """What happened to one hook: written, kept, chained, removed, restored."""

    event: str
    what: str
    why: str = ""


def install(git: Git, *, trailers: bool | None = None) -> list[Done]:
    """Write the hooks; `trailers` says whether they may write into messages (None: as it was). Raises LedgerError.

    Idempotent: what is ours is written anew, what the user changed is kept.
    """
    directory = _hooks_dir(git)
    text = hook_text()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        done = [_install_one(directory / event, text) for event in EVENTS]
        allow_trailers(git, _wanted(git) if trailers is None else trailers)
    except OSError as error:
        raise LedgerError(
            f"{directory} cannot be written ({error.strerror}); make it writable and run ledger install again."
        ) from error
    return done


def uninstall(git: Git) -> list[Done]:
    """Take out what is ours and put back what was there; a hook that the user changed stays."""
    directory = _hooks_dir(git)
    done = list(_uninstall(directory))
    (git.ledger_dir / "trailers").unlink(missing_ok=True)
    return done


def installed(git: Git) -> list[str]:
    """The events whose hook is ours."""
    directory = Path(git.run("rev-parse", "--git-path", "hooks"))
    directory = directory if directory.is_absolute() else (git.worktree or git.git_dir) / directory
    return [event for event in EVENTS if _is_ours(directory / event)]


def allow_trailers(git: Git, allowed: bool) -> None:
    """Keep the setting, and the flag file that spares the hook a look into git's configuration, in step."""
    git.run("config", "--local", "ledger.trailers", "true" if allowed else "false")
    follow_trailers(git, allowed)


def follow_trailers(git: Git, allowed: bool) -> None:
    """Bring the flag file in step with what the setting says, which may have been changed by hand."""
    flag = git.ledger_dir / "trailers"
    if flag.exists() == allowed:
        return
    git.ledger_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    flag.touch() if allowed else flag.unlink(missing_ok=True)


def hook_text() -> str:
    """The hook as it is installed, its marker completed by the hash of the rest."""
    package = Path(ledger.__file__).parent
    inside = package / "hooks" / "ledger-hook"
    text = (inside if inside.is_file() else package.parent / "hooks" / "ledger-hook").read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    return f"{first}\n{_MARK}{_digest(rest)}\n{rest}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _hooks_dir(git: Git) -> Path:
    if git.is_bare:
        raise LedgerError(
            f"{git.git_dir} is a bare repository, in which nobody commits; install the hooks in the clones."
        )
    elsewhere = git.run("config", "--get", "core.hooksPath", check=False)
    if elsewhere:
        raise LedgerError(
            f"core.hooksPath is {elsewhere}, so git runs no hook of this repository and none was written; "
            "unset it, or call the ledger's hook from there. Commits are read without hooks too."
        )
    directory = Path(git.run("rev-parse", "--git-path", "hooks"))
    return directory if directory.is_absolute() else (git.worktree or git.git_dir) / directory


def _wanted(git: Git) -> bool:
    return git.run("config", "--type=bool", "--get", "ledger.trailers", check=False) == "true"


def _install_one(path: Path, text: str) -> Done:
    if _is_ours(path):
        if _is_changed(path):
            return Done(path.name, "kept", "it was edited since it was installed")
        _write(path, text)
        return Done(path.name, "written")
    if path.exists() or path.is_symlink():
        aside = path.with_name(path.name + _CHAINED)
        if aside.exists():
            return Done(path.name, "kept", f"{aside.name} is there already; move one of the two away")
        path.rename(aside)
        _write(path, text)
        return Done(path.name, "chained", f"the hook that was there is {aside.name} and still runs")
    _write(path, text)
    return Done(path.name, "written")


def _write(path: Path, text: str) -> None:
    """By renaming, so that a commit at the same moment runs the old hook or the new one."""
    draft = path.with_name(f".{path.name}.ledger")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.chmod(0o755)
    draft.replace(path)


def _uninstall(directory: Path) -> Iterator[Done]:
    for event in EVENTS:
        path = directory / event
        if not _is_ours(path):
            continue
        if _is_changed(path):
            yield Done(event, "kept", "it was edited since it was installed; remove it by hand")
            continue
        path.unlink()
        aside = path.with_name(path.name + _CHAINED)
        if aside.exists():
            aside.rename(path)
            yield Done(event, "restored")
        else:
            yield Done(event, "removed")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").split("\n", 2)
    except OSError:
        return []


def _is_ours(path: Path) -> bool:
    return any(line.startswith(_MARK) for line in _lines(path)[1:2])


def _is_changed(path: Path) -> bool:
    lines = _lines(path)
    return len(lines) < 3 or lines[1] != f"{_MARK}{_digest(lines[2])}"
