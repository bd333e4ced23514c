"""Whatever the facts: every call is booked once, to changes that exist or to none for a reason, and no cent is lost."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.attribution import book
from ledger.domain.changes import identify
from ledger.domain.charges import booked, call_costs
from ledger.domain.conclude import conclude
from ledger.domain.facts import Fact
from ledger.domain.reasons import REMEDIES
from ledger.domain.roles import Roles
from ledger.domain.rules import RULES
from ledger.domain.seen_twice import one_each
from tests.domain.generating import histories_of, ledgers

ALWAYS = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@ALWAYS
@given(ledgers())
def test_every_call_has_one_booking_to_what_exists_or_a_reason(facts: list[Fact]) -> None:
    for history in histories_of(facts):
        identities = identify(history)
        known = {change.id for change in identities}
        bookings = list(book(history, identities))
        assert Counter(row.call.event_key for row in bookings) == Counter(row.event_key for row in history.calls)
        for row in bookings:
            assert known.issuperset(row.changes)
            assert list(row.changes) == sorted(set(row.changes))
            if row.changes:
                assert (row.rule in RULES, row.reason) == (True, "")
            else:
                assert (row.rule, row.reason in REMEDIES) == ("", True)


@ALWAYS
@given(ledgers())
def test_charges_sum_to_calls_in_each_repository(facts: list[Fact]) -> None:
    for history in histories_of(facts):
        found = conclude(history)
        counted = {row.event_key for row in one_each(history.calls).calls}
        costs = [row for row in found.call_cost if row.event_key in counted]
        assert sum(row.nusd for row in found.charge) == sum(row.nusd or 0 for row in costs)
        assert sum(row.calls for row in found.charge) == len(counted)
        assert sum(row.calls_unpriced for row in found.charge) == sum(row.nusd is None for row in costs)
        assert all(row.nusd >= 0 for row in found.charge)
        assert {row.change_id for row in found.charge} <= {"", *(change.id for change in found.change)}
        assert sum(change.nusd for change in found.change) == sum(row.nusd for row in found.charge if row.change_id)


@ALWAYS
@given(ledgers())
def test_a_split_is_even_to_a_nano_usd_and_whole(facts: list[Fact]) -> None:
    for history in histories_of(facts):
        costs = call_costs(history.calls, history.prices)
        shares: dict[str, list[int | None]] = {}
        for part in booked(book(history, identify(history)), costs, Roles(history, {})):
            shares.setdefault(part.booking.call.event_key, []).append(part.nusd)
        for key, parts in shares.items():
            known = [nusd for nusd in parts if nusd is not None]
            assert (sum(known) if known else None) == costs[key].nusd
            assert len(known) in (0, len(parts))
            assert max(known, default=0) - min(known, default=0) <= 1


@ALWAYS
@given(ledgers(), st.randoms(use_true_random=False))
def test_no_conclusion_depends_on_the_order_of_facts(facts: list[Fact], chance: random.Random) -> None:
    turned = chance.sample(facts, len(facts))
    for one, other in zip(histories_of(facts), histories_of(turned), strict=True):
        assert conclude(one) == conclude(replace(other, commits=dict(sorted(other.commits.items()))))
