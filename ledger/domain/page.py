"""What a page shows beyond a report's groups: where the money went over time, and what tries that failed cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.loops import RetrySums, in_whole

BUCKETS = ("accepted", "open", "stale", "unknown", "rejected", "abandoned", "unattributed")
"""In the order of a page: what was accepted, what is undecided, what was lost."""
_LONGEST_IN_WEEKS = 40
_DAY = 10
"""Characters of a date that names a day; a month has fewer."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What one period spent on one bucket of the reconciliation; nano-USD."""

    start: str
    """The period's first day, YYYY-MM-DD."""
    bucket: str
    nusd: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """All spend, by the period in which it was spent and by what became of it as of the report's moment."""

    unit: str
    """week (from Monday) | month"""
    portions: tuple[Portion, ...]
    """By period, then in the order of BUCKETS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """The retries on a model's decided changes of one basis, as the view `retry_loops` counts them."""

    basis: str
    model: str | None
    decided: int
    accepted: int
    attempts: int
    failed_runs: int
    """Failing runs before the first pass."""
    failed_attempts: int
    """Of an accepted change the tries that something ended, of any other all."""
    failed_nusd: int | None
    """None where one kind of cost was asked for: tries are told of by what counts."""
    first_pass_yes: int
    first_pass_no: int
    first_pass_unknown: int


@dataclass(frozen=True, slots=True)
class PageSums:
    """The sums that only a page shows."""

    timeline: Timeline
    loops: tuple[Loop, ...]
    """By basis, then the model with the most decided changes first."""


def over_time(rows: Iterable[tuple[str, str, int]]) -> Timeline:
    """(day or month, bucket, nano-USD) added up by week, or by month where weeks would be too many or are not told."""
    told = [(when, bucket, nusd) for when, bucket, nusd in rows if nusd]
    days = [date.fromisoformat(when) for when, _, _ in told if len(when) == _DAY]
    is_short = len(days) == len(told) and (not days or max(days) - min(days) < timedelta(weeks=_LONGEST_IN_WEEKS))
    found = Counter[tuple[str, str]]()
    for when, bucket, nusd in told:
        found[_monday(when) if is_short else f"{when[:7]}-01", bucket] += nusd
    ordered = sorted(found.items(), key=lambda item: (item[0][0], BUCKETS.index(item[0][1])))
    portions = tuple(Portion(start, bucket, nusd) for (start, bucket), nusd in ordered)
    return Timeline("week" if is_short else "month", portions)


def _monday(day: str) -> str:
    at = date.fromisoformat(day)
    return (at - timedelta(days=at.weekday())).isoformat()


def looped(rows: Iterable[RetrySums], *, is_cost_told: bool) -> tuple[Loop, ...]:
    """The retries of each model over all parts, in the order of a page."""
    return by_size(_loop(row, row.failed_nusd if is_cost_told else None) for row in in_whole(rows))


def _loop(row: RetrySums, failed_nusd: int | None) -> Loop:
    return Loop(
        basis=row.basis,
        model=row.who,
        decided=row.decided,
        accepted=row.accepted,
        attempts=row.attempts,
        failed_runs=row.failed_runs,
        failed_attempts=row.failed_attempts,
        failed_nusd=failed_nusd,
        first_pass_yes=row.first_pass_yes,
        first_pass_no=row.first_pass_no,
        first_pass_unknown=row.first_pass_unknown,
    )


def by_size(loops: Iterable[Loop]) -> tuple[Loop, ...]:
    """By basis, the model with the most decided changes first."""
    return tuple(sorted(loops, key=lambda loop: (loop.basis, -loop.decided, loop.model or "~")))
