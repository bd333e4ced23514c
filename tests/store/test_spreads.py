"""Groups over several repositories: the sums are the same, and how the repositories differ is what it is by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import astuple, replace
from math import log, sqrt

import pytest

from ledger.domain.clusters import spread_over
from ledger.domain.conclusions import Change
from ledger.domain.student import t_quantile
from ledger.posting.reporting import make_report
from ledger.store.engine import Ledger, open_ledger
from ledger.store.figures import Slice, group_sums
from ledger.store.fragments import JUDGED, JUDGED_ONCE, as_of, sums
from ledger.store.spreads import is_over_several, spread_sums
from tests.store.changing import NOW, change, fill

RATES = {"A": 0.9, "B": 0.5, "C": 0.2}


def drawn() -> list[Change]:
    chance = random.Random(1)
    return [
        change(
            number,
            round(chance.uniform(0.5, 3), 4),
            "accepted" if chance.random() < rate else "rejected",
            repository_id=name,
            lead_model=("opus", "haiku")[number % 2],
            task_type=("feat", "fix", "docs")[number % 3],
            cost_known="none" if number == 7 else "known",
        )
        for name, rate in RATES.items()
        for number in range(40)
    ]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    fill(opened, drawn())
    yield opened
    opened.close()


def test_the_sums_are_those_of_the_plain_question(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert is_over_several(connection, Slice())
        assert not is_over_several(connection, Slice(repository_id="A"))
        plain = group_sums(connection, NOW, Slice())
        found = spread_sums(connection, NOW, Slice(), "task_type", "lead", "model").sums
    assert [replace(row, spread=None, base_cost_sq=0) for row in found] == [
        replace(row, base_cost_sq=0) for row in plain
    ]
    for one, other in zip(found, plain, strict=True):
        assert one.base_cost_sq == pytest.approx(other.base_cost_sq, rel=1e-12)


def test_how_repositories_differ_is_added_up_as_by_hand(ledger: Ledger) -> None:
    with ledger.read() as connection:
        told = spread_sums(connection, NOW, Slice(), "task_type", "lead", "model")
    known = [row for row in drawn() if row.cost_known == "known"]

    def by_hand(rows: list[Change]) -> tuple[float, ...]:
        return astuple(spread_over((row.repository_id, row.nusd / 1e9, row.state == "landed") for row in rows))

    for row in told.sums:
        wanted = by_hand([each for each in known if (each.lead_model, each.task_type) == (row.model, row.part)])
        assert row.spread is not None
        assert astuple(row.spread) == pytest.approx(wanted)
    for (_, model), spread in told.whole.items():
        assert astuple(spread) == pytest.approx(by_hand([each for each in known if each.lead_model == model]))
    assert len(told.whole) == 2


def test_a_report_over_all_is_as_unsure_as_its_repositories_differ(ledger: Ledger) -> None:
    everything, one = make_report(ledger, NOW), make_report(ledger, NOW, repository_id="A")
    assert [group.sums.n for group in everything.groups] == [60, 60]
    assert {group.sums.spread.repositories for group in everything.groups if group.sums.spread} == {3}
    assert all(group.sums.spread is None for group in one.groups)
    group = everything.groups[0]
    assert (group.acceptance.hi or 0) - (group.acceptance.lo or 0) > 0.6
    assert group.estimate.strength == "insufficient"


def test_what_each_repository_has_of_each_part_is_told_of_those_who_led(ledger: Ledger) -> None:
    with ledger.read() as connection:
        found = spread_sums(connection, NOW, Slice(), "task_type", "lead", "model").clusters
    assert set(found) == {("request", "opus"), ("request", "haiku")}
    assert sum(len(held) for parts in found.values() for held in parts.values()) == 2 * 3 * 3
    for (_, model), parts in found.items():
        for part, held in parts.items():
            for name, (n, accepted, cost) in held.items():
                rows = [
                    row
                    for row in drawn()
                    if (row.lead_model, row.task_type, row.repository_id, row.cost_known)
                    == (model, part, name, "known")
                ]
                assert (n, accepted) == (len(rows), sum(row.state == "landed" for row in rows))
                assert cost == pytest.approx(sum(row.nusd for row in rows) / 1e9)


@pytest.mark.parametrize("cost", [None, "list"])
def test_at_one_mix_the_interval_is_that_of_the_repositories_by_hand(ledger: Ledger, cost: str | None) -> None:
    """Weights by task type, a residual for each repository over all types, two degrees of freedom."""
    (mix,) = make_report(ledger, NOW, cost=cost).mixes
    counted = [row for row in drawn() if row.cost_known == "known"]
    for told in mix.rows:
        mine = [row for row in counted if row.lead_model == told.name]
        ratio, residuals, mean = told.standard.cost_per_accepted.point or 0, dict.fromkeys(RATES, 0.0), 0.0
        for part in ("feat", "fix", "docs"):
            rows = [row for row in mine if row.task_type == part]
            weight = sum(row.task_type == part for row in drawn()) / len(drawn())
            beyond = {row.id: row.nusd / 1e9 - ratio * (row.state == "landed") for row in rows}
            centre = sum(beyond.values()) / len(rows)
            mean += weight * sum(row.nusd for row in rows) / 1e9 / len(rows)
            for row in rows:
                residuals[row.repository_id] += weight / len(rows) * (beyond[row.id] - centre)
        error = sqrt(sum(each * each for each in residuals.values()) * 3 / 2) / mean
        assert log((told.standard.cost_per_accepted.hi or 0) / ratio) == pytest.approx(t_quantile(0.975, 2) * error)
        assert log(ratio / (told.standard.cost_per_accepted.lo or 1)) == pytest.approx(t_quantile(0.975, 2) * error)


def test_the_changes_are_read_once_and_each_finds_its_outcome(ledger: Ledger) -> None:
    """For each change the list of outcomes is read, and not for each outcome the changes."""
    asked = [
        as_of(f"SELECT basis, lead_model, {sums()} FROM ({of}) j GROUP BY basis, lead_model", "'2026-06-01'")  # noqa: S608 - ours
        for of in (JUDGED_ONCE, JUDGED)
    ]
    with ledger.read() as connection:
        steps = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}")]
        once, anew = (connection.exec_driver_sql(sql).all() for sql in asked)
    assert once == anew
    read = [step for step in steps if step.startswith(("SCAN c", "SCAN o"))]
    assert [step.split(" USING ")[0] for step in read][-2:] == ["SCAN c", "SCAN o"]
    assert not any("TEMP B-TREE" in step for step in steps)


def test_by_any_kind_of_cost_the_spread_is_that_of_the_kind(ledger: Ledger) -> None:
    report = make_report(ledger, NOW, cost="list")
    plain = make_report(ledger, NOW)
    for one, other in zip((*report.groups, *report.by_part), (*plain.groups, *plain.by_part), strict=True):
        assert one.sums.spread is not None
        assert other.sums.spread is not None
        assert astuple(one.sums.spread) == pytest.approx(astuple(other.sums.spread))
    billed = make_report(ledger, NOW, cost="billed")
    assert {group.sums.spread.repositories for group in billed.by_part if group.sums.spread} == {0}
