"""Running totals as steps: every token is counted once, however often a total is repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.codex_usage import Meter, had_spent_before, tokens_of, vector
from tests.domain.building import sure

NAMES = ("input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens", "reasoning_output_tokens")


def usage(*counts: int) -> dict[str, int]:
    return dict(zip(NAMES, counts, strict=False))


counts_of = st.tuples(*[st.integers(0, 50)] * 5).filter(any)


@given(steps=st.lists(counts_of, max_size=12), repeats=st.lists(st.integers(1, 3), min_size=12, max_size=12))
def test_the_steps_of_a_growing_total_add_up_to_it(steps: list[tuple[int, ...]], repeats: list[int]) -> None:
    meter, running, found = Meter(), [0] * 5, [0] * 5
    for step, times in zip(steps, repeats, strict=False):
        running = [one + other for one, other in zip(running, step, strict=True)]
        for _ in range(times):
            # Between any two rows the reading may stop and go on.
            meter = Meter(json.loads(json.dumps(meter.state())))
            taken = meter.step({"total_token_usage": usage(*running), "last_token_usage": usage(*step)})
            if taken:
                found = [one + other for one, other in zip(found, taken.used, strict=True)]
    assert found == running


@given(rows=st.lists(st.tuples(st.none() | counts_of, st.none() | counts_of), max_size=12))
def test_no_step_is_negative_and_no_two_have_one_key(rows: list[tuple[Any, Any]]) -> None:
    meter, keys = Meter(), list[object]()
    for total, last in rows:
        told = {
            "total_token_usage": usage(*total) if total else None,
            "last_token_usage": usage(*last) if last else None,
        }
        step = meter.step(told)
        if step:
            assert all(count >= 0 for count in step.used)
            assert any(step.used)
            keys.append((step.era, step.total))
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (None, None),
        ([], None),
        ({}, None),
        ({"total_tokens": 7}, None),
        ({"total_tokens": 7, "input_tokens": 0, "output_tokens": 0}, None),
        ({"input_tokens": 5}, (5, 0, 0, 0, 0)),
        ({"input_tokens": 0}, (0, 0, 0, 0, 0)),
        ({"input_tokens": None, "output_tokens": 3.0}, (0, 0, 0, 3, 0)),
    ],
)
def test_the_counters_of_a_usage_object(found: Any, wanted: tuple[int, ...] | None) -> None:
    assert vector(found) == wanted


@pytest.mark.parametrize("wrong", [-1, "5", True, 1.5, 10**15, [1]])
def test_a_count_is_a_count_or_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="input_tokens"):
        vector({"input_tokens": wrong})


def test_buckets_are_disjoint_and_sum_to_the_total() -> None:
    tokens = tokens_of((100, 60, 10, 20, 5))
    assert (tokens.input, tokens.cache_read, tokens.cache_write, tokens.output, tokens.reasoning) == (30, 60, 10, 20, 5)
    assert sure(tokens.input) + tokens.cache_read + tokens.cache_write == 100


def test_a_record_tells_whether_its_thread_had_spent_before() -> None:
    used = usage(10, 0, 0, 1)
    assert had_spent_before({"usage": used, "thread_token_usage": usage(30, 0, 0, 3)})
    assert not had_spent_before({"usage": used, "thread_token_usage": used})
    assert not had_spent_before({"usage": used})
    assert not had_spent_before({"usage": used, "thread_token_usage": {"input_tokens": "x"}})
