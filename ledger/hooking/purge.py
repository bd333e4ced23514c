"""Removing everything that the ledger keeps in a repository: what was jotted, its own database, its refs."""

from __future__ import annotations

import shutil
from pathlib import Path

from ledger.errors import LedgerError
from ledger.git import Git

_REFS = ("refs/ledger/", "refs/ledger-remote/")


def kept_data(git: Git) -> list[Path]:
    """The ledger directories of the repository and of its worktrees, those that are there."""
    linked = sorted(git.common_dir.glob("worktrees/*/ledger"))
    return [path for path in (git.ledger_dir, *linked) if path.is_dir()]


def kept_refs(git: Git) -> list[str]:
    """The refs of the ledger in this clone."""
    return git.run("for-each-ref", "--format=%(refname)", *_REFS).split()


def purge(git: Git) -> None:
    """Remove all of it; the hooks are to be taken out first. Raises LedgerError where something cannot be removed."""
    for path in kept_data(git):
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise LedgerError(f"{path} cannot be removed ({error.strerror}); remove it by hand.") from error
    refs = kept_refs(git)
    if refs:
        git.run("update-ref", "--stdin", stdin="".join(f"delete {ref}\n" for ref in refs).encode())
