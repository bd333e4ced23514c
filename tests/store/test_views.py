"""What the views say of retry loops and reviews, over conclusions drawn from made histories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.conclude import conclude
from ledger.domain.facts import Repository
from ledger.domain.forge_facts import Event
from ledger.domain.history import History
from ledger.domain.session_facts import SessionWrite
from ledger.store.engine import Ledger, open_ledger
from tests.domain.building import START, at, call, commit, history, request, run, target

WROTE = [SessionWrite(session=name, path="p", at=START) for name in ("h", "o", "g")]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path / "ledger.db"))
    yield opened
    opened.close()


def fill(ledger: Ledger, facts: History) -> None:
    """The ledger with the conclusions of a history, as of a hundred hours after its start."""
    found = conclude(facts)
    with ledger.write() as writing:
        writing.post([Repository(id="R", name="owner/name")])
        writing.set_time("posted_at", at(100))
        for field in fields(found):
            rows = getattr(found, field.name)
            if isinstance(rows, tuple) and field.name != "call_cost":
                writing.replace_derived(field.name, "R", rows)


def ask(ledger: Ledger, sql: str) -> list[tuple[Any, ...]]:
    with ledger.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def two_requests() -> History:
    """7: haiku fails, opus lands it after gpt reviewed. 8: opus alone, refused, with a bot's late review."""
    calls = [
        call("c1", 0.5, session="h", model="haiku", branch="one", output=100),
        call("c2", 2.5, session="o", branch="one", output=4000),
        replace(call("r1", 4, session="r", model="gpt", branch="one", output=300), agent_name="/review"),
        call("c3", 10.5, session="o", branch="two", output=700),
    ]
    bot = Event(
        repository_id="R",
        subject="request:8",
        kind="reviewed",
        at=at(40),
        actor="codex:gpt",
        verdict="commented",
        oid="",
    )
    return history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 3),
        commit("m", "a y", 20, number=7),
        commit("z", "a", 11),
        tips=[target("m")],
        requests=[
            request(7, head="y", merged=20, head_ref="one", title="feat: one"),
            request(8, head="z", opened=10, closed=30, head_ref="two", title="feat: two"),
        ],
        runs=[run("x", 2, "failed"), run("y", 3.5), run("z", 12)],
        session_writes=WROTE,
        events=[bot],
        calls=calls,
    )


def test_retry_loops_count_every_try_of_what_was_not_accepted_as_failed(ledger: Ledger) -> None:
    fill(ledger, two_requests())
    columns = (
        "model, decided, accepted, attempts, failed_runs, failed_attempts, cost_failed_attempts_usd, "
        "attempts_per_accepted, failed_runs_per_accepted, cost_failed_attempts_per_accepted_usd, "
        "first_pass_yes, first_pass_no, first_pass_unknown"
    )
    assert ask(ledger, f"SELECT {columns} FROM retry_loops") == [  # noqa: S608 - names of ours
        ("opus", 2, 1, 3, 1, 2, pytest.approx(0.0008), 3, 1, pytest.approx(0.0008), 1, 1, 0)
    ]


def test_attempts_are_listed_with_the_model_whose_they_were(ledger: Ledger) -> None:
    fill(ledger, two_requests())
    sql = """SELECT outcome, attempt, model, models, ended_by, failed, failed_runs, calls, ROUND(cost_usd * 1000000)
        FROM change_attempts ORDER BY outcome, attempt"""
    assert ask(ledger, sql) == [
        ("accepted", 1, "haiku", "haiku", "failed-run", 1, 1, 1, 100),
        ("accepted", 2, "opus", "opus", "end", 0, 0, 2, 4300),
        ("rejected", 1, "opus", "opus", "end", 1, 0, 1, 700),
    ]


def test_no_part_of_an_unknown_cost_is_zero(ledger: Ledger) -> None:
    facts = two_requests()
    fill(ledger, replace(facts, prices=()))
    columns = "cost_usd, cost_implement_usd, cost_review_usd, cost_scout_usd"
    assert ask(ledger, f"SELECT {columns} FROM changes WHERE number = 7") == [(None,) * 4]  # noqa: S608 - names of ours


def test_reviews_are_listed_with_when_they_came(ledger: Ledger) -> None:
    fill(ledger, two_requests())
    sql = """SELECT outcome, model, agent, evidence, second_model, after_last_commit, before_decision, verdict, calls,
        ROUND(cost_usd * 1000000) FROM change_reviews ORDER BY outcome"""
    assert ask(ledger, sql) == [
        ("accepted", "gpt", "claude-code", "calls", 1, 1, 1, None, 1, 300),
        ("rejected", "gpt", "codex", "event", 1, 1, 0, "commented", 0, None),
    ]


def test_with_and_without_a_second_model_s_review_before_the_decision_and_after_the_last_commit(
    ledger: Ledger,
) -> None:
    fill(ledger, two_requests())
    sql = "SELECT second_review_when, second_review, n, accepted, rejected FROM reviews ORDER BY second_review_when"
    assert ask(ledger, sql) == [("final", 1, 1, 1, 0), ("late", 1, 1, 0, 1)]
    changes = "SELECT second_review, second_review_when, reviews_known FROM changes WHERE has_model = 1 ORDER BY number"
    assert ask(ledger, changes) == [(1, "final", 1), (1, "late", 1)]


def test_a_reviewer_whose_model_nobody_knows_is_neither_with_nor_without(ledger: Ledger) -> None:
    facts = two_requests()
    unknown = replace(facts, events=(replace(facts.events[0], actor="coderabbitai[bot]"),))
    fill(ledger, unknown)
    sql = "SELECT second_review, second_review_when FROM {} ORDER BY second_review_when"
    assert ask(ledger, sql.format("reviews")) == [(1, "final"), (None, "unknown")]
    assert ask(ledger, sql.format("changes")) == [(1, "final"), (None, "unknown")]


def test_a_change_says_who_began_it_and_who_tried(ledger: Ledger) -> None:
    fill(ledger, two_requests())
    sql = "SELECT started_by, started_model, started_role, first_model, models_tried FROM changes ORDER BY number"
    assert ask(ledger, sql) == [
        ("model", "haiku", "implement", "haiku", "haiku → opus"),
        ("model", "opus", "implement", "opus", "opus"),
    ]


def test_while_a_change_is_undecided_its_last_try_has_not_failed(ledger: Ledger) -> None:
    facts = two_requests()
    undecided = replace(facts.requests[1], closed_at=None, state="open")
    fill(ledger, replace(facts, requests=(facts.requests[0], undecided)))
    sql = "SELECT failed, ended_by FROM change_attempts WHERE outcome = 'open'"
    assert ask(ledger, sql) == [(None, "end")]
    assert ask(ledger, "SELECT decided FROM retry_loops") == [(1,)]


def test_calls_without_a_price_cost_nothing_known_in_any_view(ledger: Ledger) -> None:
    calls = [
        replace(call("a", 0.5, branch="one"), output=None, model="odd", model_raw="odd"),
        replace(call("b", 1.5, session="lost", branch="gone"), output=None, model="odd", model_raw="odd"),
        call("c", 1.6, session="lost", branch="gone", model="opus"),
    ]
    made = commit("m", "a x", 2)
    fill(ledger, history(commit("a"), commit("x", "a", 1), made, tips=[target("m")], calls=calls))
    for query in (
        "SELECT model, cost_usd FROM spend",
        "SELECT model_raw, cost_usd FROM costs",
        "SELECT model, cost_usd FROM unattributed",
    ):
        assert set(ask(ledger, query)) == {("odd", None), ("opus", 0.001)}, query
    assert ask(
        ledger,
        "SELECT cost_usd, cost_implement_usd, cost_review_usd, cost_scout_usd FROM changes WHERE cost_known = 'none'",
    ) == [(None, None, None, None)]
