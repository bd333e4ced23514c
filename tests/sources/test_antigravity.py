"""Antigravity's files: what can be read is, what cannot is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.domain.facts import Place
from ledger.domain.session_facts import Session
from ledger.sources.antigravity import find_roots, read
from tests.domain.test_antigravity import encode, usage
from tests.sources.reading import buckets, cursors, merged, skips


def conversation(folder: Path, *rows: bytes, name: str = "c1") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS gen_metadata(idx INTEGER PRIMARY KEY, data BLOB)")
        connection.execute("CREATE TABLE IF NOT EXISTS trajectory_metadata_blob(id TEXT PRIMARY KEY, data BLOB)")
        place = encode((1, encode((1, "file:///work/repo"))))
        connection.execute("INSERT OR REPLACE INTO trajectory_metadata_blob VALUES ('t', ?)", [place])
        connection.executemany("INSERT OR REPLACE INTO gen_metadata VALUES (?, ?)", list(enumerate(rows)))
    connection.close()
    return path


def facts(folder: Path, known: Mapping[str, str] | None = None) -> list[Any]:
    return list(read([folder], known or {}, str))


def test_a_conversation_s_calls_its_place_and_its_session(tmp_path: Path) -> None:
    conversation(tmp_path, usage(), usage(response="r2"))
    rows = facts(tmp_path)
    assert buckets(merged(rows).values()) == {**buckets([]), "calls": 2, "input": 300, "cache_read": 24, "output": 50,
                                              "reasoning": 10}  # fmt: skip
    assert [each.directory for each in rows if isinstance(each, Place)] == ["/work/repo"]
    assert [(each.id, each.agent) for each in rows if isinstance(each, Session)] == [("c1", "antigravity")]


def test_a_grown_conversation_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    conversation(tmp_path, usage())
    first = facts(tmp_path)
    assert facts(tmp_path, cursors(first)) == []
    conversation(tmp_path, usage(), usage(response="r2"))
    assert len(merged(facts(tmp_path, cursors(first)), merged(first))) == 2


def test_a_response_in_two_variants_is_one_call(tmp_path: Path) -> None:
    conversation(tmp_path / "a", usage())
    conversation(tmp_path / "b", usage(), name="c2")
    assert len(merged([*facts(tmp_path / "a"), *facts(tmp_path / "b")])) == 1


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    conversation(tmp_path, usage(), b"\xff\xff", usage(response="r3", timed=False))
    (tmp_path / "old.pb").write_bytes(b"sealed")
    (tmp_path / "broken.db").write_text("no database")
    with sqlite3.connect(tmp_path / "later.db") as connection:
        connection.execute("CREATE TABLE other(x)")
    connection.close()
    rows = facts(tmp_path)
    assert len(merged(rows)) == 1
    assert sorted((each.what, each.why[:24]) for each in skips(rows)) == [
        ("file", "1 conversation of a seal"),
        ("file", "It could not be read (fi"),
        ("file", "Its tables are of a vers"),
        ("row", "2 rows without a readabl"),
    ]


def test_each_variant_is_found(tmp_path: Path) -> None:
    wanted = [tmp_path / ".gemini" / name / "conversations" for name in ("antigravity-cli", "antigravity-ide")]
    for folder in wanted:
        folder.mkdir(parents=True)
    assert find_roots({"HOME": str(tmp_path)}) == wanted


def test_a_row_without_an_index_is_read_and_breaks_nothing(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "c1.db") as connection:
        connection.execute("CREATE TABLE gen_metadata(idx, data BLOB)")
        connection.executemany("INSERT INTO gen_metadata VALUES (?, ?)", [(None, usage()), ("x", usage(response="r2"))])
    connection.close()
    assert len(merged(facts(tmp_path))) == 2
