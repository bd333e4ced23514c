"""Calls, places and sessions as every agent's log tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.facts import Place
from ledger.domain.logbook import Logbook, Tokens, digest, inclusive, make_call
from ledger.domain.merging import merge_calls, merge_sessions
from ledger.domain.session_facts import Call, Session
from tests.domain.building import sure

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def call(session: str = "s", minutes: int = 0, output: int = 5, *, is_copy: bool = False) -> Call:
    at = WHEN + timedelta(minutes=minutes)
    made = make_call("agent", "k", session, at, "vendor/gpt-5.4", Tokens(input=1, output=output), is_copy=is_copy)
    return replace(made, directory="/w")


def test_a_place_is_told_once_and_a_session_at_the_end() -> None:
    book = Logbook()
    told = [row for minutes in (5, 1, 9) for row in book.enter(call(minutes=minutes))]
    assert [row for row in told if isinstance(row, Place)] == [Place(directory="/w", repository_id=None, worktree=None)]
    (session,) = book.sessions()
    assert (session.id, session.agent) == ("s", "agent")
    assert (session.ended_at - session.started_at) == timedelta(minutes=8)
    assert list(book.sessions()) == []


def test_the_fullest_copy_has_the_numbers_and_the_earliest_owns_them() -> None:
    rows = [call("late", 9, output=50), call("early", 1, output=7), call("copy", 1, output=7, is_copy=True)]
    merged = merge_calls(merge_calls(rows[2], rows[0]), rows[1])
    assert (merged.output, merged.session) == (50, "early")
    assert (merged.model, merged.provider, merged.model_raw) == ("gpt-5.4", "openai", "vendor/gpt-5.4")


@given(*[st.integers(0, 100)] * 5)
def test_buckets_of_an_inclusive_log_are_disjoint(
    whole: int, read: int, written: int, output: int, thought: int
) -> None:
    tokens = inclusive(whole=whole, cache_read=read, cache_write=written, output=output, reasoning=thought)
    assert sure(tokens.input) + tokens.cache_read + tokens.cache_write == whole
    assert min(sure(tokens.input), tokens.cache_read, tokens.cache_write) >= 0
    assert 0 <= (tokens.reasoning or 0) <= output
    assert bool(tokens) == bool(whole or output)


def test_a_digest_tells_its_parts_apart() -> None:
    assert digest("a", "bc") != digest("ab", "c") != digest("\ud800")
    assert digest(1, 2) == digest("1", "2")


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["1", "2", None])), min_size=1, max_size=6))
def test_a_session_is_its_rows_merged_in_whatever_order_they_come(rows: list[tuple[int, str | None]]) -> None:
    book = Logbook()
    moments = [(WHEN + timedelta(minutes=minutes), version) for minutes, version in rows]
    for when, version in moments:
        book.attend("s", "agent", version, when)
    alone = [
        Session(id="s", agent="agent", agent_version=version, started_at=when, ended_at=when)
        for when, version in moments
    ]
    assert list(book.sessions()) == [reduce(merge_sessions, alone)]
