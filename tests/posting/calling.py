"""Calls in a ledger, as any source would post them: priced and concluded by a real update."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.domain.models import parse_model
from ledger.domain.session_facts import Call
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import Ledger, open_ledger
from tests.domain.building import call

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def made(key: str, model: str = "claude-opus-4-8", hours: float = 0, **changed: Any) -> Call:
    """A call of a thousand output tokens on 2026-03-01 and so many hours later."""
    named = parse_model(model)
    whole = replace(call(key, hours), model_raw=model, model=named.name, provider=named.provider, family=named.family)
    return replace(whole, **changed)


@contextmanager
def opened(repository: Path) -> Iterator[Ledger]:
    """The repository's ledger."""
    ledger = open_ledger(open_workplace(str(repository)).database)
    try:
        yield ledger
    finally:
        ledger.close()


def post_calls(repository: Path, *calls: Call) -> None:
    """Post calls that were made in the repository, then price and conclude."""
    workplace = open_workplace(str(repository))
    with opened(repository) as ledger:
        update(workplace, ledger, now=NOW, sources=("commits",))
        with ledger.write() as writing:
            writing.post([replace(each, directory=str(repository)) for each in calls])
        update(workplace, ledger, now=NOW, sources=("commits",))


def asked(repository: Path, sql: str) -> list[tuple[Any, ...]]:
    """What the ledger answers."""
    with opened(repository) as ledger, ledger.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]
