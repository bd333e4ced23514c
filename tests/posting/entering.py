"""Entries in short, and what the ledger says once they are posted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from ledger.domain.facts import KINDS
from ledger.entries import fact_id
from ledger.posting.update import Posted
from ledger.store import reads
from ledger.store.engine import Ledger
from tests.gitting import WHEN, commit, git

NAME = "github.com/owner/name"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
Post = Callable[..., Posted]
Line = dict[str, Any] | str


def with_remote(path: Path, name: str) -> None:
    commit(path, "first", {"file": name}, at=WHEN)
    git(path, "remote", "add", "origin", f"https://{name}.git")


def another(tmp_path: Path, name: str) -> Path:
    path = tmp_path / name.rpartition("/")[2]
    path.mkdir()
    git(path, "init", "-q", "-b", "main")
    with_remote(path, name)
    return path


def entry(kind: str, repository: str = NAME, /, **body: object) -> dict[str, Any]:
    return {"v": 1, "kind": kind, "repository": [repository] if repository else [], "body": body}


def statement(repository: str = NAME, **changed: object) -> dict[str, Any]:
    row = {
        "change": "41",
        "model": "claude-opus-4-8",
        "agent": "claude-code",
        "role": "implement",
        "task_type": "feat",
        "opened": "2026-03-01",
        "decided": "2026-03-03",
        "outcome": "accepted",
        "cost": "2.40",
    }
    return entry("statement", repository, **{**row, **changed})


def retraction(gone: str) -> dict[str, Any]:
    return {"v": 1, "kind": "retract", "body": {"id": gone}}


def rows(ledger: Ledger, sql: str) -> list[tuple[Any, ...]]:
    with ledger.read() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def ids(ledger: Ledger, *kinds: str) -> list[str]:
    with ledger.read() as connection:
        return [fact_id(fact) for kind in kinds for fact in reads.facts(connection, kind)]


def everything(ledger: Ledger) -> dict[str, list[Any]]:
    with ledger.read() as connection:
        return {kind: list(reads.facts(connection, kind)) for kind in [*KINDS, "change", "charge", "attempt"]}


def in_step(ledger: Ledger) -> int:
    """Nano-USD of all calls, after proof that the buckets sum to it."""
    buckets = dict(rows(ledger, "SELECT bucket, nusd FROM reconciliation"))
    total: int = buckets.pop("all calls")
    assert sum(buckets.values()) == total
    return total
