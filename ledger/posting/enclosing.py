"""Which of a repository's directories another directory lies in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

_HASHED = "sha256:"
"""Stands before a directory that an agent told only the hash of."""


def root_of(directory: str, known: Mapping[str, str]) -> str | None:
    """The root that a directory belongs to, by its name in `known` (real path → root); None where it belongs to none.

    A directory that exists belongs to the git repository around it, so one nested inside a root is not ours; one that
    is gone belongs to the deepest root above it.
    """
    if directory.startswith(_HASHED):
        wanted = directory.removeprefix(_HASHED)
        return next((root for real_root, root in known.items() if wanted in (_hash(root), _hash(real_root))), None)
    if not directory.startswith(("/", "\\")) and directory[1:2] != ":":
        return None
    top = _git_top(directory) if os.path.isdir(directory) else None
    if top is not None:
        return known.get(real(top))
    path = real(directory)
    within = [root for root in known if path == root or path.startswith(root.rstrip(os.sep) + os.sep)]
    return known[max(within, key=len)] if within else None


def real(path: str) -> str:
    """The path without symbolic links."""
    return os.path.realpath(path)


def _hash(directory: str) -> str:
    return hashlib.sha256(directory.encode("utf-8", "surrogateescape")).hexdigest()


def _git_top(directory: str) -> str | None:
    while True:
        if os.path.exists(os.path.join(directory, ".git")):
            return directory
        above = os.path.dirname(directory)
        if above == directory:
            return None
        directory = above
