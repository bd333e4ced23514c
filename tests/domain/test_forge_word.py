"""What the forge says itself, and what it denies."""

from __future__ import annotations

from ledger.domain.forge_facts import Event
from ledger.domain.forge_word import closed_at, denials, last
from tests.domain.building import at, request


def event(kind: str, hours: float, number: int = 7) -> Event:
    return Event(repository_id="R", subject=f"request:{number}", kind=kind, at=at(hours), actor="", verdict="", oid="")


def test_the_last_of_a_kind_counts() -> None:
    assert last([event("closed", 3), event("closed", 5), event("opened", 9)], "closed") == at(5)
    assert last([event("opened", 9)], "closed") is None


def test_a_reopening_undoes_a_close_and_finding_it_open_later_does_too() -> None:
    assert closed_at(request(7, closed=3), []) == at(3)
    assert closed_at(None, [event("closed", 3), event("reopened", 4)]) is None
    assert closed_at(None, [event("reopened", 2), event("closed", 3)]) == at(3)
    assert closed_at(request(7, described=9), [event("closed", 5)]) is None
    assert closed_at(request(7, described=5), [event("closed", 5)]) == at(5)


def test_it_denies_what_is_closed_or_open_and_nothing_that_is_merged() -> None:
    rows = [request(1, closed=3, described=4), request(2, described=5), request(3, merged=2), request(4, described=6)]
    events = [event("merged", 3, 4), event("closed", 8, 2), event("closed", 9, 5)]
    assert denials(rows, events) == {1: at(4), 2: at(8)}
