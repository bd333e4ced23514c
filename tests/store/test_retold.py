"""What an agent tells once more in another repository is found there, by both engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.domain.session_facts import Call, SessionParent
from ledger.entries import fact_id, retraction
from ledger.store import retold
from ledger.store.engine import Ledger, open_ledger, upgrade_ledger
from tests.domain.test_retold import copilot, forked, metered
from tests.store.test_seen_twice import dirty, post, prepared


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """In a file, with the repositories A and B in the directories /a and /b."""
    opened = prepared(open_ledger(str(tmp_path / "ledger.db")))
    yield opened
    opened.close()


def placed(directory: str, *calls: Call) -> list[Call]:
    return [replace(call, directory=directory) for call in calls]


def tell(ledger: Ledger, *parents: SessionParent) -> None:
    with ledger.write() as writing:
        writing.post(parents)


def found(ledger: Ledger, repository: str, calls: Sequence[Call], *parents: SessionParent) -> list[tuple[str, object]]:
    with ledger.read() as connection:
        rows = retold.retold_elsewhere(connection, repository, calls, parents)
    return [(row.call.event_key, row.repository_id) for row in rows]


def test_a_family_s_rows_in_other_places_are_found(ledger: Ledger) -> None:
    mine = placed("/a", metered("c", "0"), metered("c", "1"))
    post(ledger, *mine, *placed("/b", metered("p", "0")), *placed("/nowhere", metered("g", "0"), metered("x", "0")))
    parents = (forked("c", "p"), forked("g", "c"))
    assert found(ledger, "A", mine, *parents) == [("codex/g#0", None), ("codex/p#0", "B")]
    assert found(ledger, "A", mine) == []


def test_requests_of_a_session_that_moved_on_are_found(ledger: Ledger) -> None:
    mine = placed("/a", copilot("0"), copilot("0", "other"))
    post(ledger, *mine, *placed("/b", copilot("event/7")), *placed("/a", copilot("event/8", "other")))
    assert found(ledger, "A", mine) == [("copilot-cli/s/event/7", "B")]


def test_the_repositories_that_a_post_may_change_are_dirty(ledger: Ledger) -> None:
    dirty(ledger)
    post(ledger, *placed("/a", metered("c", "0")))
    assert dirty(ledger) == {"A"}
    tell(ledger, forked("c", "p"))
    assert dirty(ledger) == {"A"}
    post(ledger, *placed("/b", metered("p", "0")))
    assert dirty(ledger) == {"A", "B"}
    post(ledger, *placed("/b", metered("z", "0")))
    assert dirty(ledger) == {"B"}
    post(ledger, *placed("/a", copilot("0")))
    dirty(ledger)
    post(ledger, *placed("/b", copilot("event/7")))
    assert dirty(ledger) == {"A", "B"}


def test_a_parent_told_late_makes_the_whole_family_dirty(ledger: Ledger) -> None:
    post(ledger, *placed("/a", metered("p", "0")), *placed("/b", metered("g", "0")))
    tell(ledger, forked("g", "c"))
    dirty(ledger)
    tell(ledger, forked("c", "p"))
    assert dirty(ledger) == {"A", "B"}


def test_a_family_is_found_from_any_of_its_members(ledger: Ledger) -> None:
    parents = (forked("b", "a"), forked("c", "b"), forked("d", "a"), forked("y", "x"))
    tell(ledger, *parents)
    with ledger.read() as connection:
        assert [retold.families(connection, [each]) for each in "abcd"] == [parents[:3]] * 4
        assert retold.families(connection, ["", "z"]) == ()


def test_calls_elsewhere_are_told_once(ledger: Ledger) -> None:
    rows = [metered("p", "0"), metered("c", "0"), metered("c", "1"), metered("d", "0")]
    here, *there = (replace(row, agent="codex") for row in rows)
    post(ledger, *placed("/a", here), *placed("/nowhere", *there))
    tell(ledger, forked("c", "p"))
    with ledger.read() as connection:
        assert [call.event_key for call in retold.counted_elsewhere(connection, ["codex"])] == [
            "codex/c#1",
            "codex/d#0",
        ]


def test_a_call_elsewhere_that_was_taken_back_has_no_share_in_a_seat(ledger: Ledger) -> None:
    rows = [replace(metered(name, "0"), agent="codex") for name in ("p", "q")]
    post(ledger, *placed("/nowhere", *rows))
    with ledger.write() as writing:
        writing.post([retraction(fact_id(rows[0]))])
    with ledger.read() as connection:
        assert [call.event_key for call in retold.counted_elsewhere(connection, ["codex"])] == ["codex/q#0"]


def test_a_server_finds_the_same(server_url: str) -> None:
    opened = prepared(upgrade_ledger(server_url))
    mine = placed("/a", metered("c", "0"), copilot("0"))
    post(opened, *mine, *placed("/b", metered("p", "0"), copilot("event/7")))
    dirty(opened)
    tell(opened, forked("c", "p"))
    assert dirty(opened) == {"A", "B"}
    assert found(opened, "A", mine, forked("c", "p")) == [("codex/p#0", "B"), ("copilot-cli/s/event/7", "B")]
    opened.close()
