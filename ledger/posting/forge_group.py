"""Every repository of an organisation or group, into one ledger, without clones.

Git is not there, so the forge's word decides: what it says was merged into the default branch has landed. Somebody who
posts a clone of one of them later, by the same remote, finds it under the same id, and git's word joins the forge's.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ledger.domain.facts import Fact, Repository, RepositoryAlias
from ledger.domain.forge_access import Access
from ledger.domain.git_facts import Tip
from ledger.domain.repositories import forge_alias, repository_id, spelled_alike
from ledger.domain.sync_course import Known
from ledger.store import reads
from ledger.store.engine import Ledger

_CLONE = "forge"
"""Whose tips the forge's word on the default branch is."""


@dataclass(frozen=True, slots=True)
class Member:
    """One repository of a group, as it is asked for and as the ledger has it."""

    asked: Access
    repository_id: str


def members(ledger: Ledger, asked: Access, owned: Iterable[Known]) -> Iterator[Member]:
    """Each repository that a forge lists, posted under its names; one that the ledger has already keeps its id."""
    for known in owned:
        if known.id and known.alias.partition("/")[2]:
            path = known.alias.partition("/")[2]
            yield Member(replace(asked, path=path), post_known(ledger, asked.host, known, has_clone=False))


def post_known(ledger: Ledger, host: str, known: Known, *, has_clone: bool = True, identity: str = "") -> str:
    """Post a forge's names of a repository; returns its id, which is `identity` where that is known.

    Without a clone the default branch is posted as its target, until a clone tells of the branches itself.
    """
    number = forge_alias(host, known.id)
    with ledger.write() as writing:
        connection = writing.connection
        found = identity or find_repository(connection, number, known.alias)
        minted = found or repository_id((), number)
        facts: list[Fact] = [
            RepositoryAlias(alias=number, repository_id=minted, kind="forge"),
            RepositoryAlias(alias=known.alias, repository_id=minted, kind="remote"),
        ]
        if not found:
            facts.insert(0, Repository(id=minted, name="/".join(known.alias.split("/")[-2:])))
        writing.post(facts)
        if not has_clone:
            is_told = any(tip.clone_id != _CLONE for tip in reads.facts(connection, "tip", minted))
            writing.replace_tips(minted, _CLONE, () if is_told else _tips(minted, known))
    return minted


def find_repository(connection: Connection, *names: str) -> str | None:
    """The repository that has the first of these names that is known, in whatever case; None for none."""
    known = [(row.alias, row.repository_id) for row in reads.facts(connection, "repository_alias")]
    return next((found for name in names if (found := spelled_alike(name, known))), None)


def ledger_key(ledger: Ledger) -> Callable[[str], str]:
    """Login or address → keyed hash, by the ledger's own secret: outside of a clone there is no other."""
    with ledger.write() as writing:
        secret = bytes.fromhex(writing.secret())
    return lambda name: hmac.digest(secret, name.lower().encode(errors="surrogateescape"), "sha256").hex()[:16]


def _tips(identity: str, known: Known) -> tuple[Tip, ...]:
    if not known.branch:
        return ()
    ref = f"refs/heads/{known.branch}"
    return (Tip(repository_id=identity, clone_id=_CLONE, ref=ref, oid=known.tip, is_target=True),)
