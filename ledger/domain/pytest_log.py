"""pytest's report log: one report a line for each phase of each test; the only form that tells tries apart from tests.

A test ends as the worst of its phases: broken setup or teardown is an error, a failing call or subtest a failure. A
test that is run again says `rerun` for the try that failed. A file that cannot be collected is an error of its own.
"""

from __future__ import annotations

from ledger.domain.log_lines import Event, LogLines
from ledger.domain.test_reports import LONGEST_MS, Results, milliseconds
from ledger.domain.tries import ERROR, FAILED, PASSED, SKIPPED, Tries

FORM = "reportlog"
_WORST = (PASSED, SKIPPED, FAILED, ERROR)


class PytestLog:
    """A log that is fed in pieces."""

    def __init__(self) -> None:
        self._lines = LogLines(b'"$report_type"', self._report)
        self._tests = Tries()
        self._running: dict[str, str] = {}
        """Test → the worst of its phases so far; several run at once under xdist."""
        self._is_over = False
        self._duration_ms: int | None = None

    def feed(self, piece: bytes) -> bool:
        """Take the next piece; always more can be understood."""
        return self._lines.feed(piece)

    def close(self) -> Results:
        """What the log tells; a test whose teardown is missing ended as far as it came."""
        problems = self._lines.close()
        for test, end in self._running.items():
            self._tests.end(end, test)
        if not self._is_over:
            problems = (*problems, "ends before the session did: the run was cut short.")
        return Results(form=FORM, counts=self._tests.counts(), duration_ms=self._duration_ms, problems=tuple(problems))

    def _report(self, report: Event) -> None:
        kind, test, outcome = (report.get(name) for name in ("$report_type", "nodeid", "outcome"))
        if kind == "SessionFinish":
            self._is_over = True
        if not isinstance(test, str):
            return
        if kind == "CollectReport" and outcome == "failed":
            self._tests.end(ERROR, test, "collect")
        elif kind in ("TestReport", "SubTestReport"):
            self._of_test(kind, test, str(outcome), report)

    def _of_test(self, kind: object, test: str, outcome: str, report: Event) -> None:
        took = milliseconds(report.get("duration"))
        if took is not None and kind == "TestReport":
            self._duration_ms = min((self._duration_ms or 0) + took, LONGEST_MS)
        phase = report.get("when")
        if outcome == "rerun":
            self._tests.again(test)
            self._running[test] = PASSED
            return
        end = _end(outcome, phase, is_expected="wasxfail" in report)
        if kind == "SubTestReport" and end == SKIPPED:
            end = PASSED  # a part of it was skipped, the test was not
        self._running[test] = max(self._running.get(test, PASSED), end, key=_WORST.index)
        if phase == "teardown" and kind == "TestReport":
            self._tests.end(self._running.pop(test), test)


def _end(outcome: str, phase: object, *, is_expected: bool) -> str:
    if outcome == "failed":
        return FAILED if phase == "call" else ERROR
    return SKIPPED if outcome == "skipped" or (is_expected and outcome != "passed") else PASSED
