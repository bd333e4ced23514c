"""`go test -json`: one event a line, mixed with what builds and other programs print.

Subtests and the tests that hold them count each, as Go counts them. A package that fails without a failing test did not
build, or broke before or after its tests: that is told outside of any test. What began and never ended broke with its
package; where the package never ended either, the log was cut.
"""

from __future__ import annotations

from ledger.domain.log_lines import Event, LogLines
from ledger.domain.screen import counted
from ledger.domain.test_reports import LONGEST_MS, Results, milliseconds
from ledger.domain.tries import FAILED, PASSED, SKIPPED, Tries

FORM = "go"
_ENDS = {"pass": PASSED, "fail": FAILED, "skip": SKIPPED}


class GoTests:
    """A log that is fed in pieces."""

    def __init__(self) -> None:
        self._lines = LogLines(b'"Action"', self._event)
        self._tests = Tries()
        self._packages: dict[str, str] = {}
        """Package → its last action: start or run, pass, fail, skip."""
        self._bad: dict[str, set[str]] = {}
        """Package → its tests that failed last, or did not end."""
        self._unbuilt: set[str] = set()
        self._duration_ms: int | None = None

    def feed(self, piece: bytes) -> bool:
        """Take the next piece; always more can be understood."""
        return self._lines.feed(piece)

    def close(self) -> Results:
        """What the log tells."""
        problems = list(self._lines.close())
        open_ones = sum(action not in _ENDS for action in self._packages.values())
        if open_ones:
            problems.append(f"ends before {counted(open_ones, 'package')} did: the run was cut short.")
        failed = [name for name, action in self._packages.items() if action == "fail"]
        broken = sum(not self._bad.get(name) for name in failed)
        return Results(
            form=FORM,
            counts=self._tests.counts(),
            outside=broken + len(self._unbuilt),
            duration_ms=self._duration_ms,
            problems=tuple(problems),
        )

    def _event(self, event: Event) -> None:
        action, package, test = (event.get(name) for name in ("Action", "Package", "Test"))
        if action == "build-fail" and isinstance(event.get("ImportPath"), str):
            self._unbuilt.add(event["ImportPath"])
        if not isinstance(package, str):
            return
        if isinstance(test, str) and test:
            self._packages.setdefault(package, "run")
            self._of_test(action, package, test)
        elif isinstance(action, str) and action in _ENDS:
            self._end_package(action, package, event)
        elif action == "start":
            self._packages[package] = action

    def _of_test(self, action: object, package: str, test: str) -> None:
        bad = self._bad.setdefault(package, set())
        if action == "run":
            self._tests.begin(package, test)
            bad.add(test)
        elif isinstance(action, str) and action in _ENDS:
            self._tests.end(_ENDS[action], package, test)
            (bad.add if action == "fail" else bad.discard)(test)

    def _end_package(self, action: str, package: str, event: Event) -> None:
        self._packages[package] = action
        self._unbuilt.discard(str(event.get("FailedBuild")))
        took = milliseconds(event.get("Elapsed"))
        if took is not None:
            self._duration_ms = min((self._duration_ms or 0) + took, LONGEST_MS)
