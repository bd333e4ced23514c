"""A ledger that is synced with a forge on loopback, by a clock that waits for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from ledger.domain.facts import KINDS, Repository
from ledger.domain.forge_access import Access, Token
from ledger.posting.asking import opened
from ledger.posting.forge import Forge, Synced, sync
from ledger.sources.forge_client import Clock
from ledger.store.engine import Ledger, open_ledger
from tests.forges import TOKEN, World

NOW = datetime(2026, 4, 1, tzinfo=UTC)
HERE = "R"


def asked_of(world: World, forge: str) -> Access:
    """Where the world's forge is asked."""
    api = f"{world.url}/graphql" if forge == "github" else f"{world.url}/api/v4"
    return Access(forge, f"{forge}.com", world.name, api)


@contextmanager
def asking(world: World, forge: str, waits: list[float] | None = None, patience: float = 1e6) -> Iterator[Any]:
    """The forge, to be asked; what would have been waited goes into `waits`."""
    slept: list[float] = [] if waits is None else waits
    clock = Clock(sleep=slept.append, now=lambda: 1_000_000.0, chance=lambda: 1.0)
    token = Token("GITHUB_TOKEN", TOKEN)
    with opened(asked_of(world, forge), token, patience=patience, say=lambda _said: None, clock=clock) as found:
        yield found


def empty(where: str) -> Ledger:
    """A new ledger that knows one repository."""
    ledger = open_ledger(where, create=True)
    with ledger.write() as writing:
        writing.post([Repository(id=HERE, name="owner/name")])
    return ledger


def synced(world: World, forge: str, ledger: Ledger, **how: Any) -> Synced:
    """The ledger after a sync."""
    with asking(world, forge) as found:
        return synced_from(found, asked_of(world, forge), ledger, **how)


def synced_from(forge: Forge, asked: Access, ledger: Ledger, **how: Any) -> Synced:
    """The ledger after a sync with what is asked already."""
    return sync(ledger, HERE, asked, forge, lambda login: f"#{login}", **{"now": NOW, **how})


def everything(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """All facts, by kind."""
    with ledger.read() as connection:
        return {
            kind: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {kind}"))), key=repr)  # noqa: S608
            for kind in KINDS
        }
