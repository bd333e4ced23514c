"""Which change a name means."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.domain.conclusions import ChangeAlias
from ledger.store.changes import find_changes
from ledger.store.engine import Ledger, open_ledger
from tests.store.changing import change, fill


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Two requests, the first of which holds the work of a third, which was its backport."""
    opened = open_ledger(str(tmp_path_factory.mktemp("named") / "l.db"), create=True)
    fill(opened, [change(1, 1.0), change(12, 2.0)])
    with opened.write() as writing:
        alias = ChangeAlias(alias="R/request:2", change_id="R/request:1")
        writing.replace_derived("change_alias", "R", [alias])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("1", [1]),
        ("#12", [12]),
        ("b12", [12]),
        ("R/request:1", [1]),
        ("R/request:2", [1]),
        ("2", [1]),
        ("!2", [1]),
        ("3", []),
        ("", []),
    ],
)
def test_a_request_is_known_by_its_number_though_it_is_counted_in_another_change(
    ledger: Ledger, name: str, numbers: list[int]
) -> None:
    with ledger.read() as connection:
        assert [row.number for row in find_changes(connection, name)] == numbers
