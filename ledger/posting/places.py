"""Which directories belong to a repository: worktrees, remembered places, `ledger.path`; and which names do."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ledger.domain.facts import Place
from ledger.domain.tags import PLACE

_HASHED = "sha256:"
"""Stands before a directory that an agent told only the hash of."""


def resolve_places(repository_id: str, roots: Iterable[str], places: Iterable[Place]) -> Iterator[Place]:
    """The places among `places` that lie in one of `roots`, now with their repository.

    `roots` are the directories that stand for the repository. A directory that exists belongs to the git repository
    around it, so one nested inside a root is not ours; one that is gone belongs to the deepest root above it.
    """
    known = {_real(root): root for root in roots}
    for place in places:
        root = _root_of(place.directory, known)
        if root is not None:
            yield Place(directory=place.directory, repository_id=repository_id, worktree=root)


def resolve_names(places: Iterable[Place], aliases: Mapping[str, str]) -> Iterator[Place]:
    """The places that are a repository's name (`repository:host/owner/name`), now with the repository of that name.

    `aliases` are the names of all repositories of the ledger. A name without its host belongs to a repository only
    where no other one ends alike.
    """
    for place in places:
        name = place.directory.removeprefix(PLACE)
        if name == place.directory:
            continue
        ends = {owner for alias, owner in aliases.items() if alias.partition("/")[2] == name}
        owner = aliases.get(name) or (ends.pop() if len(ends) == 1 else None)
        if owner:
            yield Place(directory=place.directory, repository_id=owner, worktree=None)


def _root_of(directory: str, known: dict[str, str]) -> str | None:
    if directory.startswith(_HASHED):
        wanted = directory.removeprefix(_HASHED)
        return next((root for root in known.values() if wanted in (_hash(root), _hash(_real(root)))), None)
    if not directory.startswith(("/", "\\")) and directory[1:2] != ":":
        return None
    top = _git_top(Path(directory)) if os.path.isdir(directory) else None
    if top is not None:
        return known.get(_real(str(top)))
    real = _real(directory)
    within = [root for root in known if real == root or real.startswith(root.rstrip(os.sep) + os.sep)]
    return known[max(within, key=len)] if within else None


def _hash(directory: str) -> str:
    return hashlib.sha256(directory.encode("utf-8", "surrogateescape")).hexdigest()


def _git_top(directory: Path) -> Path | None:
    return next((path for path in (directory, *directory.parents) if (path / ".git").exists()), None)


def _real(path: str) -> str:
    return os.path.realpath(path)
