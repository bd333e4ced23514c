"""Buckets are disjoint whatever a source adds up, and copies of a row end in one call in any order."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.merging import merge_calls
from ledger.domain.tags import Tagged
from ledger.domain.told import UNTOLD, Money, Tokens, inclusive, plain_word, region_of, told_call
from tests.domain.building import START, sure


def test_what_the_prompt_includes_is_taken_out_of_it() -> None:
    assert inclusive(6010, 260, read=5000, written=1000) == Tokens(
        input=10, cache_read=5000, cache_write_5m=1000, output=260
    )
    assert inclusive(2020, 100, written=2000, written_1h=2000) == Tokens(input=20, cache_write_1h=2000, output=100)


counts = st.integers(0, 10**6)


@given(counts, counts, counts, counts, counts, counts)
def test_no_bucket_is_negative_and_none_is_lost(
    prompt: int, output: int, read: int, written: int, hour: int, reasoning: int
) -> None:
    tokens = inclusive(prompt, output, read=read, written=written, written_1h=hour, reasoning=reasoning)
    parts = (sure(tokens.input), tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h)
    assert min(parts) >= 0
    assert sum(parts) == prompt
    assert tokens.total == prompt + output
    assert tokens.reasoning is not None
    assert tokens.reasoning <= output


def test_what_is_not_told_stays_unknown_and_what_is_told_beside_it_is_kept() -> None:
    assert inclusive(None, 7, read=5, written=3, written_1h=1) == Tokens(
        input=None, cache_read=5, cache_write_5m=2, cache_write_1h=1, output=7
    )
    assert inclusive(9, None, read=5, reasoning=2) == Tokens(input=4, cache_read=5, output=None, reasoning=2)
    assert (UNTOLD.input, UNTOLD.output, UNTOLD.total) == (None, None, 0)


def test_a_row_becomes_a_call_that_says_where_it_belongs() -> None:
    tagged = Tagged(repository="github.com/a/b", branch="x", role="review", subject="request:1", session="s")
    call = told_call(
        "litellm", "k", START, "gpt-5.4", Tokens(output=1), Money(nusd=5, kind="proxy"), tagged=tagged, session="other"
    )
    assert (call.event_key, call.directory, call.branch, call.session) == (
        "litellm/k",
        "repository:github.com/a/b",
        "x",
        "s",
    )
    assert (call.model, call.provider, call.role, call.subject) == ("gpt-5.4", "openai", "review", "request:1")
    assert (call.reported_nusd, call.reported_kind) == (5, "proxy")


def test_unknown_cost_has_no_kind() -> None:
    call = told_call("litellm", "k", START, "x", Tokens(), Money(kind="proxy"), tagged=Tagged())
    assert (call.reported_nusd, call.reported_kind) == (None, "")


def test_the_copy_that_knows_its_cost_has_the_numbers_and_the_placed_one_the_place() -> None:
    bare = told_call("cursor", "k", START, "x", Tokens(output=9), tagged=Tagged(repository="h.io/a/b"))
    priced = told_call("cursor", "k", START, "x", Tokens(output=9), Money(nusd=3, kind="list"), tagged=Tagged())
    later = told_call("cursor", "k", START + timedelta(1), "x", Tokens(output=9), tagged=Tagged())
    for one, two, three in ((bare, priced, later), (later, priced, bare), (priced, bare, later)):
        call = merge_calls(merge_calls(one, two), three)
        assert (call.reported_nusd, call.directory, call.at) == (3, "repository:h.io/a/b", START)


def test_the_usual_way_of_serving_is_no_circumstance() -> None:
    assert [plain_word(word) for word in ("standard", "Default", "", "FAST", "priority")] == [
        "",
        "",
        "",
        "fast",
        "priority",
    ]
    assert [region_of(place) for place in ("global", "not_available", "", "US")] == ["", "", "", "us"]
