"""What reached no change is the report's bucket to the nano-USD."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.report import ReconciliationFailed
from ledger.posting.leftovers import find_unattributed
from ledger.posting.reporting import make_report
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.domain.building import at
from tests.gitting import commit
from tests.posting.calling import NOW, made, post_calls


def test_it_is_the_report_s_bucket_by_session_model_branch_and_days(repository: Path) -> None:
    head = commit(repository, "feat: one", at=at(1))
    post_calls(
        repository,
        made("a", hours=0.5, subject=head),  # booked to the commit
        made("b", hours=100, session="lost", branch="gone"),
        made("c", hours=130, session="lost", branch="gone"),
        made("d", hours=100, session="lost", branch="other"),
        made("e", hours=100, session="", branch=""),
        made("f", "claude-haiku-4-5", hours=100, session="lost", branch="gone"),
        made("g", "no-such-model", hours=100, session="lost", branch="gone"),
    )
    ledger = open_ledger(open_workplace(str(repository)).database)
    found, buckets = find_unattributed(ledger), make_report(ledger, NOW).buckets
    assert found.nusd == buckets.unattributed > 0
    assert found.total_nusd == buckets.total > found.nusd
    rows = [row for reason in found.reasons for row in reason.rows]
    assert sum(row.nusd for row in rows) == found.nusd
    assert sum(row.calls for row in rows) == 6
    (both,) = [row for row in rows if row.calls == 2]
    assert (both.session, both.branch, both.first_on, both.last_on) == ("lost", "gone", "2026-03-05", "2026-03-06")
    assert [row.calls_unpriced for row in rows if row.nusd == 0] == [1]
    assert find_unattributed(ledger, "another").reasons == ()
    ledger.close()


def test_sums_that_miss_the_bucket_are_refused(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, "feat: one", at=at(1))
    post_calls(repository, made("b", hours=100, session="lost", branch="gone"))
    ledger = open_ledger(open_workplace(str(repository)).database)
    monkeypatch.setattr("ledger.posting.leftovers.leftovers", lambda *_: [])
    with pytest.raises(ReconciliationFailed, match="reached no change sums to 0"):
        find_unattributed(ledger)
    ledger.close()
