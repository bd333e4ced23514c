"""Entries through the whole pipeline: statements count, add up, are taken back, and stay with their repository."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import Entry
from ledger.domain.reading import Named
from ledger.entries import fact_id
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store import omissions, reads
from ledger.store.engine import Ledger, open_ledger
from tests.posting.entering import (
    NAME,
    NOW,
    Line,
    Post,
    entry,
    everything,
    ids,
    in_step,
    retraction,
    rows,
    statement,
    with_remote,
)


def test_a_statement_is_a_decided_change_with_its_model_type_and_cost(post: Post, ledger: Ledger) -> None:
    post(statement())
    assert rows(ledger, "SELECT number, basis, state, lead_model, task_type, cost_known, nusd FROM change") == [
        (41, "request", "landed", "claude-opus-4-8", "feat", "known", 2_400_000_000)
    ]
    assert in_step(ledger) == 2_400_000_000


def test_statements_of_one_change_add_up_by_role(post: Post, ledger: Ledger) -> None:
    post(statement(), statement(model="gpt-5.4", agent="codex", role="review", cost="0.35"))
    assert rows(ledger, "SELECT number, lead_model, nusd, nusd_implement, nusd_review FROM change") == [
        (41, "claude-opus-4-8", 2_750_000_000, 2_400_000_000, 350_000_000)
    ]
    assert in_step(ledger) == 2_750_000_000


@pytest.mark.parametrize(
    ("outcome", "said"), [("accepted", "accepted"), ("rejected", "rejected"), ("abandoned", "rejected")]
)
def test_each_outcome_is_judged_as_the_page_says(post: Post, ledger: Ledger, outcome: str, said: str) -> None:
    post(statement(outcome=outcome))
    assert rows(ledger, "SELECT outcome, cost_usd FROM changes") == [(said, 2.4)]


def test_an_open_statement_is_stale_after_two_weeks(post: Post, ledger: Ledger) -> None:
    post(
        statement(outcome="open", decided="", opened="2026-03-25"),
        statement(change="42", outcome="open", decided="", opened="2026-03-01"),
    )
    assert rows(ledger, "SELECT number, outcome FROM changes ORDER BY number") == [(41, "open"), (42, "stale")]


def test_a_statement_without_a_cost_is_a_change_of_unknown_cost(post: Post, ledger: Ledger) -> None:
    post(statement(cost=""))
    assert rows(ledger, "SELECT cost_known, cost_usd FROM changes") == [("none", None)]


def test_a_statement_that_cost_nothing_is_known_to_have_cost_nothing(post: Post, ledger: Ledger) -> None:
    post(statement(cost="0"))
    assert rows(ledger, "SELECT cost_known, cost_usd FROM changes") == [("known", 0.0)]


def test_posting_twice_changes_nothing(post: Post, ledger: Ledger) -> None:
    lines = (statement(), statement(change="login rework", outcome="rejected"), '{"v": 3, "kind": "weather"}')
    post(*lines)
    before = everything(ledger)
    again = post(*lines)
    assert (again.new, again.changed, again.is_derived) == (0, 0, False)
    assert everything(ledger) == before


def test_the_order_of_lines_does_not_matter(repository: Path, tmp_path: Path) -> None:
    with_remote(repository, NAME)
    lines = [
        statement(),
        statement(outcome="open", decided="", model="gpt-5.4", role="review"),
        entry("request", number=41, opened_at="2026-03-01T00:00:00Z", title="fix: told", at="2026-03-05T00:00:00Z"),
        entry("event", number=41, kind="reopened", at="2026-03-02T00:00:00Z"),
    ]
    ends = []
    for number, order in enumerate(permutations(lines)):
        ends.append(_ended(repository, tmp_path / f"{number}", order))
    assert all(end == ends[0] for end in ends)
    assert ends[0]["request"][0].title == "fix: told"


def _ended(repository: Path, folder: Path, order: Sequence[Line]) -> dict[str, list[Any]]:
    folder.mkdir()
    opened = open_ledger(str(folder / "ledger.db"))
    for line in order:
        (folder / "rows.jsonl").write_text(json.dumps(line) + "\n")
        workplace = open_workplace(str(repository), database=str(folder / "ledger.db"))
        update(
            workplace, opened, now=NOW, sources=("commits",), named={"entries": Named((str(folder / "rows.jsonl"),))}
        )
    found = everything(opened)
    opened.close()
    return found


def test_a_call_that_is_taken_back_costs_no_more_but_stays(post: Post, ledger: Ledger) -> None:
    post(statement(), statement(model="gpt-5.4", role="review", cost="0.35"))
    (review,) = rows(ledger, "SELECT event_key FROM call WHERE role = 'review'")
    with ledger.read() as connection:
        (gone,) = (fact_id(call) for call in reads.facts(connection, "call") if call.event_key == review[0])
    post(retraction(gone))
    assert rows(ledger, "SELECT nusd, nusd_review FROM change") == [(2_400_000_000, 0)]
    assert in_step(ledger) == 2_400_000_000
    assert len(ids(ledger, "call")) == 2


def test_a_statement_whose_facts_are_all_taken_back_is_no_change_even_if_posted_again(
    post: Post, ledger: Ledger
) -> None:
    post(statement(), statement(change="42"))
    with ledger.read() as connection:
        gone = [
            fact_id(fact)
            for kind in ("request", "contribution", "event", "call")
            for fact in reads.facts(connection, kind)
            if "41" in (str(getattr(fact, "number", "")), getattr(fact, "subject", "").removeprefix("request:"))
        ]
    assert len(gone) == 4
    post(*map(retraction, gone))
    assert rows(ledger, "SELECT number FROM change") == [(42,)]
    post(statement())
    assert rows(ledger, "SELECT number FROM change") == [(42,)]


def test_a_retraction_may_come_before_what_it_takes_back(post: Post, ledger: Ledger, tmp_path: Path) -> None:
    post(statement(change="1"))
    (gone,) = ids(ledger, "call")
    opened = open_ledger(str(tmp_path / "other.db"))
    (tmp_path / "order.jsonl").write_text(f"{json.dumps(retraction(gone))}\n{json.dumps(statement(change='1'))}\n")
    workplace = open_workplace(str(tmp_path / "repo"), database=str(tmp_path / "other.db"))
    update(workplace, opened, now=NOW, sources=("commits",), named={"entries": Named((str(tmp_path / "order.jsonl"),))})
    assert rows(opened, "SELECT nusd, cost_known FROM change") == [(0, "none")]
    opened.close()


def test_kept_entries_are_stored_and_count_for_nothing(post: Post, ledger: Ledger) -> None:
    post(statement())
    before = rows(ledger, "SELECT * FROM change")
    line = '{"v": 2, "kind": "statement", "body": {"price": 3}}'
    post(line)
    with ledger.read() as connection:
        assert [kept.text for kept in reads.facts(connection, "entry") if isinstance(kept, Entry)] == [line]
    assert rows(ledger, "SELECT * FROM change") == before


def test_refused_lines_are_counted_and_named_and_the_rest_is_posted(post: Post, ledger: Ledger) -> None:
    posted = post(statement(cost="much"), statement(change="42"), statement("github.com/no/body", change="43"))
    assert posted.skipped == 2
    assert rows(ledger, "SELECT number FROM change") == [(42,)]
    with ledger.read() as connection:
        places = [place.rpartition(" line ")[2] for _, place, _ in omissions.skips(connection)]
    assert places == ["1", "3"]
