"""pytest's report log: phases, subtests, tries, and a session that never ended."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.pytest_log import PytestLog
from ledger.domain.test_reports import Counts, Results

BEGIN = {"pytest_version": "9.0.0", "$report_type": "SessionStart"}
END = {"exitstatus": 0, "$report_type": "SessionFinish"}


def read(text: bytes, piece: int = 1 << 20) -> Results:
    reader = PytestLog()
    for start in range(0, len(text), piece):
        reader.feed(text[start : start + piece])
    return reader.close()


def log(*reports: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(report) + b"\n" for report in (BEGIN, *reports, END))


def phase(when: str, outcome: str = "passed", test: str = "test_a.py::test_a", **told: Any) -> dict[str, Any]:
    return {"nodeid": test, "when": when, "outcome": outcome, "duration": 0.25, "$report_type": "TestReport", **told}


def tried(setup: str = "passed", call: str = "passed", teardown: str = "passed", **told: Any) -> list[dict[str, Any]]:
    ran = [phase("call", call, **told)] if setup == "passed" else []
    return [phase("setup", setup, **told), *ran, phase("teardown", teardown, **told)]


def counts(*reports: dict[str, Any]) -> Counts:
    found = read(log(*reports))
    assert found.problems == ()
    return found.counts


def test_a_test_ends_as_the_worst_of_its_phases() -> None:
    assert counts(*tried()) == Counts(tests=1)
    assert counts(*tried(call="failed")) == Counts(tests=1, failures=1)
    assert counts(*tried(setup="failed")) == Counts(tests=1, errors=1)
    assert counts(*tried(teardown="failed")) == Counts(tests=1, errors=1)
    assert counts(*tried(call="failed", teardown="failed")) == Counts(tests=1, errors=1)
    assert counts(*tried(setup="skipped")) == Counts(tests=1, skipped=1)
    assert counts(*tried(call="skipped")) == Counts(tests=1, skipped=1)


def test_a_failure_that_is_expected_is_skipped_and_an_unexpected_pass_passes() -> None:
    assert counts(*tried(call="skipped", wasxfail="known")) == Counts(tests=1, skipped=1)
    assert counts(*tried(wasxfail="known")) == Counts(tests=1)


def test_tries_are_told_apart_from_tests() -> None:
    again = [phase("setup"), phase("call", "rerun"), phase("teardown")]
    assert counts(*again, *tried()) == Counts(tests=1, flaky=1)
    assert counts(*again, *again, *tried(call="failed")) == Counts(tests=1, failures=1, rerun=1)
    broken = [phase("setup", "rerun"), phase("teardown")]
    assert counts(*broken, *tried()) == Counts(tests=1, flaky=1)


def test_a_subtest_that_fails_fails_its_test_and_one_that_is_skipped_does_not_skip_it() -> None:
    def sub(outcome: str) -> dict[str, Any]:
        return phase("call", outcome) | {"$report_type": "SubTestReport"}

    assert counts(phase("setup"), sub("passed"), sub("failed"), phase("call"), phase("teardown")) == Counts(
        tests=1, failures=1
    )
    assert counts(phase("setup"), sub("skipped"), phase("call"), phase("teardown")) == Counts(tests=1)


def test_tests_that_run_at_once_are_told_apart() -> None:
    one, other = tried(test="a"), tried(test="b", call="failed")
    mixed = [row for pair in zip(one, other, strict=True) for row in pair]
    assert counts(*mixed) == Counts(tests=2, failures=1)


def test_what_cannot_be_collected_is_an_error() -> None:
    report = {"nodeid": "test_b.py", "outcome": "failed", "$report_type": "CollectReport"}
    assert counts(report, report | {"nodeid": "", "outcome": "passed"}) == Counts(tests=1, errors=1)


def test_a_session_that_never_ended_is_cut_and_what_was_read_of_it_is_kept() -> None:
    text = log(*tried(), phase("setup", test="b"), phase("call", "failed", test="b"))
    found = read(text.rpartition(b'{"exitstatus"')[0])
    assert found.problems == ("ends before the session did: the run was cut short.",)
    assert (found.counts, found.conclusion) == (Counts(tests=2, failures=1), "failed")
    assert read(log(*tried())[:-20]).conclusion == "unknown"


def test_how_long_it_took_is_that_of_all_phases() -> None:
    assert read(log(*tried())).duration_ms == 750


_REPORTS = st.builds(
    phase,
    st.sampled_from(["setup", "call", "teardown", "?"]),
    st.sampled_from(["passed", "failed", "skipped", "rerun", "?"]),
    st.sampled_from(["a", "b"]),
    duration=st.none() | st.floats() | st.text(max_size=3),
)


@given(st.lists(_REPORTS, max_size=25), st.integers(1, 90), st.binary(max_size=30))
def test_pieces_change_nothing_and_any_line_ends_in_a_report(
    reports: list[dict[str, Any]], piece: int, noise: bytes
) -> None:
    text = noise + b"\n" + log(*reports)
    whole = read(text)
    assert read(text, piece) == whole
    assert whole.counts.tests <= len(reports)
