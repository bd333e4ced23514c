"""Retry loops: how many tries and failing runs an accepted change takes, and what the failed tries cost (metric.md §5).

Failing runs are those before the first that passed; the same commit failing and then passing is flaky, and is not among
them. A try failed if a run or another model ended it, or if its change was not accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime

_KEYS = frozenset({"basis", "who", "part"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySums:
    """What SQL adds up over the decided changes of one who led them; money in nano-USD."""

    basis: str
    who: str | None
    part: str | None
    """None in the row of all parts."""
    decided: int
    accepted: int
    n_cost_known: int
    """Of which all of the cost is known."""
    charged_nusd: int
    attempts: int
    failed_runs: int
    failed_attempts: int
    failed_nusd: int
    first_pass_yes: int
    first_pass_no: int
    first_pass_unknown: int

    def per_accepted(self, count: int) -> float | None:
        """So many for each accepted change; None where none was accepted."""
        return count / self.accepted if self.accepted else None

    @property
    def failed_share(self) -> float | None:
        """Of what these changes cost, what went into failed tries; None where nothing of it is known."""
        return self.failed_nusd / self.charged_nusd if self.charged_nusd else None

    @property
    def first_pass(self) -> float | None:
        """Of the changes with test runs, those whose first one passed."""
        known = self.first_pass_yes + self.first_pass_no
        return self.first_pass_yes / known if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Everything that a format needs."""

    as_of: datetime
    whom: str
    by: str
    cost: str
    """At list price, or as billed."""
    rows: tuple[RetrySums, ...]
    """By basis and who led, the fewest tries per accepted change first."""
    by_part: tuple[RetrySums, ...]
    only: str = ""
    """Which changes were asked about, in words (ledger.domain.asked); '' where it is all."""


def in_whole(rows: Iterable[RetrySums]) -> tuple[RetrySums, ...]:
    """The rows over all parts, in order."""
    whole: dict[tuple[str, str | None], RetrySums] = {}
    for row in rows:
        key = (row.basis, row.who)
        whole[key] = _added(whole[key], row) if key in whole else replace(row, part=None)
    return in_order(whole.values())


def in_order(rows: Iterable[RetrySums]) -> tuple[RetrySums, ...]:
    """Each basis apart; in it the fewest tries per accepted change first, what has nothing accepted last."""

    def rank(row: RetrySums) -> tuple[object, ...]:
        tries = row.per_accepted(row.attempts)
        return (row.basis != "request", row.part or "", tries is None, tries or 0.0, -row.decided, row.who or "~")

    return tuple(sorted(rows, key=rank))


def _added(one: RetrySums, other: RetrySums) -> RetrySums:
    names = [field.name for field in fields(RetrySums) if field.name not in _KEYS]
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in names})
