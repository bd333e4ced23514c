"""CTRF: statuses, flaky tests, summaries, and documents that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import ctrf
from ledger.domain.ctrf import Ctrf
from ledger.domain.test_reports import Counts, Header, Results


def read(text: bytes, piece: int = 1 << 20) -> Results:
    reader = Ctrf()
    for start in range(0, len(text), piece):
        if not reader.feed(text[start : start + piece]):
            break
    return reader.close()


def document(*tests: Any, **summary: Any) -> bytes:
    results = {"tool": {"name": "jest"}, "summary": summary, "tests": list(tests)}
    return json.dumps({"reportFormat": "CTRF", "specVersion": "1.0.0", "results": results}, indent=2).encode()


def row(status: str = "passed", **told: Any) -> dict[str, Any]:
    return {"name": "adds", "status": status, "duration": 10, **told}


def test_each_status_counts_as_what_it_is() -> None:
    statuses = ("passed", "failed", "failed", "skipped", "pending", "other", "unheard-of")
    found = read(document(*map(row, statuses)))
    assert found.counts == Counts(tests=7, failures=2, skipped=2)
    assert (found.conclusion, found.duration_ms, found.form) == ("failed", 70, "ctrf")


def test_a_test_that_passed_after_a_retry_is_flaky_and_one_that_never_did_was_rerun() -> None:
    tests = (row(flaky=True, retries=2), row("failed", retries=1, flaky=True), row(retries=0), row("failed"))
    assert read(document(*tests)).counts == Counts(tests=4, failures=2, flaky=1, rerun=1)


def test_the_summary_is_the_header_and_counts_only_without_tests() -> None:
    listed = read(document(row(), tests=5, failed=1, skipped=1, pending=1, start=1000, stop=3500))
    assert (listed.counts, listed.header) == (Counts(tests=1), Header(tests=5, failures=1, skipped=2))
    assert (listed.disagrees, listed.duration_ms, listed.conclusion) == (True, 2500, "passed")
    bare = read(document(tests=5, failed=1, skipped=1, flaky=1))
    assert bare.is_from_header
    assert (bare.counts, bare.conclusion) == (Counts(tests=5, failures=1, skipped=1, flaky=1), "failed")
    assert read(document()).conclusion == "unknown"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is broken JSON; the run was probably cut short."),
        (document(row())[:-9], "is broken JSON"),
        (b"[" * 100_000, "is broken JSON"),
        (b"[]", 'has no "results" with "tests"'),
        (b'{"results": []}', 'has no "results" with "tests"'),
        (b'{"results": {"tests": {}}}', 'has no "results" with "tests"'),
    ],
)
def test_what_is_none_is_a_sentence(text: bytes, said: str) -> None:
    found = read(text)
    assert len(found.problems) == 1
    assert said in found.problems[0]
    assert found.conclusion == "unknown"


def test_a_document_that_is_too_large_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctrf, "LARGEST", 100)
    assert "larger than 128 MB" in read(document(row()), 50).problems[0]


@pytest.mark.parametrize("odd", [None, -1, True, "3", 1e300, [], {}])
def test_numbers_that_are_none_tell_nothing(odd: object) -> None:
    found = read(document(row(duration=odd, retries=odd), "no test", tests=odd, failed=odd, start=odd, stop=odd))
    assert (found.counts, found.header, found.duration_ms) == (Counts(tests=1), Header(), None)


_VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["results", "tests", "summary", "status", "flaky", "retries", "duration", "start", "stop"]),
        inner, max_size=4)), max_leaves=15)  # fmt: skip


@given(st.binary(max_size=200) | _VALUES.map(lambda value: json.dumps(value).encode()), st.integers(1, 50))
def test_any_bytes_and_any_document_end_in_a_report(text: bytes, piece: int) -> None:
    found = read(text, piece)
    assert found.conclusion in ("passed", "failed", "skipped", "unknown")
    assert all(count >= 0 for count in (found.counts.tests, found.counts.failures, found.counts.skipped))
