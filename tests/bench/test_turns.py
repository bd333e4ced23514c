"""Works take turns."""

from __future__ import annotations

from functools import partial

import pytest

from tests.bench.loading import load


def test_every_round_runs_each_work_once_and_the_first_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = load("turns", monkeypatch)
    order: list[str] = []
    times = bench.take_turns(3, [partial(order.append, name) for name in "abc"])
    assert [sorted(order[start : start + 3]) for start in range(0, 12, 3)] == [["a", "b", "c"]] * 4
    assert len(order) == 12
    assert [len(taken) for taken in times] == [3, 3, 3]


def test_the_order_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = load("turns", monkeypatch)
    order: list[str] = []
    bench.take_turns(40, [partial(order.append, name) for name in "abcd"])
    assert len({tuple(order[start : start + 4]) for start in range(0, len(order), 4)}) > 1


def test_what_comes_after_a_work_is_told_which_and_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = load("turns", monkeypatch)
    ended: list[int] = []
    clock = iter(range(100))

    def after(place: int) -> None:
        ended.append(place)
        next(clock)

    monkeypatch.setattr(bench.time, "perf_counter", lambda: next(clock))
    times = bench.take_turns(1, [lambda: None, lambda: None], after=after)
    assert sorted(ended) == [0, 0, 1, 1]
    assert times == [[1], [1]]
