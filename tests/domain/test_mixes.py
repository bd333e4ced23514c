"""A report's groups at one mix of parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ledger.domain.clusters import Clusters
from ledger.domain.mixes import Mix, mixes
from ledger.domain.narrowed import mix_coda, mix_of, narrowed_headline
from ledger.domain.report import by_model, ordered
from ledger.domain.sums import GroupSums
from ledger.reports import render
from tests.domain.test_report import sums
from tests.reports.test_table import REPORT

EASY = [
    replace(sums("easy", n=10, accepted=3, each=3), part="feat"),
    replace(sums("easy", n=60, accepted=50, each=0.2), part="docs"),
]
HARD = [
    replace(sums("hard", n=60, accepted=30, each=2), part="feat"),
    replace(sums("hard", n=10, accepted=9, each=0.1), part="docs"),
]


def mixed(*rows: GroupSums, clusters: Mapping[tuple[str, str | None], Clusters] | None = None) -> tuple[Mix, ...]:
    groups, parts = ordered(by_model(rows, {})), ordered(rows)
    return mixes([(each.sums, each.base) for each in groups], [(each.sums, each.base) for each in parts], clusters)


def test_the_mix_is_that_of_all_changes_and_the_order_may_turn_round() -> None:
    (mix,) = mixed(*EASY, *HARD)
    assert (mix.basis, mix.covered, mix.reversed) == ("request", 1, (("easy", "hard"),))
    assert [row.name for row in mix.rows] == ["hard", "easy"]
    assert mix.rows[0].standard.mean == pytest.approx((2 + 0.1) / 2, rel=0.01)
    assert mix.rows[0].crude > mix.rows[1].crude
    assert mix_coda([mix], "task_type").startswith(
        " At one mix of task types the order of easy and hard turns round: $"
    )


def test_changes_of_whoever_is_not_ranked_are_in_the_mix_too() -> None:
    few = replace(sums("few", n=3, accepted=1), part="feat")
    (mix,) = mixed(*EASY, *HARD, few, replace(sums(None, n=57, accepted=20), part="feat"))
    assert {row.name for row in mix.rows} == {"easy", "hard"}
    weight = (70 + 60) / 200
    wanted = (weight * 2 + (1 - weight) * 0.1) / (weight * 0.5 + (1 - weight) * 0.9)
    assert mix.rows[0].standard.cost_per_accepted.point == pytest.approx(wanted, rel=0.01)


def test_too_little_in_common_is_said_and_not_told() -> None:
    (mix,) = mixed(EASY[1], replace(sums("hard", n=300, accepted=150), part="feat"), HARD[1])
    assert mix.rows == ()
    assert mix.covered < 0.25
    assert mix_coda([mix], "task_type") == ""


def test_one_part_one_model_or_trunk_needs_no_mix() -> None:
    assert mixed(EASY[0], HARD[0]) == ()
    assert mixed(*EASY) == ()
    assert mixed(*(replace(row, basis="trunk") for row in (*EASY, *HARD))) == ()
    assert mix_coda([], "area") == ""


def test_over_several_repositories_bounds_are_as_wide_as_these_differ() -> None:
    """Two repositories share the changes of easy; in one of them everything was accepted, in the other little."""
    held: Clusters = {"feat": {"A": (5, 3, 15.0), "B": (5, 0, 15.0)}, "docs": {"A": (30, 30, 6.0), "B": (30, 20, 6.0)}}
    clusters: dict[tuple[str, str | None], Clusters] = {("request", "easy"): held}
    plain, wide = mixed(*EASY, *HARD)[0], mixed(*EASY, *HARD, clusters=clusters)[0]
    assert [row.name for row in wide.rows] == [row.name for row in plain.rows] == ["hard", "easy"]
    assert wide.rows[0] == plain.rows[0], "hard has one repository"
    before, after = (each.rows[1].standard.cost_per_accepted for each in (plain, wide))
    assert (after.point, (after.hi or 0) > 5 * (before.hi or 0)) == (before.point, True)


@pytest.mark.parametrize(
    ("by", "words"), [("task_type", "task types"), ("area", "areas"), ("label:cost_centre", "cost centres")]
)
def test_a_mix_is_of_something(by: str, words: str) -> None:
    assert mix_of(by) == words


def test_a_report_says_it_below_its_tables() -> None:
    rows = [*EASY, *HARD]
    report = replace(REPORT, groups=ordered(by_model(rows, {})), by_part=ordered(rows), mixes=mixed(*rows))
    text = " ".join(render(report, "table").split())
    assert "Per accepted change at one mix of task types: hard $1.50 (70% accepted), easy $2.82 (57% accepted)." in text
    assert "easy looks cheaper than hard by the work it was given; for the same it is dearer." in text
    alone = replace(report, mixes=(Mix("request", 0.25, (), ()),))
    assert "not told, since only 25% of it is work that all of them did" in " ".join(render(alone, "table").split())


def test_a_first_line_about_some_changes_says_nothing_of_all_spend() -> None:
    groups = ordered([sums("opus"), sums("haiku", each=3, accepted=15)])
    assert narrowed_headline(groups, "at list price", {}).startswith("opus costs least per accepted change: $1.33 (")
    assert narrowed_headline(groups[:1], "at list price", {}).startswith("opus: $1.33 (")
    assert narrowed_headline((), "at list price", {}) == "No change fits what was asked for."
    few = ordered([sums("few", n=3, accepted=2)])
    assert narrowed_headline(few, "as billed", {}) == (
        "Too little to say: of these, the best known has 3 decided changes of known cost, as billed."
    )
