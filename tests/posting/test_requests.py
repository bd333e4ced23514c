"""Outcomes that follow from imported requests; files in any order, partial and of different age, end in one ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.reading import Named
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import Ledger, open_ledger
from tests.domain.requesting import gh, rest
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW

Rows = Sequence[dict[str, Any]]


@pytest.fixture
def clone(repository: Path) -> Path:
    commit(repository, "root", at=WHEN)
    git(repository, "remote", "add", "origin", "https://github.com/owner/name.git")
    return repository


def posted(clone: Path, database: Path, lists: Iterable[Rows]) -> Ledger:
    """A ledger of the clone that read these lists one after the other."""
    workplace, ledger = open_workplace(str(clone), database=str(database)), open_ledger(str(database))
    for number, rows in enumerate(lists):
        path = database.with_suffix(f".{number}.json")
        path.write_text(json.dumps(rows))
        update(workplace, ledger, now=NOW, sources=("commits",), named={"requests": Named((str(path),))})
    return ledger


def outcomes(clone: Path, database: Path, *lists: Rows) -> dict[int, tuple[Any, ...]]:
    """Request → state, how it landed, whether the forge was heard, whether it is a draft."""
    ledger = posted(clone, database, lists)
    sql = "SELECT number, state, landed_by, is_forge_known, is_draft FROM change WHERE number IS NOT NULL"
    with ledger.read() as connection:
        found = {row[0]: (row[1], row[2], bool(row[3]), bool(row[4])) for row in connection.exec_driver_sql(sql)}
    ledger.close()
    return found


def test_what_became_of_each_request(clone: Path, tmp_path: Path) -> None:
    landed = commit(clone, "feat: x (#1)", at=WHEN)
    commit(clone, "feat: unheard (#9)", at=WHEN)
    rows = [
        gh(1, "MERGED", mergeCommit={"oid": landed}),
        gh(2, "CLOSED"),
        gh(3, isDraft=True),
        gh(4, "MERGED", baseRefName="release-1"),
        gh(5, "MERGED", mergeCommit=None),
    ]
    assert outcomes(clone, tmp_path / "l.db", rows) == {
        1: ("landed", "squash", True, False),
        2: ("closed", None, True, False),
        3: ("undecided", None, True, True),
        4: ("undecided", None, True, False),
        5: ("landed", None, True, False),
        9: ("landed", "squash", False, False),
    }


def test_a_request_that_is_found_open_again_was_reopened(clone: Path, tmp_path: Path) -> None:
    lists = ([gh(7, "CLOSED", day=2)], [gh(7, "OPEN", day=4)])
    for number, order in enumerate(permutations(lists)):
        assert outcomes(clone, tmp_path / f"{number}.db", *order)[7][0] == "undecided"
    again = [gh(7, "CLOSED", day=6)]
    for number, order in enumerate(permutations((*lists, again))):
        assert outcomes(clone, tmp_path / f"again-{number}.db", *order)[7][0] == "closed"


def test_lists_in_any_order_end_in_the_same_ledger(clone: Path, tmp_path: Path) -> None:
    """An old list, a newer one of fewer fields and fewer requests, and a webhook of what came between them."""
    review = {"author": {"login": "bob"}, "submittedAt": "2026-03-02T10:00:00Z", "state": "APPROVED", "commit": None}
    old = [gh(7, day=2, commits=[{"oid": "a" * 40}], reviews=[review]), gh(8, "CLOSED", day=3)]
    short = [
        {name: row[name] for name in ("number", "createdAt", "updatedAt", "mergedAt", "closedAt", "state")}
        for row in (gh(7, "CLOSED", day=6), gh(9, "MERGED", day=5))
    ]
    closed = {
        "action": "closed",
        "pull_request": rest(7, updated_at="2026-03-06T09:00:00Z", closed_at="2026-03-06T09:00:00Z", labels=[]),
        "sender": {"login": "eve"},
        "repository": {},
    }
    found = set[str]()
    for number, order in enumerate(permutations((old, short, [closed]))):
        ledger = posted(clone, tmp_path / f"{number}.db", (*order, order[0]))
        with ledger.read() as connection:
            rows = [
                *connection.exec_driver_sql("SELECT * FROM request ORDER BY number"),
                *connection.exec_driver_sql("SELECT * FROM event ORDER BY subject, kind, at, actor"),
                *connection.exec_driver_sql("SELECT * FROM change ORDER BY id"),
            ]
        found.add(repr(rows))
        ledger.close()
    (only,) = found
    assert all(word in only for word in ("topic", "a" * 40, "approved"))
