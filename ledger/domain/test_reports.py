"""What a report of tests tells, in whichever form it was written: counts, and what kept it from telling more.

Names of tests, messages and output are not kept. Counts are those of the tests that a report lists one by one: of the
sums in its header many are wrong (they count attempts, or suites), so these count only where no test is listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from ledger.domain.screen import counted

PASSED, FAILED, CANCELLED, SKIPPED, UNKNOWN = "passed", "failed", "cancelled", "skipped", "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tests, each in one of four ends: of a test with several the worst one, error before failure."""

    tests: int = 0
    failures: int = 0
    errors: int = 0
    """Tests that broke rather than failed."""
    skipped: int = 0
    """Skipped, disabled, or expected to fail."""
    flaky: int = 0
    """Of the passed ones, those that failed first and passed when they were run again."""
    rerun: int = 0
    """Of the failed ones, those that were run again and failed each time."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The sums that a report gives of itself; None where it gives none."""

    tests: int | None = None
    failures: int | None = None
    errors: int | None = None
    skipped: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What one report, or several together, tell."""

    form: str
    """junit | ctrf | go | reportlog; '' for a file that is no report."""
    counts: Counts = Counts()
    header: Header = Header()
    is_from_header: bool = False
    """No test is listed, so the counts are the header's."""
    outside: int = 0
    """Errors and failures of whole suites or packages, that belong to no test."""
    duration_ms: int | None = None
    problems: tuple[str, ...] = ()
    """What kept it from being read whole, one sentence each; the counts are then a lower bound."""

    @property
    def is_whole(self) -> bool:
        """Nothing of it was left out."""
        return not self.problems

    @property
    def disagrees(self) -> bool:
        """The header and the tests that are listed tell different counts."""
        told = ((getattr(self.header, name), getattr(self.counts, name)) for name in ("tests", "failures", "errors"))
        return not self.is_from_header and any(said not in (None, listed) for said, listed in told)

    @property
    def conclusion(self) -> str:
        """passed | failed | skipped | unknown; a failure that was read stands, whatever else could not be.

        Nothing listed is no pass: it is what a run leaves that broke before its first test.
        """
        if self.counts.failures or self.counts.errors or self.outside:
            return FAILED
        if self.problems or not self.counts.tests:
            return UNKNOWN
        return SKIPPED if self.counts.skipped == self.counts.tests else PASSED


def unreadable(problem: str, form: str = "") -> Results:
    """A report that tells nothing, and why."""
    return Results(form=form, problems=(problem,))


def together(reports: Iterable[Results]) -> Results:
    """The sum of the reports of one run; of an empty report among others nothing is left out."""
    whole = list(reports)
    header = {each.name: _sum(getattr(report.header, each.name) for report in whole) for each in fields(Header)}
    return Results(
        form="+".join(sorted({report.form for report in whole} - {""})),
        counts=sum((report.counts for report in whole), Counts()),
        header=Header(**header),
        is_from_header=any(report.is_from_header for report in whole),
        outside=sum(report.outside for report in whole),
        duration_ms=_sum(report.duration_ms for report in whole),
        problems=tuple(problem for report in whole for problem in report.problems),
    )


def _sum(told: Iterable[int | None]) -> int | None:
    known = [each for each in told if each is not None]
    return sum(known) if known else None


LONGEST_MS = 10 * 365 * 24 * 3600 * 1000
"""Longer than any run: what a clock tells that was set while it ran."""


def milliseconds(seconds: object) -> int | None:
    """Seconds as reports write them, `1.5` or `1,234.56`, in milliseconds; None for what is no duration."""
    try:
        found = float(str(seconds).replace(",", "") if isinstance(seconds, str) else seconds)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return round(found * 1000) if 0 <= found * 1000 <= LONGEST_MS and not isinstance(seconds, bool) else None


def summed_up(counts: Counts) -> str:
    """`12 tests, 1 failed, 1 error, 2 skipped, 1 flaky`."""
    parts = [counted(counts.tests, "test")]
    parts += [f"{counts.failures:,} failed"] if counts.failures else []
    parts += [counted(counts.errors, "error")] if counts.errors else []
    parts += [f"{counts.skipped:,} skipped"] if counts.skipped else []
    parts += [f"{counts.flaky:,} flaky"] if counts.flaky else []
    return ", ".join(parts)
