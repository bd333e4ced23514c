"""Conditions on a report, as `--fail-if` takes them: one figure, a comparison and a number, read and never run.

    cost_per_accepted > 5      acceptance < 60%      unattributed >= 0.25

A condition is tested on a bound of the figure's interval. Unless it is said which, it is the one that makes it sure:
the lower bound for "greater", the upper one for "less", so that chance alone fails nobody.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from ledger.domain.estimates import Interval
from ledger.domain.report import Group, Report
from ledger.domain.screen import plain

SIDES = ("lower", "point", "upper")
_FORM = re.compile(r"\s*([a-z_]+)\s*(<=|>=|<|>)\s*(\$?)(\d{1,9}(?:\.\d{1,9})?)(%?)\s*", re.ASCII)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TOO_FEW = "too few decided changes of known cost"
_WHY = {"first_pass": "no test run of it is known", "reverted": "nothing was accepted", "acceptance": "none is decided"}
_NOTHING = Interval(None, None, None)


class BadCondition(ValueError):
    """A condition that cannot be read; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A figure compared with a number."""

    figure: str
    comparison: str
    number: float

    @property
    def surest(self) -> str:
        """The side of an interval on which the condition is met only where it surely is."""
        return "lower" if self.comparison.startswith(">") else "upper"

    def __str__(self) -> str:
        return f"{self.figure} {self.comparison} {self.number:g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a condition."""

    condition: Condition
    side: str
    met: tuple[tuple[str, float], ...]
    """Whoever meets it, with the value that does."""
    unknown: tuple[tuple[str, str], ...]
    """Of whom it cannot be said, and why."""
    is_judged: bool
    """Of one at least it could be said."""

    @property
    def is_failed(self) -> bool:
        """It is met; or of nobody can it be said, and a check that knows nothing is none."""
        return bool(self.met) or not self.is_judged


def _cost(group: Group) -> Interval:
    found = group.estimate
    if found.lower_bound is not None:
        return Interval(None, found.lower_bound, inf)
    return Interval(found.point, found.lo, found.hi)


def _share(part: int, whole: int) -> Interval:
    return _certain(part / whole if whole else None)


def _certain(value: float | None) -> Interval:
    return Interval(value, value, value)


OF_GROUPS: dict[str, tuple[str, Callable[[Group], Interval]]] = {
    "cost_per_accepted": ("cost per accepted change, USD", _cost),
    "all_in_per_accepted": ("with the work that reached no change, USD", lambda group: _certain(group.all_in)),
    "acceptance": ("accepted of decided changes", lambda group: group.acceptance),
    "attempts_per_accepted": (
        "tries per accepted change",
        lambda group: _NOTHING if group.hidden else _share(group.sums.attempts, group.sums.accepted),
    ),
    "first_pass": (
        "changes whose first test run passed, of those with runs",
        lambda group: _share(group.sums.first_pass_yes, group.sums.first_pass_yes + group.sums.first_pass_no),
    ),
    "reverted": ("reverted of accepted changes", lambda group: _share(group.sums.reverted, group.sums.accepted)),
}
"""Figure of each row → (what it is, its interval)."""

OF_REPORTS: dict[str, tuple[str, Callable[[Report], float | None]]] = {
    "unattributed": (
        "cost that reached no change, of all in the report's time",
        lambda report: report.spending.lost / report.spending.total if report.spending.total else None,
    ),
    "spend": (
        "cost of the changes in the tables, and of what reached none in their time, USD",
        lambda report: report.spending.total / 1e9 if report.coverage.calls else None,
    ),
}
"""Figure of the whole report → (what it is, its value): of its own time and changes, as the tables are."""

_MONEY = {"cost_per_accepted", "all_in_per_accepted", "spend"}


def parse(text: str) -> Condition:
    """The condition that a text says; raises BadCondition."""
    found = _FORM.fullmatch(text)
    if not found:
        raise BadCondition(
            f"{plain(text, 80)!r} is no condition; write a figure, < or > and a number: acceptance < 60%."
        )
    figure, comparison, dollar, number, percent = found.groups()
    if figure not in OF_GROUPS and figure not in OF_REPORTS:
        raise BadCondition(f"{figure!r} is no figure of a report; there is {', '.join((*OF_GROUPS, *OF_REPORTS))}.")
    if (percent and figure in _MONEY) or (dollar and figure not in _MONEY):
        raise BadCondition(f"{figure} is {'an amount' if percent else 'no amount'}; leave out {percent or dollar}.")
    return Condition(figure, comparison, float(number) / (100 if percent else 1))


def judge(condition: Condition, report: Report, side: str = "") -> Verdict:
    """What a report says of a condition; `side` is one of SIDES, else the surest."""
    side = side or condition.surest
    met, unknown, held = [], [], 0
    for name, value, why in _values(condition, report, side):
        if value is None:
            unknown.append((name, why))
        elif _COMPARE[condition.comparison](value, condition.number):
            met.append((name, value))
        else:
            held += 1
    return Verdict(condition, side, tuple(met), tuple(unknown), bool(met) or held > 0)


def _values(condition: Condition, report: Report, side: str) -> Iterator[tuple[str, float | None, str]]:
    """Whose, the value on that side, and why it is unknown."""
    if condition.figure in OF_REPORTS:
        yield "the report", OF_REPORTS[condition.figure][1](report), "no call's cost is known"
        return
    for group in report.groups:
        if group.sums.basis != "trunk":
            found = OF_GROUPS[condition.figure][1](group)
            value = {"lower": found.lo, "point": found.point, "upper": found.hi}[side]
            why = group.hidden or _WHY.get(condition.figure, _TOO_FEW)
            yield f"{group.sums.model or '(unknown)'} ({group.sums.basis})", value, why


def sentences(verdict: Verdict) -> Iterator[str]:
    """What is to be said of a verdict, a line each; nothing where it is judged of all and not met."""
    on = (
        ""
        if verdict.condition.figure in OF_REPORTS
        else f" ({verdict.side}{'' if verdict.side == 'point' else ' bound'})"
    )
    for name, value in verdict.met:
        known = "without a bound" if value == inf else f"{value:.4g}"
        yield f"{verdict.condition}{on} holds for {plain(name, 120)}: {known}."
    for name, why in verdict.unknown:
        yield f"{verdict.condition}{on} cannot be judged for {plain(name, 120)}: {why}."
    if not verdict.is_judged:
        yield f"{verdict.condition} could be judged of nothing, and a check that knows nothing has not passed."
