"""One try of one job that is told twice: by two steps of it, by a job that needed it, by the forge."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.forge_facts import Run
from ledger.domain.merging import MERGE, merge_runs
from tests.domain.building import at, run

PASSED = replace(run("a", 1), evidence="outcome", tests=12, failures=0, reported="passed")
FAILED = run("a", 0, "failed")
UNKNOWN = run("a", 2, "unknown")
_RUNS = st.builds(
    replace,
    st.just(PASSED),
    conclusion=st.sampled_from(["passed", "failed", "cancelled", "skipped", "unknown"]),
    evidence=st.sampled_from(["", "outcome", "api"]),
    tests=st.none() | st.integers(0, 3),
    at=st.sampled_from([at(0), at(1)]),
)


def test_a_failure_that_was_told_once_holds() -> None:
    assert merge_runs(PASSED, FAILED) == merge_runs(FAILED, PASSED) == FAILED
    assert MERGE[Run] is merge_runs


def test_who_knows_nothing_yields() -> None:
    assert merge_runs(UNKNOWN, replace(FAILED, conclusion="cancelled")).conclusion == "cancelled"
    full = replace(UNKNOWN, tests=3, failures=1, errors=1, flaky=0, reported="failed")
    assert merge_runs(PASSED, full) == PASSED


def test_of_two_that_agree_the_one_that_tells_more_is_kept() -> None:
    bare = run("a", 3)
    assert merge_runs(bare, PASSED) == PASSED


@given(st.lists(_RUNS, min_size=1, max_size=4))
def test_in_any_order_it_ends_alike(runs: list[Run]) -> None:
    assert len({reduce(merge_runs, order) for order in permutations(runs)}) == 1
    assert merge_runs(runs[0], runs[0]) == runs[0]
