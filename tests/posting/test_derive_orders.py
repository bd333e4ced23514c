"""The same ledger, in whatever order and in however many goes the facts come, over a real database."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from ledger.domain.conclusions import DERIVED
from ledger.domain.facts import Fact, Place, Repository
from ledger.domain.report import ReconciliationFailed
from ledger.domain.session_facts import Call
from ledger.posting.derive import derive_dirty
from ledger.posting.reporting import make_report
from ledger.reports.json import as_object
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger
from tests.domain.building import at, call, prices
from tests.domain.generating import REPOSITORIES, ledgers

FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make a failing ledger smaller takes minutes
)
_count = iter(range(10**6))


def posted(folder: Path, goes: Iterable[Sequence[Fact]], *, deriving: bool) -> Ledger:
    """A ledger that was posted to in these goes, with conclusions drawn after each or only at the end."""
    ledger = open_ledger(str(folder / f"{next(_count)}.db"))
    with ledger.write() as writing:
        writing.set_time("posted_at", at(99))
    for facts in goes:
        with ledger.write() as writing:
            writing.post(facts)
        if deriving:
            derive_dirty(ledger, "R")
    derive_dirty(ledger, "R")
    return ledger


def concluded(ledger: Ledger) -> dict[str, set[Any]]:
    with ledger.read() as connection:
        return {kind: set(reads.facts(connection, kind)) for kind in DERIVED}


def copied(facts: Sequence[Fact], chance: random.Random) -> list[Fact]:
    """The facts, with an earlier copy of some calls elsewhere: a resumed session tells them again."""
    calls = [fact for fact in facts if isinstance(fact, Call) and chance.random() < 0.3]
    return [*facts, *(_earlier(row, chance.choice(["/r", "/s", "/nowhere"])) for row in calls)]


def _earlier(row: Call, directory: str) -> Call:
    before = row.at - timedelta(hours=1)
    return replace(
        row, directory=directory, at=before, owner_rank=(before.isoformat(), 0, row.session), best_rank=(0, 0, "", "")
    )


def divided(facts: Sequence[Fact], chance: random.Random) -> list[list[Fact]]:
    """The facts in another order and several goes; some of them twice."""
    turned = chance.sample(facts, len(facts))
    goes: list[list[Fact]] = [[] for _ in range(chance.randint(1, 4))]
    for fact in turned:
        chance.choice(goes).append(fact)
    return [*goes, chance.sample(turned, len(turned) // 4)]


@FEW
@given(facts=ledgers(), chance=st.randoms(use_true_random=False))
def test_the_order_and_number_of_posts_change_nothing(facts: list[Fact], chance: random.Random, tmp_path: Path) -> None:
    everything = copied(facts, chance)
    once = posted(tmp_path, [everything], deriving=False)
    often = posted(tmp_path, divided(everything, chance), deriving=True)
    assert concluded(often) == concluded(once)
    for ledger in (once, often):
        ledger.close()


@FEW
@given(facts=ledgers(), chance=st.randoms(use_true_random=False))
def test_the_report_of_each_repository_and_of_all_reconciles_to_the_nano(
    facts: list[Fact], chance: random.Random, tmp_path: Path
) -> None:
    ledger = posted(tmp_path, divided(facts, chance), deriving=True)
    totals = []
    for name in (*REPOSITORIES, None):
        said = as_object(make_report(ledger, at(9999), repository_id=name))["reconciliation"]
        assert said["difference_usd"] == "0.00"
        assert sum(Decimal(usd) for usd in said["buckets"].values()) == Decimal(said["total_usd"])
        totals.append(Decimal(said["total_usd"]))
    assert totals[-1] == sum(totals[:-1])
    _views_agree(ledger)
    ledger.close()


def _views_agree(ledger: Ledger) -> None:
    with ledger.read() as connection:
        buckets: dict[str, int] = dict(_asked(connection, "SELECT bucket, nusd FROM reconciliation"))
        by_rule: dict[str, int] = dict(_asked(connection, "SELECT bucket, SUM(nusd) FROM attribution GROUP BY bucket"))
        shares = [row[0] for row in _asked(connection, "SELECT share FROM attribution")]
    total = buckets.pop("all calls")
    assert {name: nusd for name, nusd in buckets.items() if nusd} == {
        name: by_rule[name] for name in by_rule if by_rule[name]
    }
    assert sum(buckets.values()) == total
    assert not total or sum(shares) == pytest.approx(1)


def _asked(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(sql))]


def one_call(folder: Path) -> Ledger:
    rows = [replace(call("k", 1, branch="gone"), directory="repository:R", source="litellm")]
    place = Place(directory="repository:R", repository_id="R", worktree=None)
    return posted(folder, [[Repository(id="R", name="R"), place, *rows, *prices(rows)]], deriving=False)


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE charge SET nusd = nusd + 5000000",
        "UPDATE charge SET nusd = nusd - 1",
        "DELETE FROM charge",
        "UPDATE call_sum SET nusd = nusd + 5000000",
        "UPDATE charge SET change_id = 'R/branch:nobody@x', reason = ''",
    ],
)
def test_a_report_whose_parts_miss_the_total_is_not_shown(tmp_path: Path, fault: str) -> None:
    ledger = one_call(tmp_path)
    make_report(ledger, at(9999))
    with ledger.write() as writing:
        writing.connection.exec_driver_sql(fault)
    for name in ("R", None):
        with pytest.raises(ReconciliationFailed, match=r"miss the total of all calls by -?0\.0"):
            make_report(ledger, at(9999), repository_id=name)
    ledger.close()
