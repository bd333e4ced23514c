"""What an entry takes back, by the id that was written once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.forge_facts import Event
from ledger.domain.retractions import Withdrawn
from ledger.entries import fact_id
from ledger.posting.withdrawing import is_gone
from tests.domain.building import at

EVENT = Event(repository_id="R", subject="request:7", kind="reviewed", at=at(1), actor="ann", verdict="", oid="")


@pytest.mark.parametrize(
    ("named", "gone"), [("ann", ["ann"]), ("bob", ["bob"]), ("", ["ann", "bob", ""])], ids=["one", "other", "nobody"]
)
def test_an_event_is_taken_back_by_its_id_and_by_the_one_without_whose_it_was(named: str, gone: list[str]) -> None:
    taken = Withdrawn(ids=frozenset({fact_id(replace(EVENT, actor=named))}))
    events = [replace(EVENT, actor=actor) for actor in ("ann", "bob", "")]
    assert [event.actor for event in events if is_gone(event, taken)] == gone
    assert not is_gone(replace(EVENT, at=at(2)), taken)
