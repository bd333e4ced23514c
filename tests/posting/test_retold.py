"""Three generations of forks, posted in every order and in any number of goes, end in the same ledger."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from ledger.store.schema import tables
from tests.gitting import WHEN, commit
from tests.posting.calling import NOW
from tests.sources.test_codex import three_generations

TABLES = ("call", "session", "session_parent", "call_cost", "charge", "call_sum", "change", "attempt")


def contents(database: Path) -> dict[str, list[tuple[object, ...]]]:
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        found = {name: sorted(map(tuple, connection.execute(select(tables[name]))), key=repr) for name in TABLES}
    ledger.close()
    return found


@pytest.fixture
def begun(repository: Path) -> Path:
    commit(repository, "first", at=WHEN)
    return repository


@pytest.fixture
def files(tmp_path: Path, begun: Path) -> list[bytes]:
    """The rollouts of a parent, its fork and the fork's fork, all made in the repository."""
    paths = three_generations(tmp_path / "family")
    return [path.read_text().replace("/work/repo", str(begun)).encode() for path in paths]


def posted(begun: Path, home: Path, files: list[bytes], order: tuple[int, ...], goes: int) -> Path:
    """The database after the files came one by one, each in so many pieces."""
    database = home / "ledger.db"
    (home / ".codex/sessions").mkdir(parents=True)
    ledger = open_ledger(str(database))
    workplace = open_workplace(str(begun), database=str(database))
    workplace = replace(workplace, environ={**workplace.environ, "CODEX_HOME": str(home / ".codex")})
    for number in order:
        for go in range(1, goes + 1):
            part = files[number][: len(files[number]) * go // goes]
            (home / f".codex/sessions/rollout-{number}.jsonl").write_bytes(part)
            update(workplace, ledger, now=NOW, sources=("commits", "codex"))
    ledger.close()
    return database


def test_every_order_ends_in_the_same_ledger(begun: Path, files: list[bytes], tmp_path: Path) -> None:
    wanted = contents(posted(begun, tmp_path / "all", files, (0, 1, 2), 1))
    assert len(wanted["call"]) == 3 + 5 + 6
    for order in list(permutations(range(3)))[1:]:
        assert contents(posted(begun, tmp_path / "-".join(map(str, order)), files, order, 1)) == wanted, order


def test_the_unluckiest_order_in_pieces_ends_alike(begun: Path, files: list[bytes], tmp_path: Path) -> None:
    wanted = contents(posted(begun, tmp_path / "all", files, (0, 1, 2), 1))
    assert contents(posted(begun, tmp_path / "pieces", files, (2, 1, 0), 3)) == wanted


def test_each_call_of_a_family_counts_once(begun: Path, files: list[bytes], tmp_path: Path) -> None:
    database = posted(begun, tmp_path / "all", files, (2, 1, 0), 1)
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        ((calls, nusd),) = connection.exec_driver_sql("SELECT SUM(calls), SUM(nusd) FROM call_sum").all()
        left_out = connection.exec_driver_sql("SELECT COUNT(*) FROM call_cost WHERE match = 'joined'").scalar()
    ledger.close()
    assert (calls, left_out) == (6, 8)
    assert nusd > 0
