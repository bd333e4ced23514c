"""A team's ledger on PostgreSQL."""

from __future__ import annotations

import pytest

from ledger.errors import DatabaseUnusable
from ledger.store.engine import open_ledger, upgrade_ledger
from tests.domain.building import call


def test_it_is_made_where_nothing_is(server_url: str) -> None:
    said: list[str] = []
    with pytest.raises(DatabaseUnusable, match="holds no ledger yet; make it with ledger db upgrade"):
        open_ledger(server_url, create=False)
    open_ledger(server_url, say=said.append)
    assert len(said) == 1
    assert said[0].startswith("Making a ledger in postgresql+psycopg://")
    open_ledger(server_url, create=False)


def test_rows_go_in_once(server_url: str) -> None:
    ledger = open_ledger(server_url)
    for count in (3, 2500):
        calls = [call(f"k{count}/{n}", n / 100, directory="/r") for n in range(count)]
        for new in (count, 0):
            with ledger.write() as writing:
                assert writing.post(calls).new == new
    upgrade_ledger(server_url)
