"""`go test -json`: tests, packages, what did not build, what was tried again, and lines of other programs."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.go_tests import GoTests
from ledger.domain.test_reports import Counts, Results


def read(text: bytes, piece: int = 1 << 20) -> Results:
    reader = GoTests()
    for start in range(0, len(text), piece):
        reader.feed(text[start : start + piece])
    return reader.close()


def log(*events: dict[str, Any] | bytes) -> bytes:
    return b"".join((event if isinstance(event, bytes) else orjson.dumps(event)) + b"\n" for event in events)


def event(action: str, name: str = "", package: str = "shop", **told: Any) -> dict[str, Any]:
    named = {"Test": name} if name else {}
    return {"Time": "2026-03-01T09:00:00Z", "Action": action, "Package": package, **named, **told}


def tried(name: str, end: str) -> list[dict[str, Any]]:
    return [event("run", name), event("output", name, Output="=== RUN"), event(end, name, Elapsed=0.1)]


def test_tests_and_subtests_count_each() -> None:
    names = (("TestA", "pass"), ("TestA/one", "skip"), ("TestB", "fail"), ("TestB/two", "fail"))
    rows = [row for name, end in names for row in tried(name, end)]
    found = read(log(event("start"), *rows, event("fail", Elapsed=1.25)))
    assert found.counts == Counts(tests=4, failures=2, skipped=1)
    assert (found.conclusion, found.duration_ms, found.problems) == ("failed", 1250, ())


def test_a_package_that_fails_without_a_failing_test_is_told_outside_of_tests() -> None:
    found = read(log(*tried("TestA", "pass"), event("fail")))
    assert (found.counts, found.outside, found.conclusion) == (Counts(tests=1), 1, "failed")
    assert read(log(b"# shop", b"./a.go:3: undefined: x", event("fail"))).outside == 1
    assert read(log(event("start"), event("skip"))).conclusion == "unknown"


def test_a_build_that_failed_is_one_error_with_the_package_that_needed_it() -> None:
    built = {"ImportPath": "shop [shop.test]", "Action": "build-fail"}
    assert read(log(built, event("fail", FailedBuild="shop [shop.test]"))).outside == 1
    assert read(log(built)).outside == 1


def test_a_test_that_is_tried_again_is_flaky_or_failed_each_time() -> None:
    rows = [*tried("A", "fail"), *tried("B", "fail"), event("fail"), event("start")]
    again = [*tried("A", "pass"), *tried("B", "fail"), event("fail")]
    found = read(log(*rows, *again))
    assert found.counts == Counts(tests=2, failures=1, flaky=1, rerun=1)
    passing = read(log(*tried("A", "fail"), event("fail"), event("start"), *tried("A", "pass"), event("pass")))
    assert (passing.counts, passing.conclusion) == (Counts(tests=1, flaky=1), "passed")


def test_a_package_that_counts_twice_and_fails_once_failed() -> None:
    found = read(log(*tried("A", "fail"), *tried("A", "pass"), event("fail")))
    assert found.counts.flaky == 1
    assert found.counts.failures + found.counts.errors == 0
    assert found.outside == 1
    assert found.conclusion == "failed"


def test_a_test_that_never_ended_broke_with_its_package() -> None:
    found = read(log(*tried("A", "pass"), event("run", "B"), event("fail")))
    assert (found.counts, found.outside) == (Counts(tests=2, errors=1), 0)


def test_a_package_that_never_ended_was_cut_and_what_it_ran_is_unknown() -> None:
    found = read(log(event("start"), *tried("A", "pass")))
    assert found.problems == ("ends before 1 package did: the run was cut short.",)
    assert (found.counts, found.conclusion) == (Counts(tests=1), "unknown")


def test_lines_of_other_programs_are_passed_over_and_torn_ones_counted() -> None:
    noise = (b"make: entering", b"\xff\xfe", b'{"level": "info"}', b'["Action"]', b'{"Action": 3}', b"")
    rows = [row for pair in zip(noise, tried("A", "pass") * 2, strict=True) for row in pair]
    whole = log(*rows, event("pass"))
    assert read(whole).problems == ()
    assert read(whole).counts == Counts(tests=1)
    torn = read(whole + b'{"Time": "2026", "Action": "run", "Te')
    assert torn.problems == ("has 1 line cut or broken, left out.",)


@pytest.mark.parametrize("odd", [3, None, ["x"], {"a": 1}])
def test_events_with_odd_fields_tell_nothing(odd: object) -> None:
    assert (
        read(log({"Action": odd, "Package": "p", "Test": "t"}, {"Action": "pass", "Package": odd})).counts.failures == 0
    )


def test_a_line_that_is_too_long_is_not_held() -> None:
    reader = GoTests()
    for _ in range(20):
        reader.feed(b'{"Action": "output"' + b"x" * (1 << 20))
    reader.feed(b"\n" + log(*tried("A", "pass"), event("pass")))
    found = reader.close()
    assert found.counts == Counts(tests=1)
    assert found.problems == ("has 1 line cut or broken, left out.",)


_EVENTS = st.builds(
    event,
    st.sampled_from(["start", "run", "pass", "fail", "skip", "output", "build-fail", "cont"]),
    st.sampled_from(["", "A", "B"]),
    st.sampled_from(["shop", "till"]),
    Elapsed=st.none() | st.floats(),
)


@given(st.lists(_EVENTS | st.binary(max_size=20), max_size=30), st.integers(1, 60))
def test_pieces_change_nothing_and_no_failing_package_passes(rows: list[Any], piece: int) -> None:
    text = log(*rows)
    whole = read(text)
    assert read(text, piece) == whole
    last = {row["Package"]: row["Action"] for row in rows if isinstance(row, dict) and "Test" not in row}
    if "fail" in [action for action in last.values() if action in ("pass", "fail", "skip")]:
        assert whole.conclusion == "failed" or whole.problems
