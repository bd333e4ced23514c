"""Whether a policy pays: past changes with and without each rule being kept, within basis and task type (metric.md §2).

It is observed, not tried: who keeps a rule may differ in more than that. So nothing is pooled over task types, and a
difference is told only where it would stand out among all that are looked at. What is no longer known of past changes,
as their paths, is not judged, and what a rule would measure by itself, as cost, is not evidence for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp

from ledger.domain.comparing import missing
from ledger.domain.conclusions import Change, ChangeSpend, Review
from ledger.domain.decided import accepted_of, is_counted, sums_of
from ledger.domain.estimates import Estimate, Interval, Sums, acceptance, compare, estimate
from ledger.domain.models import parse_model
from ledger.domain.path_rules import HIGH
from ledger.domain.policy import Policy, ReviewRule, RoleRule, SizeRule, SourceRule

KEPT, BROKEN, ASIDE, OPEN = "kept", "broken", "aside", "open"
"""A change kept a rule, broke it, is none of its business, or it is not known."""

_LEVEL = 0.95
_BASES = ("request", "branch")
"""Commits on trunk are accepted by construction."""

SILENT = {
    "trailers": "the ledger keeps what trailers say, not which there were",
    "cost": "it is about what is measured here",
    "paths": "the ledger keeps no paths",
}
"""Rule → why past changes say nothing of it."""


@dataclass(frozen=True, slots=True)
class Past:
    """A change of the past with what is known of it."""

    change: Change
    reviews: Sequence[Review]
    spends: Sequence[ChangeSpend]
    kinds: frozenset[str] | None
    """Of the paths that it changed; None where a diff of it is not known."""


@dataclass(frozen=True, slots=True)
class Side:
    """The changes that kept a rule, or those that broke it."""

    decided: int
    accepted: int
    reverted: int
    """Of the accepted."""
    sums: Sums
    """Of those whose cost is known."""

    @property
    def acceptance(self) -> Interval:
        """The share accepted of the decided."""
        return acceptance(self.accepted, self.decided)

    @property
    def estimate(self) -> Estimate:
        """Cost per accepted change; none where the cost of fewer than half is known."""
        return estimate(self.sums if 2 * self.sums.n >= self.decided else Sums(0, 0, 0, 0.0, 0))

    @property
    def reverts(self) -> Interval:
        """The share of the accepted that was reverted."""
        return acceptance(self.reverted, self.accepted)


@dataclass(frozen=True, slots=True)
class Cell:
    """A rule within one basis and task type."""

    rule: str
    basis: str
    task_type: str
    kept: Side
    broken: Side
    ratio: Interval
    """Cost per accepted change of those that kept it to that of the others; with an interval for all cells at once."""
    needed: int | None
    """Decided changes on each side that would settle a difference of this size; None where it is settled, too small to
    matter, or unknown."""

    @property
    def is_settled(self) -> bool:
        """The interval excludes 1."""
        return self.ratio.lo is not None and self.ratio.hi is not None and (self.ratio.lo > 1 or self.ratio.hi < 1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What past changes say of a policy's rules."""

    as_of: datetime
    changes: int
    """Decided ones that a model had a part in."""
    cells: tuple[Cell, ...]
    aside: Mapping[str, int]
    """Rule → decided changes that are none of its business."""
    unknown: Mapping[str, int]
    """Rule → decided changes of which it is not known whether they kept it."""
    silent: Mapping[str, str]
    """Rule → why past changes say nothing of it."""


def weigh_policy(policy: Policy, past: Iterable[Past], as_of: datetime) -> Evidence:
    """The evidence for each rule that is on, judged from `as_of`."""
    decided = [each for each in past if is_counted(each.change, as_of)]
    silent = dict(_silent(policy))
    judged = {
        rule: [(each, _judge(policy, rule, each)) for each in decided] for rule in policy.rules if rule not in silent
    }
    sides = [(rule, *key, *pair) for rule, rows in judged.items() for key, pair in _by_type(rows, as_of)]
    both = sum(bool(kept.decided and broken.decided) for *_, kept, broken in sides)
    level = 1 - (1 - _LEVEL) / max(1, both)
    return Evidence(
        as_of=as_of,
        changes=len(decided),
        cells=tuple(_cell(*row, level) for row in sides),
        aside={rule: sum(verdict == ASIDE for _, verdict in rows) for rule, rows in judged.items()},
        unknown={rule: sum(verdict == OPEN for _, verdict in rows) for rule, rows in judged.items()},
        silent=silent,
    )


def _silent(policy: Policy) -> Iterator[tuple[str, str]]:
    yield from ((rule, why) for rule, why in SILENT.items() if rule in policy.rules)
    if policy.size and policy.size.lines is None:
        yield "size", "the ledger keeps how many lines a change has, not how many files"
    if policy.tests and (policy.tests.source or policy.tests.tests):
        yield "tests", "the ledger keeps no paths that its patterns could fit"


def _judge(policy: Policy, rule: str, past: Past) -> str:
    return _JUDGES[rule](getattr(policy, rule), past)


def kept_roles(rule: RoleRule, past: Past) -> str:
    """Whether every model that was called, or else the one that led, had a role that it may have."""
    parts = [(row.model, row.role) for row in past.spends if row.model and row.role]
    if not parts and past.change.lead_model:
        parts = [(past.change.lead_model, "implement")]
    allowed = [role in rule.roles_of(model, parse_model(model).family) for model, role in parts]
    return OPEN if not parts else KEPT if all(allowed) else BROKEN


def kept_review(_rule: ReviewRule, past: Past) -> str:
    """Whether a change of high stakes was reviewed by another provider after its last commit and before its end."""
    change = past.change
    if change.stakes != HIGH:
        return ASIDE if change.stakes else OPEN
    makers = {parse_model(row.model).provider for row in past.spends if row.role == "implement" and row.model}
    makers |= {change.lead_provider} if change.lead_provider else set()
    others = [(row, parse_model(row.model).provider) for row in past.reviews]
    final = [
        (row, by) for row, by in others if by not in makers and row.is_before_decision and row.is_after_last_commit
    ]
    if makers and any(by for _, by in final):
        return KEPT
    undated = [row for row, by in others if by not in makers and row.is_after_last_commit is None]
    return OPEN if not makers or final or undated else BROKEN


def kept_size(rule: SizeRule, past: Past) -> str:
    """Whether its lines are few enough; files and paths that do not count are no longer known."""
    added, deleted = past.change.added, past.change.deleted
    if added is None or deleted is None or rule.lines is None:
        return OPEN
    return KEPT if added + deleted <= rule.lines else BROKEN


def kept_tests(rule: SourceRule, past: Past) -> str:
    """Whether tests changed where source did, by what kinds of paths are known."""
    if past.change.task_type in rule.not_for:
        return ASIDE
    if past.kinds is None:
        return OPEN
    return ASIDE if "source" not in past.kinds else KEPT if "test" in past.kinds else BROKEN


_JUDGES: dict[str, Callable[..., str]] = {
    "roles": kept_roles,
    "review": kept_review,
    "size": kept_size,
    "tests": kept_tests,
}


def _by_type(rows: Iterable[tuple[Past, str]], as_of: datetime) -> Iterator[tuple[tuple[str, str], tuple[Side, Side]]]:
    """(basis, task type) → the two sides, in order; where no change kept or broke the rule there is none."""
    found: dict[tuple[str, str], dict[str, list[Change]]] = {}
    for past, verdict in rows:
        if verdict in (KEPT, BROKEN):
            sides = found.setdefault((past.change.basis, past.change.task_type), {KEPT: [], BROKEN: []})
            sides[verdict].append(past.change)
    for key in sorted(found, key=lambda key: (_BASES.index(key[0]), key[1])):
        yield key, (_side(found[key][KEPT], as_of), _side(found[key][BROKEN], as_of))


def _side(changes: Sequence[Change], as_of: datetime) -> Side:
    accepted = accepted_of(changes, as_of)
    return Side(
        decided=len(changes),
        accepted=len(accepted),
        reverted=sum(change.reverted_at is not None and change.reverted_at <= as_of for change in accepted),
        sums=sums_of(changes, accepted),
    )


def _cell(rule: str, basis: str, task_type: str, kept: Side, broken: Side, level: float) -> Cell:
    ratio = _ratio(kept, broken, level)
    is_settled = ratio.lo is not None and ratio.hi is not None and (ratio.lo > 1 or ratio.hi < 1)
    needed = None if is_settled else missing(kept.sums, broken.sums, ratio.point, level)
    return Cell(rule, basis, task_type, kept, broken, ratio, needed)


def _ratio(kept: Side, broken: Side, level: float) -> Interval:
    if kept.estimate.point is None or broken.estimate.point is None:
        return Interval(None, None, None)
    found = compare(kept.sums, broken.sums, level)
    if found is None or found.point is None or found.lo is None or found.hi is None:
        return Interval(None, None, None)
    return Interval(exp(found.point), exp(found.lo), exp(found.hi))
