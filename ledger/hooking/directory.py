"""Which directory git takes hook files from here, and who said so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ledger.git import Git

OWN = "own"
HUSKY = "husky"
WORKTREE = "worktree"
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class HooksDirectory:
    """The directory of hook files in effect for one worktree."""

    path: Path
    kind: str
    """own: below git's own directory · husky: `.husky/_` · worktree: elsewhere in it · outside: in none of these."""
    setting: str = ""
    """core.hooksPath as it is written; '' where it is not set."""
    scope: str = ""
    """Where it is set: system, global, local, worktree; '' where it is not."""
    origin: str = ""
    """The file that sets it, as git names it."""

    @property
    def exists(self) -> bool:
        """It is there; husky's is missing in a fresh worktree, and then git runs no file."""
        return self.path.is_dir()

    @property
    def is_ours_to_write(self) -> bool:
        """A file may be put there, or for husky beside it: it belongs to this repository alone."""
        return self.kind != OUTSIDE and self.scope not in ("system", "global")

    def place_for(self, event: str) -> Path:
        """Where a hook file of ours stands: in the directory, for husky beside its `_`, which it writes anew."""
        return (self.path.parent if self.kind == HUSKY else self.path) / event


def find_directory(git: Git) -> HooksDirectory:
    """The directory in effect at the git's worktree; a relative core.hooksPath counts from the worktree's top."""
    path = Path(git.run("rev-parse", "--git-path", "hooks"))
    path = path if path.is_absolute() else (git.worktree or git.git_dir) / path
    said = git.run("config", "-z", "--show-scope", "--show-origin", "--get", "core.hooksPath", check=False)
    scope, origin, setting = (*said.removesuffix("\0").split("\0"), "", "")[:3]
    return HooksDirectory(path, _kind(git, path, scope), setting, scope, origin.removeprefix("file:"))


def _kind(git: Git, path: Path, scope: str) -> str:
    resolved = path.resolve()
    if not scope or resolved.is_relative_to(git.common_dir):
        return OWN
    if git.worktree is None or not resolved.is_relative_to(git.worktree) or resolved == git.worktree:
        return OUTSIDE
    return HUSKY if path.name == "_" and ("husky" in path.parent.name or (path / "h").is_file()) else WORKTREE


def worktrees_of(git: Git) -> list[Path]:
    """The tops of the worktrees that are there."""
    return list(dict.fromkeys(top.resolve() for top in git.worktrees() if (top / ".git").exists()))
