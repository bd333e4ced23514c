"""Tests told try by try."""

from __future__ import annotations

import pytest

from ledger.domain.test_reports import Counts
from ledger.domain.tries import Tries


def counted(*ends: str) -> Counts:
    tries = Tries()
    for end in ends:
        tries.begin("p", "t")
        if end != "begun":
            tries.end(end, "p", "t")
    return tries.counts()


@pytest.mark.parametrize(
    ("ends", "wanted"),
    [
        (("passed",), Counts(tests=1)),
        (("passed", "passed"), Counts(tests=1)),
        (("failed", "passed"), Counts(tests=1, flaky=1)),
        (("error", "passed"), Counts(tests=1, flaky=1)),
        (("failed", "error"), Counts(tests=1, errors=1, rerun=1)),
        (("passed", "failed"), Counts(tests=1, failures=1)),
        (("failed", "skipped"), Counts(tests=1, skipped=1)),
        (("failed", "begun"), Counts(tests=1, errors=1, rerun=1)),
        (("begun",), Counts(tests=1, errors=1)),
    ],
)
def test_the_last_try_is_the_tests_end_and_earlier_ones_tell_whether_it_is_flaky(
    ends: tuple[str, ...], wanted: Counts
) -> None:
    assert counted(*ends) == wanted


def test_names_are_told_apart_by_their_parts() -> None:
    tries = Tries()
    tries.end("passed", "a", "b")
    tries.end("failed", "ab", "")
    tries.end("failed", "\ud800", "half")
    tries.again("never", "ended")
    assert tries.counts() == Counts(tests=3, failures=2)
