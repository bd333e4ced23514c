"""Sums at shutdowns, by leg or since the beginning: every token once."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.copilot_events import Counters, since, tokens_of

MODELS = st.sampled_from(["a", "b", "c"])
COUNTERS = st.tuples(*[st.integers(0, 50)] * 8)
TOLD = st.dictionaries(MODELS, COUNTERS, min_size=1, max_size=3)


def plus(one: dict[str, Counters], other: dict[str, Counters]) -> dict[str, Counters]:
    names = {*one, *other}
    zero = (0,) * 8
    return {name: tuple(map(sum, zip(one.get(name, zero), other.get(name, zero), strict=True))) for name in names}


def total(parts: list[dict[str, Counters]]) -> dict[str, Counters]:
    summed: dict[str, Counters] = {}
    for part in parts:
        summed = plus(summed, part)
    return {name: row for name, row in summed.items() if any(row)}


@given(legs=st.lists(TOLD, min_size=1, max_size=6))
def test_sums_since_the_beginning_add_up_to_the_last(legs: list[dict[str, Counters]]) -> None:
    running = list(accumulate(legs, plus))
    parts = [since(before, now) for before, now in zip([{}, *running], running, strict=False)]
    assert total(parts) == {name: row for name, row in running[-1].items() if any(row)}


@given(before=TOLD, now=TOLD)
def test_a_difference_is_never_negative_and_never_more_than_was_told(
    before: dict[str, Counters], now: dict[str, Counters]
) -> None:
    for name, row in since(before, now).items():
        assert all(0 <= added <= told for added, told in zip(row, now[name], strict=True))


@given(before=TOLD, now=TOLD)
def test_a_counter_that_fell_makes_it_a_leg_of_its_own(before: dict[str, Counters], now: dict[str, Counters]) -> None:
    higher = plus(before, {next(iter(now)): (*[51] * 8,)})
    assert since(higher, now) == {name: row for name, row in now.items() if any(row)}


def test_buckets_are_disjoint() -> None:
    tokens = tokens_of((100, 60, 10, 20, 5, 1, 0, 0))
    assert (tokens.input, tokens.cache_read, tokens.cache_write, tokens.output, tokens.reasoning) == (30, 60, 10, 20, 5)
