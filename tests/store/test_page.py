"""What only a page asks of the store: the days add up to the reconciliation, and retries are those of the view."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from ledger.domain.page import Loop, looped
from ledger.posting.reporting import make_report
from ledger.store import figures, loops, page
from ledger.store.engine import Ledger
from tests.store.test_figures import ALL, NOW, ledger

__all__ = ["ledger"]


def asked(opened: Ledger, sql: str) -> list[tuple[Any, ...]]:
    with opened.read() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def retries(connection: Connection, moment: datetime, part: figures.Slice, credit: str = "lead") -> tuple[Loop, ...]:
    return looped(loops.retry_sums(connection, moment, part, "task_type", credit=credit), is_cost_told=True)


def test_the_days_add_up_to_each_bucket(ledger: Ledger) -> None:
    found = Counter[str]()
    with ledger.read() as connection:
        rows = page.spent_by_day(connection, NOW, ALL)
    for _, bucket, nusd in rows:
        found[bucket] += nusd
    buckets = dict(asked(ledger, "SELECT bucket, nusd FROM reconciliation"))
    assert found["rejected"]
    assert found["accepted"]
    assert found["unattributed"]
    assert sum(found.values()) == buckets.pop("all calls")
    assert {name: nusd for name, nusd in found.items() if nusd} == {
        name: nusd for name, nusd in buckets.items() if nusd
    }
    assert len({day for day, *_ in rows}) > 3


def test_another_repository_spent_nothing_here(ledger: Ledger) -> None:
    elsewhere = figures.Slice(repository_id="other")
    with ledger.read() as connection:
        assert page.spent_by_day(connection, NOW, elsewhere) == []
        assert retries(connection, NOW, elsewhere) == ()
        mine = figures.Slice(repository_id="R")
        assert sorted(page.spent_by_day(connection, NOW, mine)) == sorted(page.spent_by_day(connection, NOW, ALL))


def test_what_is_judged_earlier_was_not_decided_yet(ledger: Ledger) -> None:
    with ledger.read() as connection:
        early = page.spent_by_day(connection, datetime(2026, 1, 1, tzinfo=UTC), ALL)
        assert retries(connection, datetime(2026, 1, 1, tzinfo=UTC), ALL) == ()
    assert {bucket for _, bucket, _ in early} & {"accepted", "rejected"} == set()


def test_retries_are_those_of_the_view_over_all_types(ledger: Ledger) -> None:
    names = "decided, accepted, attempts, failed_runs, failed_attempts, cost_failed_attempts_usd"
    wanted: dict[tuple[str, str | None], list[float]] = {}
    for basis, model, *counts in asked(ledger, f"SELECT basis, model, {names} FROM retry_loops"):  # noqa: S608 - names of ours
        mine = wanted.setdefault((basis, model), [0.0] * len(counts))
        wanted[basis, model] = [one + other for one, other in zip(mine, counts, strict=True)]
    with ledger.read() as connection:
        found = retries(connection, NOW, ALL)
    assert len(found) > 1
    assert any(loop.failed_attempts for loop in found)
    for loop in found:
        counts = [*astuple(loop)[2:7], (loop.failed_nusd or 0) / 1e9]
        assert counts == pytest.approx(wanted[loop.basis, loop.model]), loop.model
    assert len(found) == len(wanted)


@pytest.mark.parametrize("credit", ["lead", "own", "first", "lineup"])
def test_retries_count_each_decided_change_once_whoever_is_credited(ledger: Ledger, credit: str) -> None:
    ((decided,),) = asked(ledger, "SELECT SUM(decided) FROM retry_loops")
    with ledger.read() as connection:
        found = retries(connection, NOW, ALL, credit)
        leading = retries(connection, NOW, ALL)
    assert sum(loop.decided for loop in found) == decided
    assert (sorted(found, key=repr) == sorted(leading, key=repr)) == (credit in ("lead", "own"))


def test_only_changes_opened_in_the_slice_were_retried_there(ledger: Ledger) -> None:
    with ledger.read() as connection:
        found = retries(connection, NOW, figures.Slice(since=NOW - timedelta(days=1)))
    assert found == ()


def test_a_report_for_a_screen_does_not_ask_for_it(ledger: Ledger) -> None:
    assert make_report(ledger, NOW).page is None
