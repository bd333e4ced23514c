"""What reached no change, in both forms: complete, bounded on the screen, and harmless."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from ledger.domain.reasons import NO_BRANCH, remedy
from ledger.domain.unattributed import unattributed
from ledger.reports.unattributed import render
from tests.domain.test_unattributed import ROW

HOSTILE = "x\x1b[2J\u202e\nA made up line"


def test_each_sum_is_told_with_its_reason_and_remedy() -> None:
    text = render(unattributed([replace(ROW, nusd=2_500_000_000)], 10_000_000_000), "table")
    assert text.splitlines() == [
        "$2.50 reached no change, 25.0% of all calls' $10.00.",
        "",
        f"$2.50 in 2 calls: {NO_BRANCH}",
        f"  {remedy(NO_BRANCH)}",
        "    $2.50  2 calls, 2026-03-01 to 2026-03-02, gpt in codex, branch x, session s1, shop",
    ]


def test_very_many_sums_are_added_up_on_the_screen_and_listed_for_programs() -> None:
    rows = [replace(ROW, session=f"s{n}", nusd=10**9) for n in range(1000)]
    found = unattributed(rows, 10**12)
    text = render(found, "table")
    assert text.endswith("    $990.00 in 990 smaller sums\n")
    assert len(text.splitlines()) == 15
    (reason,) = json.loads(render(found, "json"))["reasons"]
    assert len(reason["sums"]) == 1000
    assert sum(Decimal(row["cost_usd"]) for row in reason["sums"]) == Decimal(reason["cost_usd"]) == 1000


def test_what_is_unknown_is_null_and_said() -> None:
    bare = replace(ROW, session="", agent="", model="", branch="", nusd=0, calls_unpriced=2, last_on=ROW.first_on)
    found = unattributed([bare], 0)
    assert "2 calls, 2 without a price, 2026-03-01, (model unknown), no session, shop" in render(found, "table")
    assert f"\ncost unknown in 2 calls: {NO_BRANCH}\n" in render(found, "table")
    assert "$0.00  " not in render(found, "table")
    (reason,) = json.loads(render(found, "json"))["reasons"]
    (told,) = reason["sums"]
    assert (reason["cost_usd"], told["cost_usd"]) == (None, None)
    assert (told["session"], told["agent"], told["model"], told["branch"]) == (None, None, None, None)


def test_nothing_left_is_a_sentence() -> None:
    assert render(unattributed([], 5), "table") == "Every call reached a change.\n"
    assert json.loads(render(unattributed([], 5), "json"))["reasons"] == []


@pytest.mark.parametrize("form", ["table", "json"])
def test_no_text_from_outside_steers_a_terminal_or_begins_a_line(form: str) -> None:
    bad = replace(
        ROW, session=HOSTILE, agent=HOSTILE, model=HOSTILE, branch=HOSTILE, repository=HOSTILE, reason=HOSTILE
    )
    text = render(unattributed([bad], 10), form)
    assert not {"\x1b", "\u202e"} & set(text)
    assert not [line for line in text.splitlines() if line.strip().startswith("A made up line")]
