"""CTRF, the common test report format: one JSON document with a summary and a list of tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson

from ledger.domain.test_reports import LONGEST_MS, Counts, Header, Results, unreadable

FORM = "ctrf"
LARGEST = 128 * 1024 * 1024
"""A document is parsed whole, so that larger ones are refused rather than held in memory."""


class Ctrf:
    """A report that is fed in pieces."""

    def __init__(self) -> None:
        self._text = bytearray()

    def feed(self, piece: bytes) -> bool:
        """Take the next piece; False once it is too large."""
        self._text += piece
        return len(self._text) <= LARGEST

    def close(self) -> Results:
        """What the report tells."""
        if len(self._text) > LARGEST:
            return unreadable("is larger than 128 MB and was not read; let each part of the run write its own.", FORM)
        try:
            found = orjson.loads(self._text)
        except ValueError:
            return unreadable("is broken JSON; the run was probably cut short.", FORM)
        results = found.get("results") if isinstance(found, dict) else None
        tests = results.get("tests") if isinstance(results, dict) else None
        if not isinstance(results, dict) or not isinstance(tests, list):
            return unreadable('has no "results" with "tests", which a CTRF report has.', FORM)
        summary = results.get("summary")
        return _report([test for test in tests if isinstance(test, dict)], summary if isinstance(summary, dict) else {})


def _report(tests: list[dict[str, Any]], summary: Mapping[str, Any]) -> Results:
    header = _header(summary)
    is_from_header = not tests and bool(header.tests)
    return Results(
        form=FORM,
        counts=_of_header(summary, header) if is_from_header else _counts(tests),
        header=header,
        is_from_header=is_from_header,
        duration_ms=_duration(tests, summary),
    )


def _counts(tests: list[dict[str, Any]]) -> Counts:
    ends = Counter(str(test.get("status")) for test in tests)
    return Counts(
        tests=len(tests),
        failures=ends["failed"],
        skipped=ends["skipped"] + ends["pending"],
        flaky=sum(test.get("flaky") is True and test.get("status") == "passed" for test in tests),
        rerun=sum((_number(test.get("retries")) or 0) > 0 and test.get("status") == "failed" for test in tests),
    )


def _header(summary: Mapping[str, Any]) -> Header:
    skipped, pending = _number(summary.get("skipped")), _number(summary.get("pending"))
    return Header(
        tests=_number(summary.get("tests")),
        failures=_number(summary.get("failed")),
        skipped=skipped if pending is None else (skipped or 0) + pending,
    )


def _of_header(summary: Mapping[str, Any], header: Header) -> Counts:
    return Counts(
        tests=header.tests or 0,
        failures=header.failures or 0,
        skipped=header.skipped or 0,
        flaky=_number(summary.get("flaky")) or 0,
    )


def _duration(tests: list[dict[str, Any]], summary: Mapping[str, Any]) -> int | None:
    """From start to stop; else what the tests took, added up."""
    start, stop = _number(summary.get("start")), _number(summary.get("stop"))
    if start and stop and 0 <= stop - start <= LONGEST_MS:
        return stop - start
    told = [took for test in tests if (took := _number(test.get("duration"))) is not None]
    return min(sum(told), LONGEST_MS) if told else None


def _number(value: object) -> int | None:
    """A count or milliseconds; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        return None
    return int(value)
