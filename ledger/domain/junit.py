"""JUnit XML in the dialects of its many writers, understood piece by piece: memory does not grow with the report.

A test is a `testcase` element, wherever suites nest it. How it ended is told by its children, error before failure
before skipped; by googletest's and others' `status` for tests that were not run. Surefire and nextest mark what was run
again (`flakyFailure`, `rerunFailure`); pytest writes each earlier try as a case of its own, which looks passed.

Reports come from whatever a run left behind, so nothing is taken on trust: a document type, which is where entities
and outside files are named, is refused, and so is what nests too deep or is written too long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import NoReturn
from xml.parsers import expat

from ledger.domain.screen import plain
from ledger.domain.test_reports import LONGEST_MS, Counts, Header, Results, milliseconds

FORM = "junit"
DEEPEST = 1000
LONGEST_TAG = 16 * 1024 * 1024
"""Bytes in one tag or comment, which the parser has to hold whole."""
_SUITES = ("testsuites", "testsuite")
_NOT_RUN = frozenset({"notrun", "disabled", "skipped", "suppressed"})
_BAD = ("error", "failure")
_ENDS = (*_BAD, "skipped")
_FLAKY = frozenset({"flakyFailure", "flakyError"})
_RERUN = frozenset({"rerunFailure", "rerunError"})
_MARKS = frozenset({*_ENDS, *_FLAKY, *_RERUN})
_COUNT = re.compile(r"\s*([0-9]{1,9})\s*")
_OTHERS = {
    "assemblies": "xUnit.net",
    "assembly": "xUnit.net",
    "test-run": "NUnit",
    "test-results": "NUnit",
    "TestRun": "Visual Studio",
    "coverage": "coverage",
    "checkstyle": "Checkstyle",
}
"""Roots of other reports that people take for one."""


class _Refused(Exception):
    """The document is not read on; why, in words."""


@dataclass(slots=True)
class Case:
    """A test while its element is open, and the last one."""

    name: tuple[str, str]
    depth: int
    is_pytest: bool
    marks: set[str] = field(default_factory=set)

    @classmethod
    def begun(cls, told: Mapping[str, str], depth: int, *, is_pytest: bool) -> Case:
        """The test of a `testcase` element; one that says it was not run is skipped."""
        case = cls((told.get("classname", ""), told.get("name", "")), depth, is_pytest)
        if {told.get("status", "").lower(), told.get("result", "").lower()} & _NOT_RUN:
            case.marks.add("skipped")
        return case

    def mark(self, name: str, depth: int) -> None:
        """An element inside it: of its own children those that tell how it ended are kept."""
        if depth == self.depth + 1 and name in _MARKS:
            self.marks.add(name)

    def repeats(self, before: Case) -> bool:
        """It is a further try at the test before it, which pytest wrote as if that had passed."""
        is_same = self.is_pytest and before.is_pytest and any(self.name) and self.name == before.name
        return is_same and before.end == "passed"

    @property
    def end(self) -> str:
        """error | failure | skipped | passed."""
        return next((mark for mark in _ENDS if mark in self.marks), "passed")


class JUnit:
    """A report that is fed in pieces."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._cases: list[Case] = []
        self._sums = _Sums()
        self._tests = _Tests()
        self._pytest_at = 0
        """How deep the suite lies that pytest wrote; 0 outside of one."""
        self._outside = 0
        self._fed = 0
        self._problem = ""
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def feed(self, piece: bytes) -> bool:
        """Take the next piece; False once nothing more can be understood."""
        return self._parse(piece, is_last=False)

    def close(self) -> Results:
        """What the report tells, when all of it was fed."""
        self._parse(b"", is_last=True)
        counts, header = self._tests.counts(), self._sums.header()
        is_from_header = not counts.tests and bool(header.tests)
        return Results(
            form=FORM,
            counts=_of_header(header) if is_from_header else counts,
            header=header,
            is_from_header=is_from_header,
            outside=self._outside,
            duration_ms=self._sums.duration_ms,
            problems=(self._problem,) if self._problem else (),
        )

    def _parse(self, piece: bytes, *, is_last: bool) -> bool:
        if self._problem:
            return False
        self._fed += len(piece)
        try:
            self._parser.Parse(piece, is_last)
            if self._fed - max(self._parser.CurrentByteIndex, 0) > LONGEST_TAG:
                raise _Refused("it holds a tag or a comment of more than 16 MB, which no report needs")
        except _Refused as error:
            self._problem = f"was read to line {self._parser.CurrentLineNumber} only: {error}."
        except expat.ExpatError as error:
            self._problem = _broken(error, is_empty=self._fed == 0)
        except (ValueError, LookupError):  # an encoding that no codec knows, or one of several bytes to a character
            self._problem = "is written in an encoding that cannot be read; let its writer use UTF-8."
        return not self._problem

    def _start(self, name: str, told: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if not self._path and name not in _SUITES:
            raise _Refused(_no_report(name))
        if len(self._path) >= DEEPEST:
            raise _Refused(f"it nests more than {DEEPEST:,} elements")
        if name == "testcase":
            self._cases.append(Case.begun(told, len(self._path), is_pytest=self._pytest_at > 0))
            self._sums.add_case(told)
        elif self._cases:
            self._cases[-1].mark(name, len(self._path))
        elif name in _SUITES:
            self._sums.add_suite(name, told, len(self._path), is_inside="testsuite" in self._path)
            if told.get("name") == "pytest" and not self._pytest_at:
                self._pytest_at = len(self._path) + 1
        elif name in ("error", "failure") and self._path[-1] in _SUITES:
            self._outside += 1
        self._path.append(name)

    def _end(self, _name: str) -> None:
        self._path.pop()
        if self._cases and len(self._path) == self._cases[-1].depth:
            self._tests.add(self._cases.pop())
        if len(self._path) < self._pytest_at:
            self._pytest_at = 0


class _Tests:
    """Counts tests as they end."""

    def __init__(self) -> None:
        self._ends = Counter[str]()
        self._last: Case | None = None
        self._is_again = False
        """The last one is a further try at the one before."""

    def add(self, case: Case) -> None:
        """One more test."""
        self._ends["tests"] += 1
        self._ends[case.end] += 1
        if case.marks & _FLAKY and case.end == "passed":
            self._ends["flaky"] += 1
        if case.marks & _RERUN and case.end in _BAD:
            self._ends["rerun"] += 1
        is_again = self._last is not None and case.repeats(self._last)
        if not is_again:
            self._settle()
        self._last, self._is_again = case, is_again

    def _settle(self) -> None:
        """The tries at a test are over: as the last of them ended, it is flaky or failed each time."""
        if self._is_again and self._last:
            self._ends["flaky"] += self._last.end == "passed"
            self._ends["rerun"] += self._last.end in _BAD
        self._is_again = False

    def counts(self) -> Counts:
        """Of all that were added."""
        self._settle()
        ends = self._ends
        return Counts(
            tests=ends["tests"],
            failures=ends["failure"],
            errors=ends["error"],
            skipped=ends["skipped"],
            flaky=ends["flaky"],
            rerun=ends["rerun"],
        )


class _Sums:
    """What the report says of itself: its root's sums, else those of the outermost suites added up."""

    def __init__(self) -> None:
        self._of_root: dict[str, int] = {}
        self._of_suites: dict[str, int] = {}
        self._of_cases: int | None = None

    def add_suite(self, name: str, told: Mapping[str, str], depth: int, *, is_inside: bool) -> None:
        """A suite's own sums; one inside another was counted by that."""
        if is_inside or (depth and name == "testsuites"):
            return
        sums = self._of_suites if name == "testsuite" else self._of_root
        for key in fields(Header):
            count = _COUNT.fullmatch(told.get(key.name, ""))
            if count:
                sums[key.name] = sums.get(key.name, 0) + int(count[1])
        time = milliseconds(told.get("time"))
        if time is not None:
            sums["time"] = min(sums.get("time", 0) + time, LONGEST_MS)

    def add_case(self, told: Mapping[str, str]) -> None:
        """The time that a test took."""
        time = milliseconds(told.get("time"))
        if time is not None:
            self._of_cases = min((self._of_cases or 0) + time, LONGEST_MS)

    def header(self) -> Header:
        """The counts."""
        return Header(**{each.name: self._sum(each.name) for each in fields(Header)})

    @property
    def duration_ms(self) -> int | None:
        """How long it took; where no suite says it, that of all tests added up."""
        time = self._sum("time")
        return self._of_cases if time is None else time

    def _sum(self, name: str) -> int | None:
        return self._of_root.get(name, self._of_suites.get(name))


def _of_header(header: Header) -> Counts:
    return Counts(**{each.name: getattr(header, each.name) or 0 for each in fields(Header)})


def _refuse(*_declared: object) -> NoReturn:
    raise _Refused("it declares a document type, by which a file could name others or grow without end")


def _no_report(root: str) -> str:
    other = _OTHERS.get(root)
    if other:
        return f"it is a report of {other}; let the tests write JUnit XML, or convert it"
    return f"its outermost element is <{plain(root, 40)}>, and a report of tests has <testsuites> or <testsuite>"


def _broken(error: expat.ExpatError, *, is_empty: bool) -> str:
    if is_empty:
        return "is empty: the run ended before it wrote its report."
    why = expat.errors.messages.get(error.code, "it is no XML")
    return f"is broken at line {error.lineno} ({why}): what comes after that was not counted."
