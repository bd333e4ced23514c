"""Conditions on a report: read, tested on a bound, and never passed by what is not known."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.gates import SIDES, BadCondition, Condition, judge, parse, sentences
from ledger.domain.report import Report, ordered
from ledger.domain.sums import GroupSums, Spending
from tests.domain.test_report import BUCKETS, COVERAGE, NANO, sums
from tests.reports.test_table import REPORT


def report(*rows: GroupSums, **changed: Any) -> Report:
    told: dict[str, Any] = {"spending": Spending(10 * NANO, 4 * NANO), "buckets": BUCKETS, "coverage": COVERAGE}
    return replace(REPORT, groups=ordered(rows), **told | changed)


def said(text: str, found: Report, side: str = "") -> tuple[bool, list[str]]:
    verdict = judge(parse(text), found, side)
    return verdict.is_failed, list(sentences(verdict))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cost_per_accepted > 5", Condition("cost_per_accepted", ">", 5)),
        ("  cost_per_accepted>=$2.50 ", Condition("cost_per_accepted", ">=", 2.5)),
        ("acceptance < 60%", Condition("acceptance", "<", 0.6)),
        ("unattributed <= 0.25", Condition("unattributed", "<=", 0.25)),
    ],
)
def test_a_condition_is_a_figure_a_comparison_and_a_number(text: str, wanted: Condition) -> None:
    assert parse(text) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no condition"),
        ("__import__('os').system('x') > 1", "is no condition"),
        ("acceptance < 0.5 and spend > 1", "is no condition"),
        ("acceptance < ٣", "is no condition"),
        ("acceptance = 1", "is no condition"),
        ("unattributed <= .25", "is no condition"),
        ("cost > 5", "'cost' is no figure of a report; there is cost_per_accepted"),
        ("cost_per_accepted > 5%", "is an amount; leave out %"),
        ("acceptance > $5", r"is no amount; leave out \$"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(BadCondition, match=why):
        parse(text)


@given(st.text(max_size=60))
def test_no_text_is_run_and_none_breaks_it(text: str) -> None:
    try:
        assert isinstance(parse(text), Condition)
    except BadCondition as error:
        assert str(error).isprintable()  # noqa: PT017 - either is right


OPUS = sums("opus")


def test_it_holds_where_it_surely_holds() -> None:
    assert said("cost_per_accepted > 1.3", report(OPUS)) == (False, [])
    assert said("cost_per_accepted > 1.3", report(OPUS), "point") == (
        True,
        ["cost_per_accepted > 1.3 (point) holds for opus (request): 1.333."],
    )
    assert said("cost_per_accepted > 1.5", report(OPUS), "upper")[0]
    assert said("cost_per_accepted > 0.9", report(OPUS))[0]
    assert not said("acceptance < 80%", report(OPUS))[0]
    assert said("acceptance < 80%", report(OPUS), "lower")[0]
    assert said("acceptance < 95%", report(OPUS))[0]


def test_one_row_is_enough_and_it_is_named() -> None:
    failed, lines = said("cost_per_accepted > 5", report(OPUS, sums("haiku", each=9)))
    assert failed
    assert [line.partition(": ")[0] for line in lines] == [
        "cost_per_accepted > 5 (lower bound) holds for haiku (request)"
    ]


def test_nothing_accepted_costs_at_least_its_bound_and_has_no_upper_one() -> None:
    found = report(sums("none", accepted=0))
    assert said("cost_per_accepted > 10", found)[0]
    assert said("cost_per_accepted > 9999", found, "upper")[1][0].endswith("holds for none (request): without a bound.")
    assert judge(parse("cost_per_accepted > 9999"), found, "upper").met[0][1] == inf
    assert said("cost_per_accepted > 10", found, "point") == (
        True,
        [
            "cost_per_accepted > 10 (point) cannot be judged for none (request): "
            "too few decided changes of known cost.",
            "cost_per_accepted > 10 could be judged of nothing, and a check that knows nothing has not passed.",
        ],
    )


def test_what_cannot_be_judged_is_said_and_fails_only_where_nothing_can() -> None:
    few = sums("few", n=3, accepted=2)
    failed, lines = said("cost_per_accepted > 5", report(OPUS, few))
    assert not failed
    assert lines == [
        "cost_per_accepted > 5 (lower bound) cannot be judged for few (request): too few decided changes of known cost."
    ]
    assert said("cost_per_accepted > 5", report(few))[0]
    assert said("cost_per_accepted > 5", report())[0]
    assert said("first_pass < 50%", report(OPUS))[1][0].endswith("no test run of it is known.")


def test_trunk_has_no_figure_to_judge() -> None:
    assert said("acceptance < 1%", report(sums(basis="trunk", accepted=40)))[0]


def test_the_whole_report_has_figures_too() -> None:
    assert said("unattributed > 30%", report(OPUS)) == (True, ["unattributed > 0.3 holds for the report: 0.4."])
    assert said("spend > 10", report(OPUS)) == (False, [])
    assert said("spend > 9.99", report(OPUS)) == (True, ["spend > 9.99 holds for the report: 10."])
    assert said("unattributed > 1%", report(OPUS, spending=Spending()))[0]


def test_the_report_s_own_time_is_judged_and_not_all_time() -> None:
    month = report(OPUS, spending=Spending(2 * NANO, 0), buckets=replace(BUCKETS, total=1000 * NANO))
    assert said("spend > 100", month) == (False, [])
    assert said("unattributed > 1%", month) == (False, [])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("figure", ["all_in_per_accepted", "attempts_per_accepted", "reverted"])
def test_a_figure_without_an_interval_is_the_same_on_every_side(figure: str, side: str) -> None:
    assert said(f"{figure} >= 0", report(OPUS), side)[0]


def test_names_from_outside_are_harmless() -> None:
    lines = said("cost_per_accepted > 0.1", report(replace(OPUS, model="x\x1b[31m\n::error::")))[1]
    assert all(line.isprintable() for line in lines)
