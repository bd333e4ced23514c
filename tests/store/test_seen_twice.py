"""Rows that name one request are found wherever they are, by both engines, and without reading a table whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger.domain.facts import Place, Repository
from ledger.domain.session_facts import Call
from ledger.store import seen_twice
from ledger.store.engine import Ledger, open_ledger, upgrade_ledger
from tests.domain.building import call
from tests.domain.test_seen_twice import log, told

PLACES = {"/a": "A", "/b": "B", "/nowhere": None, "": None}


def prepared(opened: Ledger) -> Ledger:
    """Two repositories with a directory each, and two directories of nobody."""
    with opened.write() as writing:
        writing.post(Repository(id=each, name=each) for each in "AB")
        writing.post(Place(directory=path, repository_id=owner, worktree=None) for path, owner in PLACES.items())
    return opened


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """In a file."""
    opened = prepared(open_ledger(str(tmp_path / "ledger.db")))
    yield opened
    opened.close()


def post(ledger: Ledger, *calls: Call) -> None:
    with ledger.write() as writing:
        writing.post(calls)


def elsewhere(ledger: Ledger, repository: str = "A") -> list[tuple[str, str | None]]:
    with ledger.read() as connection:
        found = seen_twice.told_elsewhere(connection, repository)
    return [(row.call.event_key, row.repository_id) for row in found]


def dirty(ledger: Ledger) -> set[str]:
    """The repositories whose conclusions are behind; they are taken away, so that the next post is seen alone."""
    with ledger.write() as writing:
        rows = writing.connection.exec_driver_sql("SELECT DISTINCT repository_id FROM dirty").scalars().all()
        writing.connection.exec_driver_sql("DELETE FROM dirty")
    return set(rows)


OTHERS = [
    told("litellm", "chatcmpl-7", request_id="req_00001", directory="/nowhere"),
    told("otlp", "req_00001", request_id="", directory=""),
    told("otlp", "msg_00001", request_id="msg_00001", directory=""),
    told("openrouter", "gen-77777", request_id="msg_00001", directory=""),
]


def seen_from_both_sides(ledger: Ledger, other: Call) -> None:
    """Found from the log's repository and from the gateway's, placed or not."""
    mine = log(directory="/a")
    post(ledger, mine, other, log("2", directory="/a"), told("litellm", "unrelated", directory=""))
    assert elsewhere(ledger) == [(other.event_key, None)]
    post(ledger, replace(other, directory="/b", owner_rank=("", 0, "")))
    assert elsewhere(ledger) == [(other.event_key, "B")]
    assert elsewhere(ledger, "B") == [(mine.event_key, "A")]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.event_key)
def test_what_names_a_request_of_the_repository_is_found_from_both_sides(ledger: Ledger, other: Call) -> None:
    seen_from_both_sides(ledger, other)


def test_a_server_finds_the_same(server_url: str) -> None:
    opened = prepared(upgrade_ledger(server_url))
    seen_from_both_sides(opened, OTHERS[2])
    dirty(opened)
    post(opened, told("otlp", "req_00002", request_id="req_00002", directory=""))
    assert dirty(opened) == {"A"}
    opened.close()


def test_rows_of_the_repository_itself_are_not_elsewhere(ledger: Ledger) -> None:
    post(ledger, log(directory="/a"), told("litellm", "chatcmpl-7", request_id="req_00001", directory="/a"))
    assert elsewhere(ledger) == []


def test_a_row_that_belongs_nowhere_makes_the_repository_dirty_whose_call_it_tells_of(ledger: Ledger) -> None:
    post(ledger, log(directory="/a"), log("2", directory="/b"))
    assert dirty(ledger) == {"A", "B"}
    post(ledger, told("otlp", "req_00001", request_id="req_00001", directory=""))
    assert dirty(ledger) == {"A"}
    post(ledger, told("otlp", "msg_00002", request_id="msg_00002", directory=""))
    assert dirty(ledger) == {"B"}
    post(ledger, told("otlp", "req_00009", request_id="req_00009", directory=""))
    assert dirty(ledger) == set()


def test_a_log_that_comes_later_makes_the_gateway_s_repository_dirty(ledger: Ledger) -> None:
    post(ledger, told("litellm", "chatcmpl-7", request_id="req_00001", directory="/b"))
    dirty(ledger)
    post(ledger, log(directory="/a"))
    assert dirty(ledger) == {"A", "B"}


def test_nothing_is_asked_while_there_are_logs_alone(ledger: Ledger) -> None:
    post(ledger, log(directory="/a"), call("other/1", 0))
    with ledger.read() as connection:
        assert not seen_twice.has_tellers(connection)
    post(ledger, told("cursor", "1/m/2", directory=""))
    with ledger.read() as connection:
        assert seen_twice.has_tellers(connection)


def test_no_table_is_read_whole_to_find_them(ledger: Ledger) -> None:
    post(ledger, log(directory="/a"), told("litellm", "chatcmpl-7", request_id="req_00001", directory=""))
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, sql: str, values: object, *_: object) -> None:
        asked.append((sql, values))

    event.listen(ledger.engine, "before_cursor_execute", note)
    elsewhere(ledger)
    event.remove(ledger.engine, "before_cursor_execute", note)
    with ledger.read() as connection:
        plans = [
            str(step[3])
            for sql, values in asked
            if sql.startswith("SELECT")
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)  # type: ignore[arg-type]
        ]
    assert len(plans) > 10
    assert [plan for plan in plans if plan.startswith("SCAN")] == []
