"""What several sources tell of one event is one; what two people did is two."""

from __future__ import annotations

from itertools import permutations

import pytest

from ledger.domain.events import distinct
from ledger.domain.forge_facts import Event
from tests.domain.building import at


def event(kind: str, actor: str = "", verdict: str = "", oid: str = "", hours: float = 1) -> Event:
    return Event(repository_id="R", subject="request:7", kind=kind, at=at(hours), actor=actor, verdict=verdict, oid=oid)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ([event("merged", "ann"), event("merged", oid="c")], [event("merged", "ann", oid="c")]),
        ([event("merged", "ann"), event("merged", "bob")], [event("merged", "bob")]),
        ([event("closed"), event("closed", hours=2)], [event("closed"), event("closed", hours=2)]),
        (
            [event("reviewed", "bob", "approved"), event("reviewed", "ann", "approved")],
            [event("reviewed", "ann", "approved"), event("reviewed", "bob", "approved")],
        ),
        (
            [event("reviewed", "ann", "approved"), event("reviewed", "", "approved")],
            [event("reviewed", "ann", "approved")],
        ),
        ([event("reviewed", "ann", "approved"), event("reviewed")], [event("reviewed", "ann", "approved")]),
        (
            [event("reviewed", "ann", "approved"), event("reviewed", "", "commented")],
            [event("reviewed", "", "commented"), event("reviewed", "ann", "approved")],
        ),
        ([event("reviewed"), event("closed")], [event("closed"), event("reviewed")]),
    ],
)
def test_each_event_is_told_once_in_whichever_order_it_was(told: list[Event], wanted: list[Event]) -> None:
    for order in permutations(told):
        assert list(distinct(order)) == wanted
