"""A user's SQL reads, and does nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.store.engine import Ledger, open_ledger
from ledger.store.query import query


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(str(tmp_path / "ledger.db"))


def test_it_answers(ledger: Ledger) -> None:
    answer = query(ledger, "SELECT 1 AS one, :word AS word", {"word": "x"})
    assert (answer.columns, answer.rows) == (("one", "word"), ((1, "x"),))


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM call",
        "INSERT INTO ledger_meta VALUES ('a', 'b')",
        "DROP VIEW changes",
        "CREATE TABLE t (x)",
        "ATTACH DATABASE '/etc/passwd' AS x",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = 1",
        "SELECT load_extension('x')",
        "VACUUM INTO '/tmp/copy.db'",
        "WITH x AS (SELECT 1) DELETE FROM call",
        "SELECT 1; DELETE FROM call",
        "BEGIN",
        "SELEC nonsense",
        "SELECT * FROM nowhere",
    ],
)
def test_whatever_is_not_reading_is_refused_in_a_sentence(ledger: Ledger, sql: str) -> None:
    with pytest.raises(LedgerError) as error:
        query(ledger, sql)
    assert str(error.value).endswith(".")


def test_it_gives_up_in_time(ledger: Ledger) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"
    with pytest.raises(LedgerError, match=r"longer than 0\.2 seconds"):
        query(ledger, endless, seconds=0.2)
