"""What counts conclude, and how the reports of one run add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.test_reports import (
    LONGEST_MS,
    Counts,
    Header,
    Results,
    milliseconds,
    summed_up,
    together,
    unreadable,
)

_NUMBERS = st.integers(0, 1000)
COUNTS = st.builds(
    Counts,
    tests=_NUMBERS,
    failures=_NUMBERS,
    errors=_NUMBERS,
    skipped=_NUMBERS,
    flaky=_NUMBERS,
    rerun=_NUMBERS,
)
RESULTS = st.builds(
    Results,
    form=st.sampled_from(["junit", "ctrf", "go", ""]),
    counts=COUNTS,
    header=st.builds(Header, tests=st.none() | _NUMBERS),
    is_from_header=st.booleans(),
    outside=st.integers(0, 2),
    duration_ms=st.none() | _NUMBERS,
    problems=st.lists(st.just("is cut."), max_size=1).map(tuple),
)


@pytest.mark.parametrize(
    ("results", "wanted"),
    [
        (Results(form="junit", counts=Counts(tests=2)), "passed"),
        (Results(form="junit", counts=Counts(tests=2, flaky=1)), "passed"),
        (Results(form="junit", counts=Counts(tests=2, skipped=1)), "passed"),
        (Results(form="junit", counts=Counts(tests=2, skipped=2)), "skipped"),
        (Results(form="junit", counts=Counts(tests=2, failures=1)), "failed"),
        (Results(form="junit", counts=Counts(tests=2, errors=1)), "failed"),
        (Results(form="junit", counts=Counts(errors=1)), "failed"),
        (Results(form="junit", counts=Counts(tests=2), outside=1), "failed"),
        (Results(form="junit"), "unknown"),
        (Results(form="junit", counts=Counts(tests=2), problems=("is cut.",)), "unknown"),
        (Results(form="junit", counts=Counts(tests=2, failures=1), problems=("is cut.",)), "failed"),
        (unreadable("is empty."), "unknown"),
    ],
)
def test_a_report_passes_only_when_all_of_it_was_read_and_nothing_failed(results: Results, wanted: str) -> None:
    assert results.conclusion == wanted


@given(st.lists(RESULTS, max_size=5))
def test_reports_add_up_in_any_order_and_no_failure_is_lost(reports: list[Results]) -> None:
    whole, turned = together(reports), together(reversed(reports))
    assert (whole.counts, whole.outside, whole.duration_ms) == (turned.counts, turned.outside, turned.duration_ms)
    assert (whole.form, whole.conclusion, whole.header) == (turned.form, turned.conclusion, turned.header)
    assert whole.counts.tests == sum(each.counts.tests for each in reports)
    if any(each.conclusion == "failed" for each in reports):
        assert whole.conclusion == "failed"
    if whole.conclusion == "passed":
        assert not any(each.problems for each in reports)


def test_what_no_report_tells_stays_unknown_in_the_sum() -> None:
    silent, telling = Results(form="junit"), Results(form="go", header=Header(tests=3), duration_ms=5)
    assert together([silent, silent]).duration_ms is None
    assert together([silent, silent]).header == Header()
    both = together([silent, telling])
    assert (both.duration_ms, both.header.tests, both.form) == (5, 3, "go+junit")
    assert together([]) == Results(form="")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("1.5", 1500),
        ("1,234.56", 1_234_560),
        (2, 2000),
        (0.0004, 0),
        ("0", 0),
        (LONGEST_MS / 1000, LONGEST_MS),
        (LONGEST_MS, None),
        ("-1", None),
        ("", None),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        (10**400, None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_seconds_are_read_as_people_and_programs_write_them(said: object, wanted: int | None) -> None:
    assert milliseconds(said) == wanted


def test_counts_are_told_in_words() -> None:
    assert summed_up(Counts(tests=1)) == "1 test"
    whole = Counts(tests=1200, failures=2, errors=1, skipped=3, flaky=4, rerun=5)
    assert summed_up(whole) == "1,200 tests, 2 failed, 1 error, 3 skipped, 4 flaky"
