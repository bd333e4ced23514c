"""From the ledger's sums to a report: its first line and its tables are about the same changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.domain.conclusions import CallSum, ChangeSpend
from ledger.domain.report import Report
from ledger.domain.sums import Spending
from ledger.posting.reporting import make_report
from ledger.store.engine import Ledger, open_ledger
from tests.store.changing import NOW, OPENED, change, charge, fill

NANO = 10**9
LATER = OPENED + timedelta(days=30)
EARLY = [change(number, 2.0) for number in range(4)]
LATE = [change(number, 5.0, opened_at=LATER, lead_model="sonnet") for number in range(4, 6)]
LOST = {OPENED: 1.0, LATER: 3.0}
"""When → USD that reached no change."""


def called(day: datetime, model: str, calls: int, usd: float) -> CallSum:
    nothing = dict.fromkeys(("calls_unpriced", "calls_placeholder", "calls_reported", "calls_duplicate"), 0)
    nusd = round(usd * NANO)
    return CallSum(
        repository_id="R", occurred_on=f"{day:%Y-%m-%d}", agent="claude-code", model_raw=model, calls=calls,
        nusd=nusd, list_nusd=nusd, **nothing,
    )  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Four changes that opus led at $2 each, a half of it haiku's; a month later two of sonnet's at $5."""
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    fill(opened, [*EARLY, *LATE])
    booked = [charge(row) for row in (*EARLY, *LATE)]
    for at, usd in LOST.items():
        lost = replace(booked[0], id=f"lost {at}", change_id="", first_at=at, nusd=round(usd * NANO))
        booked.append(replace(lost, list_nusd=lost.nusd))
    shared = [(row, model, row.nusd // 2) for row in EARLY for model in ("opus", "haiku")]
    spends = [*shared, *((row, "sonnet", row.nusd) for row in LATE)]
    made = [called(OPENED, "opus", 5, 5), called(OPENED, "haiku", 8, 4), called(LATER, "sonnet", 5, 10)]
    with opened.write() as writing:
        writing.replace_derived("charge", "R", booked)
        writing.replace_derived("call_sum", "R", [*made, called(LATER, "opus", 1, 3)])
        writing.replace_derived("change_spend", "R", [spend(row.id, model, nusd) for row, model, nusd in spends])
    yield opened
    opened.close()


def spend(change_id: str, model: str, nusd: int) -> ChangeSpend:
    return ChangeSpend(
        change_id=change_id, model=model, agent="claude-code", role="implement", calls=1, calls_unpriced=0, nusd=nusd
    )


def report(ledger: Ledger, as_of: datetime = NOW, **asked: Any) -> Report:
    return make_report(ledger, as_of, repository_id="R", **asked)


def spent(found: Report) -> tuple[float, float]:
    return found.spending.total / NANO, found.spending.lost / NANO


def test_without_a_time_it_is_all_calls(ledger: Ledger) -> None:
    found = report(ledger)
    assert spent(found) == (found.buckets.total / NANO, found.buckets.unattributed / NANO) == (22.0, 4.0)
    assert found.spends == ()


def test_a_time_has_its_own_spend_and_tells_what_was_others(ledger: Ledger) -> None:
    first = report(ledger, until=LATER)
    assert spent(first) == (9.0, 1.0)
    assert first.headline.startswith("opus alone led changes: $9.00 spent, of it $4.00 by haiku, ")
    assert "11% of the spend reached no change; the dearest change cost $2.00 (change 0)" in first.headline
    second = report(ledger, since=LATER)
    assert spent(second) == (13.0, 3.0)
    assert second.headline.startswith("sonnet alone led changes: $13.00 spent, of it $3.00 by opus, "), "what it lost"
    assert first.buckets == second.buckets, "the reconciliation is of all time"


def test_an_earlier_day_knows_of_nothing_that_was_spent_later(ledger: Ledger) -> None:
    then = report(ledger, OPENED + timedelta(days=5))
    assert spent(then) == (9.0, 1.0)
    assert then.headline == report(ledger, until=LATER).headline
    assert report(ledger, OPENED - timedelta(days=5)).headline == (
        "No change in which a model had a part was opened by 2026-02-24."
    )


def test_every_way_of_telling_it_is_the_same_spend(ledger: Ledger) -> None:
    asked = {"since": LATER - timedelta(days=40), "until": LATER}
    ways: list[dict[str, Any]] = [{"credit": "own"}, {"credit": "lineup"}, {"whom": "family"}, {"cost": "list"}]
    assert {spent(report(ledger, **asked, **way)) for way in ways} == {(9.0, 1.0)}
    assert spent(report(ledger, only=(("model", ("sonnet",)),))) == (10.0, 0.0), "what reached no change was not chosen"


def test_a_call_costs_what_its_own_model_s_calls_do(ledger: Ledger) -> None:
    assert report(ledger, until=LATER).spending.per_call == {"opus": 1.0, "haiku": 0.5}
    assert report(ledger).spending.per_call == pytest.approx({"opus": 8 / 6, "haiku": 0.5, "sonnet": 2.0})
    assert report(ledger, credit="first").spending.per_call == report(ledger).spending.per_call
    assert report(ledger, cost="list").spending.per_call == report(ledger).spending.per_call
    assert report(ledger, cost="billed").spending.per_call == {}, "of bills the sums of calls do not tell"
    assert report(ledger, whom="agent").spending.per_call == pytest.approx({"claude-code": 22 / 19})
    assert Spending().per_call == {}
