"""Retry loops and second reviews: the sums, against the views and by hand, and how they are written down."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.domain.conclusions import Attempt, Change
from ledger.posting.loops import find_retries, find_reviews
from ledger.reports.loops import render_retries, render_reviews
from ledger.store.engine import Ledger, open_ledger
from ledger.store.figures import Slice
from tests.store.changing import NOW, attempt, change, fill

NASTY = "[b]x\x1b[2J"


def drawn() -> tuple[list[Change], list[Attempt]]:
    """Two hundred changes of two models, a third of them reviewed by another one; some too late, some nobody knows."""
    chance, rows, tries = random.Random(1), [], []
    for number in range(200):
        when = ("", "", "final", "", "early", "late", "", "unknown", "final", "undated")[number % 10]
        rate = 0.9 if when in ("final", "early") else 0.5
        outcome = "accepted" if chance.random() < rate else "rejected"
        count = 1 + number % 3
        review = 0.1 if when in ("final", "early") else 0.0
        made = change(
            number,
            round(count * 0.5 + review, 4),
            outcome,
            lead_model=("opus", NASTY)[number % 2],
            lead_agent=("claude-code", "codex")[number % 2],
            task_type=("feat", "fix")[number // 2 % 2],
            second_review_when=when,
            has_second_review=when not in ("", "unknown"),
            nusd_review=round(review * 1e9),
            attempts=count,
            failed_runs=count - 1,
            first_pass=None if number % 5 == 4 else count == 1,
        )
        rows.append(made)
        for place in range(count):
            ended = "end" if place == count - 1 else ("failed-run", "other-model")[place % 2]
            tries.append(attempt(made, place + 1, 0.5 + (review if place == count - 1 else 0), ended))
    open_one = change(200, 5, "open", attempts=3)
    return [*rows, open_one, change(201, 1, basis="trunk", attempts=2)], tries


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    fill(opened, *drawn())
    yield opened
    opened.close()


def view(ledger: Ledger, name: str) -> list[dict[str, Any]]:
    with ledger.read() as connection:
        return [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}").mappings()]  # noqa: S608


def test_retries_say_what_the_view_says_to_the_nano(ledger: Ledger) -> None:
    found = find_retries(ledger, NOW, Slice(), "task_type", "model")
    told = {(row.who, row.part): row for row in found.by_part}
    rows = view(ledger, "retry_loops")
    assert len(rows) == len(told) == 4
    for row in rows:
        mine = told[(row["model"], row["task_type"])]
        for name in ("decided", "accepted", "attempts", "failed_runs", "failed_attempts", "first_pass_yes"):
            assert getattr(mine, name) == row[name], name
        assert mine.failed_nusd == round(row["cost_failed_attempts_usd"] * 1e9)
        assert mine.per_accepted(mine.attempts) == pytest.approx(row["attempts_per_accepted"])
    for whole in found.rows:
        parts = [row for row in found.by_part if row.who == whole.who]
        assert whole.failed_nusd == sum(row.failed_nusd for row in parts)
        assert (whole.part, whole.decided) == (None, 100)


def test_every_try_at_what_was_refused_failed_and_the_last_one_at_what_was_accepted_did_not(ledger: Ledger) -> None:
    rows, tries = drawn()
    outcomes = {row.id: row.state for row in rows}
    wanted = sum(each.nusd for each in tries if outcomes[each.change_id] == "closed" or each.ended_by != "end")
    assert sum(row.failed_nusd for row in find_retries(ledger, NOW, Slice(), "area", "agent").rows) == wanted


def test_reviews_say_what_the_view_says(ledger: Ledger) -> None:
    found = find_reviews(ledger, NOW, Slice(), "task_type")
    rows = view(ledger, "reviews")
    for second in found.rows:
        mine = [row for row in rows if second.part in (None, row["task_type"])]
        for sums, times in ((second.reviewed, ("final", "early")), (second.alone, ("none",))):
            those = [row for row in mine if row["second_review_when"] in times]
            assert sums.n == sum(row["base_n"] for row in those)
            assert sums.accepted == sum(row["base_accepted"] for row in those)
            assert sums.cost_nusd == round(sum(row["base_cost_usd"] for row in those) * 1e9)
        aside = [row for row in mine if row["second_review_when"] in ("late", "undated", "unknown")]
        assert second.aside == sum(row["n"] for row in aside) > 0
        assert second.review_cost == pytest.approx(0.1)
    assert [row.part for row in found.rows] == ["feat", "fix", None]


def test_a_slice_holds_for_both(ledger: Ledger) -> None:
    only = Slice(only=(("agent", ("codex",)), ("task_type", ("fix",))))
    assert [(row.who, row.decided) for row in find_retries(ledger, NOW, only, "task_type", "agent").rows] == [
        ("codex", 50)
    ]
    whole = find_reviews(ledger, NOW, only, "task_type").rows[-1]
    assert whole.reviewed.n + whole.alone.n + whole.aside == 50


def test_retries_are_written_for_people_and_programs(ledger: Ledger) -> None:
    found = find_retries(ledger, NOW, Slice(), "task_type", "model")
    text = render_retries(found, "table")
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "[b]x·[2J" in text
    assert "flaky" in text
    assert "\x1b[" in render_retries(found, "table", color=True)
    told = json.loads(render_retries(found, "json"))
    assert set(told) == {"format", "as_of", "whom", "by", "cost", "rows"}
    row = next(each for each in told["rows"] if each["who"] == "opus" and each["part"] is None)
    mine = next(each for each in found.rows if each.who == "opus")
    assert float(row["failed_attempts_usd"]) == pytest.approx(mine.failed_nusd / 1e9)
    assert float(row["failed_attempts_usd_per_accepted"]) == pytest.approx(
        mine.failed_nusd / 1e9 / mine.accepted, abs=1e-6
    )
    assert row["first_pass"]["unknown"] == mine.first_pass_unknown > 0
    nothing = find_retries(ledger, NOW, Slice(until=NOW.replace(year=2020)), "task_type", "model")
    assert render_retries(nothing, "table").startswith("No request or branch is decided")


def test_reviews_are_written_for_people_and_programs(ledger: Ledger) -> None:
    found = find_reviews(ledger, NOW, Slice(), "task_type")
    text = render_reviews(found, "table")
    assert all(len(line) <= 80 for line in text.splitlines())
    whole = " ".join(text.split())
    assert "Observed, not an experiment" in whole
    assert "$0.10 of each change is the review" in whole
    assert " pays" in text
    told = json.loads(render_reviews(found, "json"))
    assert set(told) == {"format", "as_of", "by", "cost", "observed", "is_over_several", "rows"}
    assert told["rows"][-1]["verdict"] == "pays"
    nothing = find_reviews(ledger, NOW, Slice(until=NOW.replace(year=2020)), "task_type")
    assert render_reviews(nothing, "table").startswith("No decided change of known cost was reviewed")
