"""Which directories belong to a repository: worktrees, remembered places, `ledger.path`, gone ones; and which names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from ledger.domain.facts import Place
from ledger.domain.tags import PLACE
from ledger.posting.enclosing import real, root_of


def resolve_places(repository_id: str, roots: Iterable[str], places: Iterable[Place]) -> Iterator[Place]:
    """The places among `places` that lie in one of `roots`, now with their repository.

    `roots` are the directories that stand for the repository; `root_of` says what lies in one.
    """
    known = {real(root): root for root in roots}
    for place in places:
        root = root_of(place.directory, known)
        if root is not None:
            yield Place(directory=place.directory, repository_id=repository_id, worktree=root)


def resolve_gone(
    repository_id: str, places: Iterable[tuple[str, Place]], printed: Mapping[str, Set[str]]
) -> Iterator[Place]:
    """The directories that are gone, and in which git printed commits of this repository and of no other.

    They were worktrees, which git forgets with their reflogs once they are removed. One that is there speaks for
    itself: it may be another clone, or a fork, whose commits came here. Each of `places` has its name in `printed`.
    """
    for name, place in places:
        path = Path(place.directory)
        if printed.get(name) == {repository_id} and path.is_absolute() and not path.exists():
            yield Place(directory=place.directory, repository_id=repository_id, worktree=place.directory)


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
