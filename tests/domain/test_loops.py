"""Tries and failing runs per accepted change."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.loops import RetrySums, in_order, in_whole

ROW = RetrySums(
    basis="request",
    who="opus",
    part="feat",
    decided=10,
    accepted=5,
    n_cost_known=10,
    charged_nusd=20 * 10**9,
    attempts=15,
    failed_runs=7,
    failed_attempts=9,
    failed_nusd=5 * 10**9,
    first_pass_yes=3,
    first_pass_no=1,
    first_pass_unknown=6,
)


def test_everything_is_per_accepted_change() -> None:
    assert (ROW.per_accepted(ROW.attempts), ROW.failed_share, ROW.first_pass) == (3, 0.25, 0.75)


def test_what_is_not_known_is_no_nought() -> None:
    none = replace(ROW, accepted=0, charged_nusd=0, failed_nusd=0, first_pass_yes=0, first_pass_no=0)
    assert (none.per_accepted(15), none.failed_share, none.first_pass) == (None, None, None)


def test_parts_add_up_and_bases_and_models_stay_apart() -> None:
    rows = [ROW, replace(ROW, part="fix"), replace(ROW, who="haiku"), replace(ROW, basis="branch")]
    whole = in_whole(rows)
    assert [(row.basis, row.who, row.part, row.attempts) for row in whole] == [
        ("request", "opus", None, 30),
        ("request", "haiku", None, 15),
        ("branch", "opus", None, 15),
    ]
    assert (whole[0].failed_nusd, whole[0].first_pass) == (10 * 10**9, 0.75)


def test_the_fewest_tries_come_first_and_nothing_accepted_last() -> None:
    rows = [
        replace(ROW, who="none", accepted=0, decided=99),
        ROW,
        replace(ROW, who="quick", attempts=5),
        replace(ROW, who=None, part="docs"),
    ]
    assert [row.who for row in in_order(rows)] == [None, "quick", "opus", "none"]
