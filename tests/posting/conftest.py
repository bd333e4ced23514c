"""What the tests of posted entries start from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.reading import Named
from ledger.posting.update import Posted, update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import Ledger, open_ledger
from tests.posting.entering import NAME, NOW, Line, Post, with_remote


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path / "ledger.db"))
    yield opened
    opened.close()


@pytest.fixture
def post(repository: Path, ledger: Ledger, tmp_path: Path) -> Post:
    """Posts lines of entries to the ledger from a repository with a remote, unless another is given."""
    with_remote(repository, NAME)
    file = tmp_path / "rows.jsonl"

    def posting(*lines: Line, where: Path = repository) -> Posted:
        file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in lines))
        workplace = open_workplace(str(where), database=str(tmp_path / "ledger.db"))
        return update(workplace, ledger, now=NOW, sources=("commits",), named={"entries": Named((str(file),))})

    return posting
